"""`!ping` and `!about`."""

import discord
from discord.ext import commands

from modules.cogs.command import command
from modules.cogs.context import CommandBot, NazhContext
from modules.telemetry.board import Board
from modules.ui.pages import render_about, render_ping
from modules.ui.sending import send_reply


class AboutCog(commands.Cog):
    """What the bot says of itself, from the same snapshot as the dashboard."""

    def __init__(self, board: Board) -> None:
        self._board = board

    @command("ping", usage="ping", description="Is the bot awake, and how far away is Discord?")
    async def ping(self, ctx: NazhContext) -> None:
        """Is the bot awake, and how far away is Discord?"""
        await send_reply(ctx, render_ping(self._board.read().latency_seconds))

    @command("about", usage="about", description="Version, uptime, and where the dice come from")
    async def about(self, ctx: NazhContext) -> None:
        """Version, uptime, and where the dice come from."""
        snapshot = self._board.read()
        await send_reply(
            ctx,
            render_about(
                version=snapshot.build.version,
                commit=snapshot.build.commit,
                uptime_seconds=snapshot.uptime_seconds,
                guild_count=snapshot.guild_count or 0,
                library=discord.__version__,
            ),
        )


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(AboutCog(bot.board))
