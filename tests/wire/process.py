"""The real `main.py` as a process of its own, with its log read line by line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from config import settings as own_settings
from tests.wire.forked import LINE_LIMIT, ForkedProcess, forked

ROOT = Path(__file__).resolve().parent.parent.parent

TOKEN = ".".join(("MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcdE", "abcdefghijklmnopqrstuvwxyz0123456789AB"))

PATIENCE_SECONDS = 40.0
"""How long a test waits for something that normally takes a fraction of a second."""

Line = dict[str, Any]


@dataclass
class BotProcess:
    """A started bot.

    Attributes:
        process: The operating system's side of it.
        lines: Every line of its log so far, parsed; a line that is not JSON has only `message`.
        errors: What it wrote to stderr.
    """

    process: asyncio.subprocess.Process | ForkedProcess
    lines: list[Line] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def logged(self, matches: str | Callable[[Line], bool]) -> Line:
        """The first log line that matches, waiting for it.

        Args:
            matches: The beginning of its message, or a predicate.

        Raises:
            AssertionError: It did not come; the log so far is in the text.
        """
        fits = matches if callable(matches) else lambda line: str(line.get("message", "")).startswith(matches)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._news:
                while True:
                    for line in self.lines:
                        if fits(line):
                            return line
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no log line {matches!r} in:\n{self.story()}") from None

    async def port(self) -> int:
        """The port of its sidecar."""
        return int((await self.logged("sidecar listening"))["port"])

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of its pages."""
        url = f"http://127.0.0.1:{await self.port()}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, await response.text()

    async def status_when(self, holds: Callable[[Any], bool]) -> Any:
        """`/api/status` as soon as it is as wanted; it changes once a second.

        Raises:
            TimeoutError: It never was; the last one is in the text.
        """
        shown: Any = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while shown is None or not holds(shown):
                    shown = json.loads((await self.get("/api/status"))[1])
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"the last status was {shown}") from None
        return shown

    async def shows(self, path: str, text: str, status: int) -> None:
        """Wait until a page has this text and this status; what it shows may be a second old.

        Raises:
            AssertionError: It never came to that.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (seen := await self.get(path))[0] != status or text not in seen[1]:  # noqa: ASYNC110 - a page
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{path} shows {seen} and never {status} with {text!r}") from None

    async def ended(self) -> int:
        """Its exit code, waiting for the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()

    async def warned(self, sentence: str) -> None:
        """Wait until standard error has a line with this in it.

        Raises:
            AssertionError: It did not come.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._news:
                await self._news.wait_for(lambda: any(sentence in line for line in self.errors))
        except TimeoutError:
            raise AssertionError(f"no {sentence!r} on standard error in:\n{self.story()}") from None

    async def stop(self, signum: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(signum)
        return await self.ended()

    def story(self) -> str:
        """Everything it said, for the message of a failing test."""
        return "\n".join([*(json.dumps(line) for line in self.lines), *self.errors])

    async def read_log(self) -> None:
        """Collect standard output until it ends."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            text = raw.decode(errors="replace").rstrip("\n")
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                line = {"message": text}
            async with self._news:
                self.lines.append(line)
                self._news.notify_all()

    async def read_errors(self) -> None:
        """Collect standard error until it ends."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            async with self._news:
                self.errors.append(raw.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()


@asynccontextmanager
async def bot_process(
    folder: Path, settings: Mapping[str, str], wrapper: Sequence[str] = (), *, may_fork: bool = False
) -> AsyncIterator[BotProcess]:
    """Start `main.py`, with nothing of this machine's environment but what Python needs.

    Args:
        folder: Where its data and log go.
        settings: Environment variables besides the usual ones of a test.
        wrapper: A command that starts the one that follows it.
        may_fork: Whether it may come from a process that has loaded its modules, where no wrapper and no variable
            that is not the bot's own is to work on that.
    """
    environ = {
        "PATH": os.environ["PATH"],
        "DISCORD_TOKEN": TOKEN,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_FORMAT": "json",
        "LOG_DIR": str(folder / "logs"),
        "DATA_DIR": str(folder / "data"),
        "PYTHONUNBUFFERED": "1",
        # One player at the table asks for as much as a whole server would.
        "USER_COMMAND_LIMIT": "0",
        **settings,
    }
    if may_fork and not wrapper and settings.keys() <= own_settings().keys():
        process: asyncio.subprocess.Process | ForkedProcess = await forked(folder, environ)
    else:
        process = await _executed(folder, environ, wrapper)
    bot = BotProcess(process)
    readers = [asyncio.create_task(bot.read_log()), asyncio.create_task(bot.read_errors())]
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*readers)


async def _executed(folder: Path, environ: Mapping[str, str], wrapper: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *wrapper,
        sys.executable,
        str(ROOT / "main.py"),
        cwd=folder,
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT,
    )
