"""`!ping`, `!about` and `!invite`."""

import discord
from discord.ext import commands

from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.telemetry.latest import LatestSnapshot
from modules.ui.pages import render_about, render_invite, render_links, render_ping

PRIVACY = "`/mydata` shows or deletes what I keep about you; docs/privacy.md explains what that is."


class AboutCog(commands.Cog):
    """What the bot says of itself, from the same snapshot as the dashboard."""

    def __init__(self, bot: CommandBot, latest: LatestSnapshot) -> None:
        self._bot, self._latest = bot, latest

    @command("ping", usage="ping", description="Whether the bot is online, and how fast Discord answers")
    async def ping(self, _invocation: Invocation) -> Reply:
        """Whether the bot is online, and how fast Discord answers."""
        return Reply(render_ping(self._latest.read().latency_seconds))

    @command("about", usage="about", description="Version, uptime, and where the dice come from")
    async def about(self, _invocation: Invocation) -> Reply:
        """Version, uptime, and where the dice come from."""
        snapshot = self._latest.read()
        text = render_about(
            version=snapshot.build.version,
            commit=snapshot.build.commit,
            uptime_seconds=snapshot.uptime_seconds,
            guild_count=snapshot.guild_count or 0,
            library=discord.__version__,
        )
        links = render_links(self._bot.config.repository_url)
        return Reply(f"{text}\n{translated(PRIVACY)}\n{self._invite()}{links}")

    @command("invite", usage="invite", description="Add the bot to your own server")
    async def invite(self, _invocation: Invocation) -> Reply:
        """Add the bot to your own server."""
        return Reply(self._invite(), ephemeral=True)

    def _invite(self) -> str:
        needed = discord.Permissions(
            view_channel=True, send_messages=True, read_message_history=True, attach_files=True
        )
        url = discord.utils.oauth_url(
            self._bot.application_id or 0, permissions=needed, scopes=("bot", "applications.commands")
        )
        # In angle brackets, so that Discord shows no preview.
        return render_invite(f"<{url}>")
