"""The heartbeat of the event loop, and the snapshot taken once a second."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from modules.telemetry.recorder import BEAT_SECONDS, Recorder

_log = logging.getLogger(__name__)

BEATS_PER_SNAPSHOT = 4


async def run_heartbeat(
    recorder: Recorder,
    *samples: Callable[[], None],
    on_beat: Callable[[], None] | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Beat until cancelled, and publish a snapshot once a second.

    A sample or a snapshot that fails is logged and tried again a second later: without the beat the watchdog would end
    a process that does its work.

    Args:
        recorder: Receives the beats and publishes the snapshots.
        samples: Called before each snapshot to record values that have to be polled (latency, guilds, queues).
        on_beat: Called with each beat.
        sleep: Waits for so many seconds; tests give their own.
    """
    steps = [_Step(step) for step in (*samples, recorder.publish)]
    beats = [_Step(step) for step in (recorder.beat, on_beat) if step is not None]
    while True:
        for step in steps:
            step.take()
        for _ in range(BEATS_PER_SNAPSHOT):
            for beat in beats:
                beat.take()
            await sleep(BEAT_SECONDS)


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `work` beside the body, and cancel it at the end of the body; an error that ends it sooner is logged."""
    task = asyncio.create_task(work)
    # At the end of the body it would be logged too late to explain what its failure has led to.
    task.add_done_callback(_log_error)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(slots=True)
class _Step:
    """A repeated step; of consecutive failures only the first is logged."""

    step: Callable[[], object]
    _failing: bool = False

    def take(self) -> None:
        try:
            self.step()
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it must not take the beat along
            if not self._failing:
                _log.exception("a periodic measurement failed; retrying every second")
            self._failing = True
        else:
            self._failing = False


def _log_error(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a background task failed and is not restarted", exc_info=error)
