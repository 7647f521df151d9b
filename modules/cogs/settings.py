"""`/settings` and `/prefix`: what a server chose."""

from collections.abc import Mapping
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.support.settings_fields import GUILD_FIELDS, Field, Kind, language_field, valid_prefix
from modules.cogs.support.settings_panel import SettingsPanel, may_write
from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.permissions import may_manage, require_manager
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.services.guild_settings import SettingsService

CHANNEL_FIELDS = frozenset(each.name for each in GUILD_FIELDS if each.kind is Kind.CHANNEL)


class SettingsCog(SettingsPanel):
    """A server's settings; whoever may manage it changes them."""

    name = "settings"
    title = "Settings of this server"

    def __init__(self, bot: CommandBot, settings: SettingsService) -> None:
        super().__init__(bot.handling.components)
        self._bot, self._settings = bot, settings

    @property
    def fields(self) -> tuple[Field, ...]:
        """What can be set; the language where there is a choice."""
        return (*GUILD_FIELDS, *language_field(self._bot.handling.languages))

    @command("settings", usage="settings", description="This server's settings: prefix, dialect, channels and more")
    @commands.guild_only()
    async def settings(self, invocation: Invocation) -> Reply:
        """What this server chose; with Manage Server, a menu to change it."""
        return await self.panel(invocation, may_change=may_manage(invocation))

    @command("prefix", usage="prefix [new prefix]", description="What message commands start with here")
    @app_commands.describe(new="The new prefix, 1 to 5 characters; leave it out to see the present one")
    @commands.guild_only()
    async def prefix(self, invocation: Invocation, *, new: str = "") -> Reply:
        """What message commands start with here."""
        if new.strip():
            require_manager(invocation)
            await self.change(invocation, {"prefix": new})
        prefix = self._bot.prefix_for(invocation.guild_id)
        return Reply(translated("Message commands start with `{prefix}` here, like `{prefix}roll 2d6`.", prefix=prefix))

    async def read(self, invocation: Invocation) -> object:
        """The server's settings, with the prefix that holds."""
        prefix = self._bot.prefix_for(invocation.guild_id)
        return replace(self._settings.of_guild(invocation.guild_id), prefix=prefix)

    def check(self, invocation: Invocation) -> None:
        """Whoever may manage the server may change them."""
        require_manager(invocation)

    async def change(self, invocation: Invocation, changes: Mapping[str, object]) -> None:
        """Change some of them."""
        kept = dict(changes)
        if isinstance(typed := kept.get("prefix"), str):
            kept["prefix"] = valid_prefix(typed)
        for name in CHANNEL_FIELDS & kept.keys():
            _check_channel(invocation.source.guild, kept[name])
        if invocation.guild_id is not None:
            await self._settings.change_guild(invocation.guild_id, kept)


def _check_channel(guild: discord.Guild | None, channel_id: object) -> None:
    if isinstance(channel_id, int) and not may_write(guild, channel_id):
        channel = f"<#{channel_id}>"
        raise Refusal(translated("I may not write in {channel}; give me that permission first.", channel=channel))
