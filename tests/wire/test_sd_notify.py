"""The whole process as a service of systemd's `Type=notify`."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from tests.discord_standin import DiscordStandin
from tests.wire.conftest import StartBot
from tests.wire.process import PATIENCE_SECONDS

pytestmark = pytest.mark.wire

INJECT = str(Path(__file__).parent.parent / "chaos" / "inject")
BLOCKED_SECONDS = 3.0


@dataclass
class Systemd:
    """What a service manager heard, with the loop's time of each."""

    address: str
    heard: list[tuple[float, str]] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, text: str) -> None:
        """Wait until it was told something that begins so."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: any(each.startswith(text) for each in self.texts()))

    async def until_counted(self, text: str, count: int) -> None:
        """Wait until it was told this so often."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: self.texts().count(text) >= count)

    def texts(self) -> list[str]:
        return [text for _, text in self.heard]

    def longest_silence_of(self, text: str) -> float:
        moments = [at for at, each in self.heard if each == text]
        return max(later - earlier for earlier, later in pairwise(moments))

    async def listen(self, ear: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            text = (await loop.sock_recv(ear, 4096)).decode()
            async with self._news:
                self.heard.append((loop.time(), text))
                self._news.notify_all()


@asynccontextmanager
async def listening(address: str) -> AsyncIterator[Systemd]:
    systemd = Systemd(address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address.replace("@", "\0", 1))
        ear.setblocking(False)
        task = asyncio.create_task(systemd.listen(ear))
        yield systemd
        task.cancel()
        await asyncio.wait({task})


async def test_start_state_heartbeat_and_stop_are_told(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path
) -> None:
    async with listening(str(tmp_path / "notify")) as systemd:
        async with start_bot(NOTIFY_SOCKET=systemd.address, WATCHDOG_USEC="1000000") as bot:
            await systemd.until("READY=1")
            await discord.ready()
            await systemd.until("STATUS=Operational")
            await systemd.until("WATCHDOG=1")
            assert await bot.stop() == 0
        await systemd.until("STOPPING=1")
        told = systemd.texts()
        assert told.count("READY=1") == told.count("STOPPING=1") == 1


async def test_a_service_has_started_although_discord_is_away(start_bot: StartBot, discord: DiscordStandin) -> None:
    await discord.api_down()
    async with listening(f"@nazh-wire-{os.getpid()}") as systemd, start_bot(NOTIFY_SOCKET=systemd.address):
        await systemd.until("READY=1")
        await systemd.until("STATUS=Waiting")


async def test_a_loop_that_hangs_does_not_feed_the_watchdog(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path
) -> None:
    settings = {"WATCHDOG_USEC": "500000", "PYTHONPATH": INJECT, "INJECT_BLOCK_SECONDS": str(BLOCKED_SECONDS)}
    async with listening(str(tmp_path / "notify")) as systemd:
        async with start_bot(NOTIFY_SOCKET=systemd.address, **settings) as bot:
            await discord.ready()
            await systemd.until("WATCHDOG=1")
            bot.process.send_signal(signal.SIGUSR1)
            # One may have been on its way, and one be due as the loop goes on.
            await systemd.until_counted("WATCHDOG=1", systemd.texts().count("WATCHDOG=1") + 4)
        assert systemd.longest_silence_of("WATCHDOG=1") > BLOCKED_SECONDS - 1.0
