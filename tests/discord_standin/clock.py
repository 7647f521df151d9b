"""Where the stand-in gets its time from: the machine, or a test's own hands."""

import asyncio
import heapq
import time
from typing import Protocol


class Clock(Protocol):
    """What every part of the stand-in asks instead of the `time` module."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` of this clock have passed."""
        ...


class SystemClock:
    """Real time, deaf to a wall clock that is set while the stand-in runs."""

    def __init__(self) -> None:
        self._offset_seconds = time.time() - time.monotonic()

    def now(self) -> float:
        """Seconds since the Unix epoch, as of start plus what has passed since."""
        return self._offset_seconds + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep for real."""
        await asyncio.sleep(seconds)


class ManualClock:
    """Time that stands still until a test advances it."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """The time last set, in seconds since the Unix epoch."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has carried the clock past this moment."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # The id decides between equal moments: futures cannot be compared.
        heapq.heappush(self._sleepers, (self._now + seconds, id(waiter), waiter))
        await waiter

    def advance(self, seconds: float) -> None:
        """Carry the clock forward and wake everyone whose moment has come."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, waiter = heapq.heappop(self._sleepers)
            if not waiter.done():
                waiter.set_result(None)
