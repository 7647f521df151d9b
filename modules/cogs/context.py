"""What every command is handed: who asked, when it arrived, and the id that ties its log lines together."""

import sys
from typing import TYPE_CHECKING, Any

from discord.ext import commands

from modules.runtime.log.context import set_log_fields, time_log_lines
from modules.services.command_log import Status
from modules.ui.reply_context import ReplyContext
from modules.ui.sending import send_reply

if TYPE_CHECKING:
    from modules.runtime.gate import Gate
    from modules.runtime.rest.guard import RestGuard
    from modules.runtime.rest.sends import Sender
    from modules.services.command_log import CommandLog
    from modules.services.rolls import RollService
    from modules.telemetry.board import Board
    from modules.telemetry.recorder import Recorder


STARTED_AT = "started_at"
"""Key among an interaction's extras: when it arrived, on the command log's clock."""


class NazhContext(ReplyContext["CommandBot"]):
    """A command's context with the moment of its arrival, and how it ends.

    Attributes:
        started_at: When it arrived, on the command log's clock.
        status: What it will be counted as, unless it fails.
    """

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - discord.py's own, passed through
        super().__init__(**attributes)
        self.started_at = self.bot.command_log.clock()
        self.status = Status.OK
        self.sender = self.bot.sender

    def name_log_lines(self) -> None:
        """Tie the log lines that follow to this command."""
        # The id is text: many a reader of JSON rounds whole numbers of more than 53 bits.
        fields: dict[str, object] = {"correlation_id": str(self.correlation_id), "shard_id": self.bot.shard_id}
        if self.command is not None:
            fields["command"] = self.command.qualified_name
        set_log_fields(**fields)
        time_log_lines(self.elapsed_seconds)

    def finish(self, status: Status, *, kind: str | None = None, incident: str | None = None) -> None:
        """Write down that the command has ended.

        Args:
            status: How.
            kind: Of an error, the name of its class.
            incident: Of an error, the id that the user was told.
        """
        name = self.command.qualified_name if self.command is not None else "unknown"
        self.bot.command_log.finished(name, status, started_at=self.started_at, kind=kind, incident=incident)

    def elapsed_seconds(self) -> float:
        """How long ago the command arrived."""
        return self.bot.command_log.clock() - self.started_at

    @property
    def correlation_id(self) -> int:
        """Id of the interaction or the message that asked."""
        return self.message.id if self.interaction is None else self.interaction.id

    async def refuse(self, sentence: str) -> None:
        """Say no to what was asked: an answer, counted as refused, that only the asker sees where Discord can do that.

        Args:
            sentence: What is wrong and what would work, in at most 2,000 characters.
        """
        self.status = Status.REFUSED
        await send_reply(self, sentence, ephemeral=True)


class CommandBot(commands.Bot):
    """What the cogs may use of the bot, besides discord.py's own; `NazhBot` provides it.

    Attributes:
        prefix: What a command starts with.
        rolls: Rolls dice.
        command_log: Told of every command that ends.
        board: Has the latest snapshot.
        gate: Knows which commands are under way.
        guard: Knows what may be sent, and how long it takes.
        sender: Sends answers.
        recorder: Told of everything worth measuring.
        max_wait_seconds: The longest that an answer may wait for its turn.
    """

    prefix: str
    rolls: "RollService"
    command_log: "CommandLog"
    board: "Board"
    gate: "Gate"
    guard: "RestGuard"
    sender: "Sender"
    recorder: "Recorder"
    max_wait_seconds: float

    async def on_error(self, event_method: str, /, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - theirs
        """Hand an error that a message led to, outside of any command, to the error handler; log any other."""
        error = sys.exc_info()[1]
        if event_method == "on_message" and error is not None:
            self.dispatch("message_error", arguments[0], error)
        else:
            await super().on_error(event_method, *arguments, **named)
