"""A stand-in on a loop of its own, for tests and tools that have none."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from .standin import DiscordStandin

T = TypeVar("T")


class Remote:
    """The way to a stand-in from another thread.

    Attributes:
        discord: read its journal freely; call its methods through `do`.
    """

    def __init__(self, discord: DiscordStandin, loop: asyncio.AbstractEventLoop) -> None:
        self.discord = discord
        self._loop = loop

    def do(self, coroutine: Coroutine[Any, Any, T], timeout_seconds: float = 30.0) -> T:
        """Run `discord.say(...)` and the like where the stand-in lives, and wait for the outcome."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout_seconds)

    def call(self, function: Callable[[], T], timeout_seconds: float = 30.0) -> T:
        """Run `lambda: discord.disturb(...)` and the like there."""

        async def called() -> T:
            return function()

        return self.do(called(), timeout_seconds)


@contextmanager
def standin_in_thread(discord: DiscordStandin) -> Iterator[Remote]:
    """Start a stand-in in a thread, stop it at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="discord-standin", daemon=True)
    thread.start()
    remote = Remote(discord, loop)
    try:
        remote.do(discord.start())
        yield remote
    finally:
        remote.do(discord.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
