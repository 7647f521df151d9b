"""Shares the newest snapshot between the event loop's thread and the others, without a lock."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry

from modules.telemetry.snapshot import Snapshot


class LatestSnapshot:
    """Holds the newest Snapshot, the moment of the loop's last beat, and the counters' registry.

    One attribute is written and read atomically, and a Snapshot is frozen: so the loop never waits for a reader.

    Args:
        clock: Monotonic clock, in seconds.

    Attributes:
        counters: What the Recorder counts, as Prometheus reads it.
    """

    __slots__ = ("_beat", "_clock", "_opened", "_published", "_snapshot", "counters")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._opened = clock()
        self._beat: float | None = None
        self._snapshot: Snapshot | None = None
        self._published = self._opened
        # The library's global one refuses the same names a second time, and a process may have two applications.
        self.counters = CollectorRegistry()

    def publish(self, snapshot: Snapshot) -> None:
        """Make `snapshot` the newest."""
        self._snapshot, self._published = snapshot, self._clock()

    def read(self) -> Snapshot:
        """The newest snapshot.

        Raises:
            LookupError: Nothing was published yet; a Recorder publishes as soon as it is made.
        """
        if self._snapshot is None:
            raise LookupError("nothing was published yet: make a Recorder for it first")
        return self._snapshot

    def beat(self) -> None:
        """Record a heartbeat of the loop; called every `BEAT_SECONDS`."""
        self._beat = self._clock()

    def beat_age_seconds(self) -> float | None:
        """Seconds since the last beat; None before the first."""
        beat = self._beat
        return None if beat is None else self._clock() - beat

    def snapshot_age_seconds(self) -> float:
        """Seconds since the last snapshot was published."""
        return self._clock() - self._published

    def age_seconds(self) -> float:
        """Seconds since this was made, which is when the process started."""
        return self._clock() - self._opened
