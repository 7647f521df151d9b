"""Time that moves only when told to, and a recorder that lives by it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Build, Memory

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MEBIBYTE = 1024 * 1024


@dataclass
class FakeTime:
    """A monotonic clock and a wall clock that go together."""

    seconds: float = 1000.0
    started: float = field(default=1000.0, init=False)

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - self.started)


@dataclass
class Bench:
    """A recorder on a latest, with everything injected."""

    time: FakeTime = field(default_factory=FakeTime)
    memory: Memory = field(default_factory=lambda: Memory(80 * MEBIBYTE, 512 * MEBIBYTE))

    def __post_init__(self) -> None:
        self.latest = LatestSnapshot(self.time.clock)
        self.recorder = Recorder(
            self.latest,
            build=Build("0.1.0", "abc1234", "3.11.9", "2.7.1"),
            clock=self.time.clock,
            now=self.time.now,
            memory=lambda: self.memory,
        )

    def second(self, count: int = 1) -> None:
        """Let `count` seconds pass as the loop lives them: four beats and a snapshot each."""
        for _ in range(count):
            for _ in range(4):
                self.time.seconds += 0.25
                self.recorder.beat()
            self.recorder.publish()
