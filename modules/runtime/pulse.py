"""The event loop's own sign of life, and the moment a snapshot is taken."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from modules.telemetry.recorder import BEAT_SECONDS, Recorder

BEATS_A_SNAPSHOT = 4


async def pulse(recorder: Recorder, *samples: Callable[[], None]) -> None:
    """Beat for ever, and publish a snapshot once a second.

    Args:
        recorder: Receives the beats and publishes the snapshots.
        samples: Called before each snapshot to bring in what only changes by being looked at (latency, guilds, queues).
    """
    while True:
        for sample in samples:
            sample()
        recorder.publish()
        for _ in range(BEATS_A_SNAPSHOT):
            recorder.beat()
            await asyncio.sleep(BEAT_SECONDS)


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run `work` beside the body, and cancel it at the end of the body."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
