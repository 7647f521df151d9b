"""Tracks commands in flight, so that stopping can wait for them."""

import asyncio
import logging
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Drain:
    """Counts tasks rather than commands: whatever handles an event is one task, however many steps it takes.

    Attributes:
        draining: Whether new commands are refused.
    """

    draining: bool = False
    _in_flight: set["asyncio.Task[object]"] = field(default_factory=set)

    @property
    def in_flight_count(self) -> int:
        """Tasks admitted and not finished."""
        return len(self._in_flight)

    def admit_current_task(self) -> None:
        """Count the running task until it ends, however it ends."""
        task = asyncio.current_task()
        if task is not None and task not in self._in_flight:
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

    async def drain(self, grace_seconds: float) -> int:
        """Admit nothing new and wait for everything admitted, and for what that admits in turn (its error handlers).

        Returns:
            How many tasks were still running when the time was up.
        """
        self.draining = True
        deadline = asyncio.get_running_loop().time() + grace_seconds
        while waiting := set(self._in_flight):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                _log.warning("commands cut off by the end of the grace time", extra={"count": len(waiting)})
                break
            await asyncio.wait(waiting, timeout=left)
            # An error handler is a task of its own and is admitted only when it first runs.
            await asyncio.sleep(0)
        return len(self._in_flight)
