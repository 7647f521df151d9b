"""Turns every error of a command into one sentence, and counts it."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.context import STARTED_AT, CommandBot, NazhContext
from modules.cogs.refusal import Refusal, Unanswerable
from modules.runtime.discord_internals import UnforeseenError
from modules.runtime.log.context import set_log_fields
from modules.services.command_log import Status
from modules.ui.error_text import incident_sentence, reason_for_silence, sentence_for, trouble_sentence
from modules.ui.sending import send_reply

_log = logging.getLogger(__name__)

_WRAPPERS = (
    commands.CommandInvokeError,
    commands.HybridCommandError,
    app_commands.CommandInvokeError,
    UnforeseenError,
)


class Ending(NamedTuple):
    """How a command ended; an error has the name of its class, and an incident id if it is ours."""

    status: Status
    kind: str | None = None
    incident: str | None = None


class ErrorHandlerCog(commands.Cog):
    """The only place where an error becomes a reply."""

    def __init__(self, bot: CommandBot) -> None:
        self._bot = bot
        self._tree_handler = bot.tree.on_error

    async def cog_load(self) -> None:
        """Take over the errors of slash commands that never became a context."""
        self._bot.tree.error(self.on_tree_error)

    async def cog_unload(self) -> None:
        """Give them back."""
        self._bot.tree.error(self._tree_handler)

    @commands.Cog.listener()
    async def on_command_error(self, ctx: NazhContext, error: commands.CommandError) -> None:
        """Answer and count a command that did not."""
        if isinstance(error, commands.CommandNotFound):
            return  # other bots may share the prefix
        # discord.py runs this as a task of its own, which a stop would cut off before the asker is told.
        self._bot.gate.admit_current_task()
        cause = _unwrap(error)
        if reason := _reason_for_silence(cause):
            if ctx.deferral is not None:
                # No answer will come to take the place of a "thinking ...".
                ctx.deferral.cancel()
            _log.info("left unanswered: %s", reason)
            ending = Ending(Status.REFUSED)
        else:
            usage = ctx.command.usage or ctx.command.name if ctx.command is not None else ""
            ending, sentence = _judge(cause, self._bot.prefix + usage)
            is_told = await _tell(partial(send_reply, ctx, sentence, ephemeral=True))
            if isinstance(cause, Refusal) and cause.unsent is not None and not is_told:
                cause.unsent()
        ctx.finish(ending.status, kind=ending.kind, incident=ending.incident)

    @commands.Cog.listener()
    async def on_message_error(self, message: discord.Message, error: Exception) -> None:
        """Answer and count a message that failed before it was a command."""
        self._bot.gate.admit_current_task()
        set_log_fields(correlation_id=str(message.id), shard_id=self._bot.shard_id)
        ending, sentence = _judge(error, "")
        await _tell(partial(message.reply, sentence))
        self._count("unknown", ending, self._bot.command_log.clock())

    async def on_tree_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Answer and count a slash command that does not fit ours any more, or that failed before it was a context."""
        set_log_fields(correlation_id=str(interaction.id), shard_id=self._bot.shard_id)
        cause = _unwrap(error)
        if _reason_for_silence(cause):
            ending = Ending(Status.REFUSED)
        else:
            ending, sentence = _judge(cause, "")
            if not interaction.response.is_done():
                await _tell(partial(interaction.response.send_message, sentence, ephemeral=True))
        self._count(_name_of(interaction), ending, interaction.extras.get(STARTED_AT, self._bot.command_log.clock()))

    def _count(self, name: str, ending: Ending, started_at: float) -> None:
        log = self._bot.command_log
        log.finished(name, ending.status, started_at=started_at, kind=ending.kind, incident=ending.incident)


def _judge(cause: Exception, usage: str) -> tuple[Ending, str]:
    """How a command ended, and what is said about it.

    Args:
        cause: The error.
        usage: How the command is meant to be used.
    """
    if isinstance(cause, Refusal):
        return Ending(Status.REFUSED), cause.sentence
    if sentence := trouble_sentence(cause):
        _log.warning("Discord did not take an answer (%s); the asker is told to try again", cause)
        return Ending(Status.ERROR, type(cause).__name__), sentence
    if sentence := sentence_for(cause, usage):
        return Ending(Status.REFUSED), sentence
    incident = _incident(cause)
    return Ending(Status.ERROR, type(cause).__name__, incident), incident_sentence(incident)


def _name_of(interaction: discord.Interaction[Any]) -> str:
    """The command's name from our own table; `unknown` where the interaction names none of ours."""
    try:
        command = interaction.command
    except (KeyError, TypeError, AttributeError):  # what the interaction carries may have any shape
        command = None
    return "unknown" if command is None else command.qualified_name


def _incident(cause: Exception) -> str:
    """Write the error down, and give the id under which it will be found."""
    incident = secrets.token_hex(4)
    _log.error("a command failed; incident %s", incident, exc_info=cause, extra={"incident_id": incident})
    return incident


def _unwrap(error: Exception) -> Exception:
    """The error inside discord.py's wrappers, which nest where a hybrid command runs as a slash command."""
    while isinstance(error, _WRAPPERS):
        error = error.original
    return error


def _reason_for_silence(cause: Exception) -> str | None:
    return cause.reason if isinstance(cause, Unanswerable) else reason_for_silence(cause)


async def _tell(send: Callable[[], Awaitable[object]]) -> bool:
    """Send an error reply, and say whether it was sent; if not, there is nobody left to tell but the log."""
    try:
        await send()
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as unsent:
        _log.warning("an error reply could not be sent (%s); the asker hears nothing", unsent)
        return False
    return True


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(ErrorHandlerCog(bot))
