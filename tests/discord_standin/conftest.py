"""An unmodified discord.py bot in this process, pointed at a stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as dpy
import pytest
from discord.ext import commands

from .core import Settings
from .pointing import pointed_at
from .standin import DiscordStandin
from .world import Channel


class EchoBot(commands.Bot):
    """Answers `!echo text` and `/echo`; identifies without waiting, since that wait is discord.py's alone."""

    def __init__(self, shard_id: int | None = None, shard_count: int | None = None) -> None:
        intents = dpy.Intents(guilds=True, messages=True, message_content=True)
        super().__init__("!", intents=intents, guild_ready_timeout=0.02, shard_id=shard_id, shard_count=shard_count)
        self.errors: list[BaseException] = []
        self.add_command(commands.Command(echo_text, name="echo"))
        self.tree.command(name="echo", description="Say it again")(echo_interaction)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No five seconds between two IDENTIFYs."""

    async def on_command_error(self, _: object, error: Exception, /) -> None:
        """Keep the error for the test."""
        self.errors.append(getattr(error, "original", error))


async def echo_text(ctx: commands.Context[EchoBot], *, text: str) -> None:
    await ctx.reply(text)


async def echo_interaction(interaction: dpy.Interaction[EchoBot], text: str) -> None:
    await interaction.response.send_message(text)


@asynccontextmanager
async def running(bot: EchoBot, discord: DiscordStandin) -> AsyncIterator[asyncio.Task[None]]:
    """A bot that is logged in and connects; its connect task is given."""
    await bot.login(discord.token)
    connecting = asyncio.create_task(bot.connect())
    try:
        yield connecting
    finally:
        await bot.close()
        await asyncio.gather(connecting, return_exceptions=True)


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.1)) as standin:
        standin.world.add_guild()
        with pointed_at(standin):
            yield standin


@pytest.fixture
def channel(discord: DiscordStandin) -> Channel:
    return next(iter(discord.world.channels.values()))


@pytest.fixture
async def bot(discord: DiscordStandin) -> AsyncIterator[EchoBot]:
    """A bot that has logged in and hears messages."""
    echo = EchoBot()
    async with running(echo, discord):
        await discord.ready()
        yield echo
