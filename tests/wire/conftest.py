"""A stand-in of Discord, and the real process pointed at it."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.world import Channel
from tests.wire.process import TOKEN, BotProcess, bot_process

StartBot = Callable[..., AbstractAsyncContextManager[BotProcess]]


@pytest.fixture
async def discord() -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(Settings(token=TOKEN, heartbeat_interval_seconds=0.5)) as standin:
        standin.world.add_guild(channels=("table", "other"))
        yield standin


@pytest.fixture
def channel(discord: DiscordStandin) -> Channel:
    return next(iter(discord.world.channels.values()))


def made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def start_bot(discord: DiscordStandin, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StartBot]:
    """Starts the process; keyword arguments are further settings, `folder` a place of its own for its state.

    It is forked from one that has loaded the modules, unless the test is marked `executed`. What the processes said is
    shown where a test fails.
    """
    started: list[BotProcess] = []
    may_fork = request.node.get_closest_marker("executed") is None

    @asynccontextmanager
    async def start(folder: Path = tmp_path, wrapper: Sequence[str] = (), **settings: str) -> AsyncIterator[BotProcess]:
        addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        async with bot_process(made(folder), {**addresses, **settings}, wrapper, may_fork=may_fork) as bot:
            started.append(bot)
            yield bot

    yield start
    for number, bot in enumerate(started, 1):
        sys.stdout.write(f"process {number} said:\n{bot.story()}\n")
