"""The run_heartbeat: it beats whatever its samples do, and an end that nobody asked for is told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from modules.lifecycle.heartbeat import BEATS_PER_SNAPSHOT, run_heartbeat, running
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import BEAT_SECONDS, Recorder
from modules.telemetry.snapshot import Memory
from tests.clocks import FakeClock


class OverError(Exception):
    """The test has seen enough."""


@dataclass
class Patient:
    """A recorder with a run_heartbeat, and everything about it that may fail."""

    clock: FakeClock = field(default_factory=FakeClock)
    memory_fails: bool = False
    silences: list[float | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.latest = LatestSnapshot(self.clock)
        self.recorder = Recorder(self.latest, clock=self.clock, memory=self._memory)

    async def live(self, seconds: int, *samples: Callable[[], None], on_beat: Callable[[], None] | None = None) -> None:
        """Let the run_heartbeat run for so many snapshots."""
        self._beats_left = seconds * BEATS_PER_SNAPSHOT
        with pytest.raises(OverError):
            await run_heartbeat(self.recorder, *samples, on_beat=on_beat, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        assert seconds == BEAT_SECONDS
        self.silences.append(self.latest.beat_age_seconds())
        self.clock.pass_seconds(seconds)
        self._beats_left -= 1
        if not self._beats_left:
            raise OverError

    def _memory(self) -> Memory:
        if self.memory_fails:
            raise OSError("no procfs")
        return Memory()


@dataclass
class Sample:
    """A look at something; it fails in the seconds named."""

    fails_in: frozenset[int] = frozenset()
    count: int = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count in self.fails_in:
            raise ValueError("a bug")


async def test_a_sample_that_fails_stops_neither_the_beat_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    patient, broken, sound = Patient(), Sample(frozenset(range(1, 100))), Sample()
    await patient.live(10, broken, sound)
    assert (broken.count, sound.count) == (10, 10)
    assert patient.silences == [0.0] * 10 * BEATS_PER_SNAPSHOT
    assert patient.latest.snapshot_age_seconds() == 1.0
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)


async def test_what_follows_the_beat_cannot_stop_it(caplog: pytest.LogCaptureFixture) -> None:
    patient, on_beat = Patient(), Sample(frozenset(range(3, 100)))
    await patient.live(5, on_beat=on_beat)
    assert on_beat.count == 5 * BEATS_PER_SNAPSHOT
    assert patient.silences == [0.0] * 5 * BEATS_PER_SNAPSHOT
    assert len(caplog.records) == 1


async def test_each_row_of_failures_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    await Patient().live(10, Sample(frozenset({2, 3, 4, 7, 8})), Sample(frozenset({3})))
    assert len(caplog.records) == 3


async def test_a_snapshot_that_fails_does_not_stop_the_beat(caplog: pytest.LogCaptureFixture) -> None:
    patient = Patient()
    patient.memory_fails = True
    await patient.live(3)
    assert patient.silences == [0.0] * 3 * BEATS_PER_SNAPSHOT
    assert len(caplog.records) == 1
    patient.memory_fails = False
    assert patient.latest.snapshot_age_seconds() == 3.0
    await patient.live(1)
    assert patient.latest.snapshot_age_seconds() == 1.0


async def test_work_that_ends_with_an_error_is_told_of_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise ValueError("a bug")

    async with running(work()):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)
    assert len(caplog.records) == 1


async def test_work_that_is_ended_with_the_body_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleanly")

    async with running(work()):
        await asyncio.sleep(0)
    assert ended == ["cleanly"]
    assert not caplog.records
