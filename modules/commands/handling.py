"""Begins and ends everything a person does: a message, a command, a button, a menu, a modal, an autocomplete."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from modules.commands.checks import Admission
from modules.commands.components import Components
from modules.commands.deferral import DEFER_AFTER_SECONDS, Deferral
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal, Unanswerable
from modules.commands.replies import Replies
from modules.commands.reply import Answer, Reply
from modules.commands.sentences import (
    STALE_COMPONENT,
    incident_sentence,
    reason_for_silence,
    sentence_for,
    trouble_sentence,
)
from modules.discord_api.compat.client import UnforeseenError
from modules.lifecycle.drain import Drain
from modules.log.context import set_log_fields, time_log_lines
from modules.rendering.language import LANGUAGES, Translations, speak, translations_for
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Status

_log = logging.getLogger(__name__)

_WRAPPERS = (
    commands.CommandInvokeError,
    commands.HybridCommandError,
    app_commands.CommandInvokeError,
    UnforeseenError,
)

CHOICES_AT_MOST: Final = 25
"""Suggestions that Discord takes."""

Work = Callable[[Invocation], Awaitable[Answer]]
Choices = Sequence[app_commands.Choice[Any]]


class Ending(NamedTuple):
    """How an invocation ended.

    Attributes:
        status: What it counts as.
        kind: Of an error, the name of its class.
        incident: Of an error of ours, the id that the user is told.
        sentence: What the person is told; None where there was an answer, or no word can reach them.
    """

    status: Status
    kind: str | None = None
    incident: str | None = None
    sentence: str | None = None


@dataclass(slots=True)
class Handling:
    """The life of an invocation: `begin`, then its work, then `complete` or `fail`, whatever it came by.

    Attributes:
        replies: Sends answers.
        recorder: Counts commands and their durations.
        drain: Waits for invocations in flight when the process stops.
        admission: Turns away what could not be answered.
        components: Handlers of buttons, menus and modals.
        shard_id: For the log.
        defer_after_seconds: When an interaction that is not answered yet shows "thinking ...".
        languages: What is answered in; by Discord's names of them.
        locale_of: The language that a guild chose for answers to messages; None for its own in Discord.
    """

    replies: Replies
    recorder: Recorder
    drain: Drain
    admission: Admission
    components: Components = field(default_factory=Components)
    shard_id: int = 0
    defer_after_seconds: float = DEFER_AFTER_SECONDS
    languages: Mapping[str, Translations] = field(default_factory=lambda: LANGUAGES)
    locale_of: Callable[[int | None], str | None] = lambda _guild_id: None

    def name(self, invocation: Invocation, name: str) -> None:
        """Say what was invoked: from now on answers are in its language, and log lines name it."""
        invocation.name = name
        # Whoever uses an interaction is answered in their own language.
        chosen = self.locale_of(invocation.guild_id) if invocation.interaction is None else None
        speak(translations_for(chosen or invocation.locale, self.languages))
        # The id is text: many a reader of JSON rounds whole numbers of more than 53 bits.
        fields: dict[str, object] = {"correlation_id": str(invocation.source_id), "shard_id": self.shard_id}
        set_log_fields(**fields, **({"command": name} if name else {}))
        time_log_lines(invocation.elapsed_seconds)

    def begin(self, invocation: Invocation) -> None:
        """Start the timer of the deferral, if an interaction asked."""
        if invocation.interaction is not None:
            invocation.deferral = Deferral(invocation.interaction, self.replies.sender, self.defer_after_seconds)
            invocation.deferral.start()

    async def answer(self, invocation: Invocation, work: Awaitable[Answer]) -> None:
        """Do the work and send what it gives back; a refusal is an answer too, for the asker alone."""
        try:
            answer = await work
        except Refusal as refusal:
            invocation.status = Status.REFUSED
            answer = Reply(refusal.sentence, components=refusal.components, ephemeral=True)
        await self.replies.answer(invocation, answer)

    def complete(self, invocation: Invocation) -> None:
        """Write down that it was answered."""
        if invocation.deferral is not None and not invocation.reply_count:
            invocation.deferral.cancel()
        self._end(invocation, Ending(invocation.status))

    async def fail(self, invocation: Invocation, error: Exception, usage: str = "") -> None:
        """Turn an error into one sentence, and write down how it ended.

        Args:
            invocation: What failed.
            error: Why; discord.py's wrappers are seen through.
            usage: How the command is written, for errors about its options.
        """
        cause = _unwrap(error)
        ending = _judge(cause, usage)
        if ending.sentence is not None:
            is_told = await self._tell(invocation, ending.sentence)
            if isinstance(cause, Refusal) and cause.unsent is not None and not is_told:
                cause.unsent()
        elif invocation.deferral is not None:
            # No answer will come to take the place of a "thinking ...".
            invocation.deferral.cancel()
        self._end(invocation, ending)

    async def run(self, source: discord.Interaction[Any] | discord.Message, name: str, work: Work) -> None:
        """Carry out what is no command of discord.py's: a button, a menu, a modal, a context menu, an edit.

        Args:
            source: What asked.
            name: What it counts as; from our own tables.
            work: Gives back the answer.
        """
        self.drain.admit_current_task()
        invocation = Invocation.of(source)
        self.name(invocation, name)
        try:
            self.admission.check(invocation)
            self.begin(invocation)
            await self.answer(invocation, work(invocation))
        except Exception as error:  # noqa: BLE001 - the end of everything a person does
            await self.fail(invocation, error)
        else:
            self.complete(invocation)

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Carry out a button, a menu or a filled-in modal by its custom id."""
        route = self.components.find(Invocation.of(interaction).data.get("custom_id", ""))
        if route is None:
            await self.run(interaction, "unknown component", _refuse_stale)
        else:
            await self.run(interaction, route.name, lambda invocation: route.handler(invocation, route.payload))

    async def suggest(
        self, interaction: discord.Interaction[Any], name: str, work: Callable[[Invocation], Awaitable[Choices]]
    ) -> list[app_commands.Choice[Any]]:
        """Suggest values for an option; none where that fails, for nobody could be told.

        Args:
            interaction: What asked.
            name: What it counts as, should it fail.
            work: Gives back the suggestions; the first 25 are shown.
        """
        invocation = Invocation.of(interaction)
        self.name(invocation, name)
        try:
            return list(await work(invocation))[:CHOICES_AT_MOST]
        except Exception as error:  # noqa: BLE001 - nothing a person does ends elsewhere
            self._end(invocation, _judge(error, ""))
            return []

    async def _tell(self, invocation: Invocation, sentence: str) -> bool:
        """Send an error reply, and say whether it was sent; if not, there is nobody left to tell but the log."""
        try:
            await self.replies.send(invocation, Reply(sentence, ephemeral=True))
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as unsent:
            _log.warning("an error reply could not be sent (%s)", unsent)
            return False
        return True

    def _end(self, invocation: Invocation, ending: Ending) -> None:
        """The one place where an invocation ends."""
        if invocation.pending is not None:
            invocation.pending.close()
        record_end(self.recorder, invocation.name or "unknown", ending, invocation.elapsed_seconds())


def record_end(recorder: Recorder, command: str, ending: Ending, duration_seconds: float) -> None:
    """Count a command that ended, and log that it did, never what it was about.

    Args:
        recorder: Counts it.
        command: Its name; from our own tables, never a text of the user.
        ending: How it ended.
        duration_seconds: Time since it arrived.
    """
    recorder.command_finished(command, ending.status, duration_seconds, kind=ending.kind, incident=ending.incident)
    fields = {"command": command, "status": str(ending.status), "duration_seconds": round(duration_seconds, 6)}
    _log.info("command finished", extra=fields)


async def _refuse_stale(_invocation: Invocation) -> Answer:
    raise Refusal(STALE_COMPONENT)


def _judge(cause: Exception, usage: str) -> Ending:
    """How an error ends a command, and what is said about it."""
    if reason := cause.reason if isinstance(cause, Unanswerable) else reason_for_silence(cause):
        _log.info("left unanswered: %s", reason)
        return Ending(Status.REFUSED)
    if isinstance(cause, Refusal):
        return Ending(Status.REFUSED, sentence=cause.sentence)
    if sentence := trouble_sentence(cause):
        _log.warning("trouble outside of this process (%s); the asker is told to try again", cause)
        return Ending(Status.ERROR, type(cause).__name__, sentence=sentence)
    if sentence := sentence_for(cause, usage):
        return Ending(Status.REFUSED, sentence=sentence)
    incident = secrets.token_hex(4)
    _log.error("a command failed; incident %s", incident, exc_info=cause, extra={"incident_id": incident})
    return Ending(Status.ERROR, type(cause).__name__, incident, incident_sentence(incident))


def _unwrap(error: Exception) -> Exception:
    """The error inside discord.py's wrappers, which nest where a hybrid command runs as a slash command."""
    while isinstance(error, _WRAPPERS):
        error = error.original
    return error
