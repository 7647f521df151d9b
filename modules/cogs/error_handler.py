"""Turns every error of a command into one sentence, and counts it."""

import logging
import secrets
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.context import CommandBot, NazhContext
from modules.cogs.refusal import Refusal
from modules.runtime.log_context import set_log_fields
from modules.services.command_log import Status
from modules.ui.error_text import incident_sentence, sentence_for
from modules.ui.sending import send_reply

_log = logging.getLogger(__name__)

_WRAPPERS = (commands.CommandInvokeError, commands.HybridCommandError, app_commands.CommandInvokeError)


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
    async def on_command_completion(self, ctx: NazhContext) -> None:
        """Count a command that was answered."""
        self._finished(ctx, ctx.status)

    @commands.Cog.listener()
    async def on_command_error(self, ctx: NazhContext, error: commands.CommandError) -> None:
        """Answer and count a command that did not."""
        if isinstance(error, commands.CommandNotFound):
            return  # other bots may share the prefix
        self._bot.gate.admit_current_task()
        cause = _unwrap(error)
        sentence = self._sentence(cause, ctx)
        status = Status.REFUSED
        if sentence is None:
            status, sentence = Status.ERROR, self._incident(cause)
        try:
            await send_reply(ctx, sentence, ephemeral=True)
        except discord.HTTPException as unsent:
            _log.warning("an error reply could not be sent (%s)", unsent)
        self._finished(ctx, status)

    async def on_tree_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """Answer a slash command that does not fit ours any more."""
        set_log_fields(correlation_id=str(interaction.id))
        cause = _unwrap(error)
        sentence = sentence_for(cause, "") or self._incident(cause)
        try:
            if not interaction.response.is_done():
                await interaction.response.send_message(sentence, ephemeral=True)
        except discord.HTTPException as unsent:
            _log.warning("an error reply could not be sent (%s)", unsent)

    def _sentence(self, cause: Exception, ctx: NazhContext) -> str | None:
        if isinstance(cause, Refusal):
            return cause.sentence
        usage = ctx.command.usage or ctx.command.name if ctx.command is not None else ""
        return sentence_for(cause, self._bot.prefix + usage)

    def _incident(self, cause: Exception) -> str:
        incident_id = secrets.token_hex(4)
        _log.error("a command failed; incident %s", incident_id, exc_info=cause, extra={"incident_id": incident_id})
        return incident_sentence(incident_id)

    def _finished(self, ctx: NazhContext, status: Status) -> None:
        name = ctx.command.qualified_name if ctx.command is not None else "unknown"
        self._bot.command_log.finished(name, status, started_at=ctx.started_at)


def _unwrap(error: Exception) -> Exception:
    """The error inside discord.py's wrappers, which nest where a hybrid command runs as a slash command."""
    while isinstance(error, _WRAPPERS):
        error = error.original
    return error


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(ErrorHandlerCog(bot))
