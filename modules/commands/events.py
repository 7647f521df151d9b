"""Brings discord.py's events to `Handling`: ends of commands, presses, permissions that may have been mended."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from modules.commands.command_bot import CommandBot
from modules.commands.context import Context
from modules.commands.invocation import Invocation
from modules.commands.messages import misspelling
from modules.commands.translator import CommandTranslator
from modules.discord_api.rest.cooldowns import ChannelCooldowns

_PRESSES = (discord.InteractionType.component, discord.InteractionType.modal_submit)


class CommandEvents(commands.Cog):
    """Listens for whatever begins or ends outside a callback of ours."""

    def __init__(self, bot: CommandBot, cooldowns: ChannelCooldowns) -> None:
        self._bot, self._cooldowns = bot, cooldowns

    async def cog_load(self) -> None:
        """Take over the errors of slash commands that never became a context, and translate what is published."""
        self._bot.tree.error(self.on_tree_error)
        await self._bot.tree.set_translator(CommandTranslator(self._bot.handling.languages))

    async def bot_check(self, ctx: Context) -> bool:  # type: ignore[override]
        """Admit a command, as a message or as a slash command.

        Raises:
            Refusal, Unanswerable: It is turned away.
        """
        self._bot.handling.admission.check(ctx.invocation)
        return True

    @commands.Cog.listener()
    async def on_command_completion(self, ctx: Context) -> None:
        """A command was answered."""
        self._bot.handling.complete(ctx.invocation)

    @commands.Cog.listener()
    async def on_command_error(self, ctx: Context, error: commands.CommandError) -> None:
        """A command was not answered."""
        if isinstance(error, commands.CommandNotFound):
            self._bot.handling.name(ctx.invocation, "")
            meant = misspelling(ctx)
            if meant is None:
                return  # other bots may share the prefix
            error = meant
        # discord.py runs this as a task of its own, which a stop would cut off before the asker is told.
        self._bot.handling.drain.admit_current_task()
        usage = ctx.command.usage or ctx.command.name if ctx.command is not None else ""
        prefix = self._bot.prefix_for(ctx.invocation.guild_id)
        await self._bot.handling.fail(ctx.invocation, error, prefix + usage)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A button or menu was used, or a modal filled in."""
        if interaction.type in _PRESSES:
            await self._bot.handling.press(interaction)

    async def on_tree_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        """A slash command did not become a context: it does not fit ours any more, or its channel is unknown."""
        handling = self._bot.handling
        invocation = Invocation.of(interaction)
        handling.name(invocation, _name_of(interaction))
        await handling.fail(invocation, error)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Try again in a channel whose permissions may have been mended."""
        self._cooldowns.end(after.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Try again in the channels of a guild whose permissions may have been mended."""
        for channel in after.guild.channels:
            self._cooldowns.end(channel.id)


def _name_of(interaction: discord.Interaction[Any]) -> str:
    """The command's name from our own table; "" where the interaction names none of ours."""
    try:
        command = interaction.command
    except (KeyError, TypeError, AttributeError):  # what the interaction carries may have any shape
        command = None
    return "" if command is None else command.qualified_name
