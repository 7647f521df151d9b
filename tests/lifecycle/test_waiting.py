"""A wait in the open: what it shows, when it ends, and that it shows nothing once it drains."""

import asyncio
from dataclasses import dataclass, field

import pytest

from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.waiting import wait_visibly
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge, Phase


@dataclass
class Rig:
    recorder: Recorder = field(default_factory=lambda: Recorder(LatestSnapshot()))
    shutdown: Shutdown = field(default_factory=Shutdown)

    async def wait(self, seconds: float, reason: str, *, then: Phase, attempt: int = 1) -> None:
        await wait_visibly(seconds, reason, self.recorder, self.shutdown, then=then, attempt=attempt)


@pytest.fixture
async def rig() -> Rig:
    return Rig()


async def test_a_wait_says_what_why_and_until_when(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    waiting = asyncio.create_task(rig.wait(3600, "rate-limited by Discord", then=Phase.LOGGING_IN, attempt=3))
    await asyncio.sleep(0)
    snapshot = rig.recorder.publish()
    assert (snapshot.phase, snapshot.phase_reason) == (Phase.WAITING, "rate-limited by Discord")
    assert snapshot.until_at is not None
    assert 3590 < (snapshot.until_at - snapshot.taken_at).total_seconds() <= 3600
    assert snapshot.gauges[Gauge.BACKOFF_SECONDS] == 3600
    (record,) = caplog.records
    assert record.getMessage() == "rate-limited by Discord; trying again in 3600.0 s"
    assert vars(record)["attempt"] == 3
    waiting.cancel()


async def test_a_wait_that_is_over_leads_to_the_next_phase(rig: Rig) -> None:
    await rig.wait(0.001, "a reason", then=Phase.CONNECTING)
    snapshot = rig.recorder.publish()
    assert snapshot.phase is Phase.CONNECTING
    assert snapshot.gauges[Gauge.BACKOFF_SECONDS] == 0


async def test_a_stop_request_ends_a_wait_and_leaves_the_phase_to_whoever_drains(rig: Rig) -> None:
    waiting = asyncio.create_task(rig.wait(3600, "a reason", then=Phase.CONNECTING))
    await asyncio.sleep(0)
    rig.shutdown.request("test")
    rig.recorder.set_phase(Phase.DRAINING)
    await asyncio.wait_for(waiting, 5)
    await rig.wait(3600, "another", then=Phase.CONNECTING)
    assert rig.recorder.publish().phase is Phase.DRAINING


async def test_no_wait_at_all_is_not_told(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    await rig.wait(0, "a reason", then=Phase.CONNECTING)
    assert not caplog.records
    assert rig.recorder.publish().phase is Phase.STARTING


async def test_a_wait_can_be_cancelled_in_the_moment_in_which_it_is_ended(rig: Rig) -> None:
    """Python 3.11's wait_for swallows such a cancellation, and a task that goes on keeps the process from ending."""
    reached: list[str] = []

    async def work() -> None:
        await rig.wait(3600, "a reason", then=Phase.CONNECTING)
        reached.append("the end of the wait")
        await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    rig.shutdown.request("test")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()
