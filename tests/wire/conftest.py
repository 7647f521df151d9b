"""A stand-in of Discord, and the real process pointed at it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
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


@pytest.fixture
def start_bot(discord: DiscordStandin, tmp_path: Path) -> StartBot:
    """Starts the process; keyword arguments are further settings."""

    def start(**settings: str) -> AbstractAsyncContextManager[BotProcess]:
        addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
        return bot_process(tmp_path, {**addresses, **settings})

    return start
