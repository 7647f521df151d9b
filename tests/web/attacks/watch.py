"""What is watched during an attack: `/healthz`, memory, descriptors, the log and the end."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.wire.process import ROOT, BotProcess

HEALTHZ: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PROBE_EVERY_SECONDS: Final = 0.1
UNANSWERED_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 60.0
MEBIBYTE: Final = 1024 * 1024


@dataclass
class Watch:
    """What was seen so far.

    Attributes:
        bot: The process under attack.
        port: Its sidecar's port.
        healthz_seconds: How long each `/healthz` took; `UNANSWERED_SECONDS` or more where none came.
        descriptors: The most that were open at once.
        memory_bytes: The most memory that was resident, beyond what was before the attack.
    """

    bot: BotProcess
    port: int
    healthz_seconds: list[float] = field(default_factory=list)
    descriptors: int = 0
    memory_bytes: int = 0

    async def is_kept(self) -> None:
        """Look again and again, until cancelled."""
        before = self._resident_bytes()
        while True:
            await self._probe()
            self.descriptors = max(self.descriptors, self._open_descriptors())
            self.memory_bytes = max(self.memory_bytes, self._resident_bytes() - before)
            await asyncio.sleep(PROBE_EVERY_SECONDS)

    async def _probe(self) -> None:
        begun, answer = time.monotonic(), b""
        try:
            async with asyncio.timeout(UNANSWERED_SECONDS):
                answer = await self._ask()
        except OSError:
            begun -= UNANSWERED_SECONDS
        finally:
            # Also of one that is cancelled: it has hung for so long.
            self.healthz_seconds.append(time.monotonic() - begun)
        if not answer.startswith(b"HTTP/1.1 200 OK"):
            self.healthz_seconds.append(UNANSWERED_SECONDS)

    async def _ask(self) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(HEALTHZ)
            return await reader.read()
        finally:
            writer.close()

    def _open_descriptors(self) -> int:
        return len([*Path(f"/proc/{self.bot.process.pid}/fd").iterdir()])

    def _resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.bot.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the process has no memory")


@asynccontextmanager
async def watched(bot: BotProcess) -> AsyncIterator[Watch]:
    """Watch while inside."""
    watch = Watch(bot, await bot.port())
    watching = asyncio.create_task(watch.is_kept())
    try:
        yield watch
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


@asynccontextmanager
async def attacked(bot: BotProcess, name: str) -> AsyncIterator[None]:
    """Attack while inside, in full swing from the start to the end."""
    arguments = (name, str(await bot.port()), str(LONGEST_SECONDS))
    attacker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.web.attacks.attacker", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert attacker.stdout is not None
    try:
        await attacker.stdout.readline()
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            attacker.kill()
        await attacker.wait()
