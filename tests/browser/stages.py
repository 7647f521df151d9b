"""The running bot in every state that the dashboard has a word for, each reached by a fault of the loopback Discord."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from types import MappingProxyType

from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.gateway_faults import Close, NoHello
from tests.discord_standin.rest_faults import Answer, CloudflareBan, Slow
from tests.discord_standin.world import Channel
from tests.wire.process import TOKEN, BotProcess, bot_process

REFUSALS = (Answer(400, {"code": 50035, "message": ""}), Answer(404, {"code": 10008, "message": ""}))
SENDS = "/channels/*/messages"
GUILD_COUNT = 24


@dataclass
class Stage:
    """A Discord on loopback with a guild of players, and the processes on it.

    Attributes:
        discord: Where faults are set.
        folder: Where the bots' state and log go; the same for all of them, as on one server.
        settings: Environment variables of every bot.
    """

    discord: DiscordStandin
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> Channel:
        """Where the players sit."""
        return next(iter(self.discord.world.channels.values()))

    def bot(self, **settings: str) -> AbstractAsyncContextManager[BotProcess]:
        """Start a bot."""
        addresses = {"DISCORD_API_URL": self.discord.api_url, "DISCORD_GATEWAY_URL": self.discord.gateway_url}
        return bot_process(self.folder, {**addresses, **self.settings, **settings})

    @asynccontextmanager
    async def ready_bot(self, **settings: str) -> AsyncIterator[BotProcess]:
        """Start a bot and wait until it answers and its dashboard says so."""
        async with self.bot(**settings) as bot:
            await self.discord.ready(timeout_seconds=30)
            await bot.status_when(lambda shown: shown["phase"] == "ready")
            yield bot


@asynccontextmanager
async def stage(folder: Path, **settings: str) -> AsyncIterator[Stage]:
    """Open a Discord with players."""
    async with DiscordStandin(
        Settings(token=TOKEN, heartbeat_interval_seconds=1.0, ack_delay_seconds=0.042)
    ) as discord:
        for number in range(GUILD_COUNT):
            discord.world.add_guild(f"guild {number}", channels=("table",))
        yield Stage(discord, folder, settings)


@asynccontextmanager
async def operational(_stage: Stage, _bot: BotProcess) -> AsyncIterator[None]:
    """Nothing is wrong."""
    yield


@asynccontextmanager
async def degraded(stage: Stage, bot: BotProcess) -> AsyncIterator[None]:
    """Discord refuses answers, for no reason that we know."""
    for refusal in cycle(REFUSALS):
        rule = stage.discord.faults.rest(refusal, method="POST", path=SENDS, times=None)
        for _ in range(5):
            await stage.discord.say(stage.table, "!roll 2d6+3")
        await asyncio.sleep(1)
        stage.discord.faults.rest_rules.remove(rule)
        if (await bot.status_when(bool))["verdict"].startswith("Degraded"):
            break
    yield


@asynccontextmanager
async def disconnected(stage: Stage, bot: BotProcess) -> AsyncIterator[None]:
    """The connection is lost, and the next one opens and says nothing."""
    stage.discord.faults.gateway(NoHello(), times=None)
    stage.discord.disturb(Close(1006))
    await bot.status_when(lambda shown: shown["verdict"].startswith("Disconnected"))
    yield
    stage.discord.heal()
    await bot.status_when(lambda shown: shown["phase"] == "ready")


@asynccontextmanager
async def draining(stage: Stage, bot: BotProcess) -> AsyncIterator[None]:
    """A deploy asks it to stop while an answer is still on its way."""
    journal = stage.discord.journal
    begun = len(journal.requests_to("POST", SENDS))
    stage.discord.faults.rest(Slow(600), method="POST", path=SENDS, times=None)
    await stage.discord.say(stage.table, "!roll 8d6")
    await stage.discord.until(lambda: len(journal.requests_to("POST", SENDS)) > begun, 20, "an answer on its way")
    bot.process.send_signal(signal.SIGTERM)
    await bot.status_when(lambda shown: shown["verdict"].startswith("Draining"))
    yield


@asynccontextmanager
async def starting(stage: Stage) -> AsyncIterator[BotProcess]:
    """Discord takes its time over the login."""
    stage.discord.faults.rest(Slow(600), path="/users/@me", times=None)
    async with stage.bot() as bot:
        await bot.status_when(lambda shown: shown["phase"] == "logging_in")
        yield bot


@asynccontextmanager
async def waiting(stage: Stage) -> AsyncIterator[BotProcess]:
    """Discord's edge has banned the address."""
    stage.discord.faults.rest(CloudflareBan(), times=None)
    async with stage.bot() as bot:
        await bot.status_when(lambda shown: shown["phase"] == "waiting")
        yield bot


@asynccontextmanager
async def standby(stage: Stage) -> AsyncIterator[BotProcess]:
    """Another process answers already."""
    async with stage.ready_bot(), stage.bot() as second:
        await second.status_when(lambda shown: shown["phase"] == "standby")
        yield second


IN_MID_LIFE: Mapping[str, Callable[[Stage, BotProcess], AbstractAsyncContextManager[None]]] = MappingProxyType(
    {"operational": operational, "degraded": degraded, "disconnected": disconnected, "draining": draining}
)
"""States of a bot that was ready; each leads back to that but the last."""

FROM_THE_START: Mapping[str, Callable[[Stage], AbstractAsyncContextManager[BotProcess]]] = MappingProxyType(
    {"starting": starting, "waiting": waiting, "standby": standby}
)
"""States that a process comes to on its way up."""
