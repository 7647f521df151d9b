"""A Discord on loopback with a bot under measurement, and how fast that answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.contender import Contender, Kind, contender
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.certificates import Certificate
from tests.discord_standin.world import Channel
from tests.wire.process import TOKEN

ROOMS = 50
OUTSTANDING = 64
LONGEST_SECONDS = 120.0

Row = Sequence[object]
Ask = Callable[[int], Awaitable[object]]
"""Asks something of the bot and waits for its answer; told how many were asked before."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure.

    Attributes:
        rounds: Of each bot, in turn.
        certificate: Of the stand-in; None for plain sockets.
    """

    rounds: int
    certificate: Certificate | None


@asynccontextmanager
async def discord_for(options: Options) -> AsyncIterator[DiscordStandin]:
    """An empty Discord."""
    tls = options.certificate.context if options.certificate is not None else None
    async with DiscordStandin(Settings(token=TOKEN), tls=tls) as discord:
        yield discord


@asynccontextmanager
async def table(kind: Kind, options: Options) -> AsyncIterator[tuple[DiscordStandin, list[Channel], Contender]]:
    """A Discord with one guild of fifty channels, and a bot that answers there."""
    async with discord_for(options) as discord:
        rooms = list(discord.world.add_guild(channels=[f"room-{number}" for number in range(ROOMS)]).channels)
        async with contender(kind, discord, rooms[0], options.certificate) as bot:
            yield discord, rooms, bot


def asking(discord: DiscordStandin, rooms: Sequence[Channel]) -> Ask:
    """Asks for a roll by message."""

    async def ask(number: int) -> None:
        await discord.reply_to(await discord.say(rooms[number % ROOMS], "!roll 2d6+3"), LONGEST_SECONDS)

    return ask


async def steadily(bot: Contender, count: int, ask: Ask) -> tuple[float, float]:
    """Answers a second, and CPU microseconds for each."""
    # One iterator for all players: whoever has an answer asks the next.
    numbers = iter(range(count))

    async def player() -> None:
        for number in numbers:
            await ask(number)

    cpu, begun_at = bot.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(player() for _ in range(OUTSTANDING)))
    seconds = time.perf_counter() - begun_at
    return count / seconds, (bot.cpu_seconds() - cpu) / count * 1e6


def show(title: str, heads: Row, rows: Sequence[Row]) -> str:
    """Print a table in Markdown, and give it back."""
    cells = ["| " + " | ".join(map(str, row)) + " |" for row in (heads, ["---"] * len(heads), *rows)]
    text = "\n".join([f"### {title[0].upper()}{title[1:]}", "", *cells])
    print(f"\n{text}", flush=True)
    return text
