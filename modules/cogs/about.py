"""`!ping` and `!about`."""

import discord
from discord.ext import commands

from modules.commands.command import command
from modules.commands.invocation import Invocation
from modules.commands.reply import Reply
from modules.telemetry.latest import LatestSnapshot
from modules.ui.pages import render_about, render_ping


class AboutCog(commands.Cog):
    """What the bot says of itself, from the same snapshot as the dashboard."""

    def __init__(self, board: LatestSnapshot) -> None:
        self._board = board

    @command("ping", usage="ping", description="Is the bot awake, and how far away is Discord?")
    async def ping(self, _invocation: Invocation) -> Reply:
        """Is the bot awake, and how far away is Discord?"""
        return Reply(render_ping(self._board.read().latency_seconds))

    @command("about", usage="about", description="Version, uptime, and where the dice come from")
    async def about(self, _invocation: Invocation) -> Reply:
        """Version, uptime, and where the dice come from."""
        snapshot = self._board.read()
        return Reply(
            render_about(
                version=snapshot.build.version,
                commit=snapshot.build.commit,
                uptime_seconds=snapshot.uptime_seconds,
                guild_count=snapshot.guild_count or 0,
                library=discord.__version__,
            )
        )
