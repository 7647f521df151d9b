"""Ten minutes by the second and a day by the minute, in buffers of fixed size."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

RECENT_SECONDS: Final = 600
MINUTE_SECONDS: Final = 60
SECONDS_KEPT: Final = RECENT_SECONDS + MINUTE_SECONDS
"""Ten minutes, and the minute before them, over which a rate at their beginning is counted."""
MINUTES_KEPT: Final = 1440
UNKNOWN: Final = math.nan
"""Stands for a missing sample; readers turn it into a gap."""


def mean(values: Sequence[float]) -> float:
    """The average of the measured values; `UNKNOWN` where there is none."""
    # NaN is the one value that differs from itself.
    known = [value for value in values if value == value]
    return sum(known) / len(known) if known else UNKNOWN


def peak(values: Sequence[float]) -> float:
    """The greatest of the measured values; `UNKNOWN` where there is none."""
    return max((value for value in values if value == value), default=UNKNOWN)


Fold = Callable[[Sequence[float]], float]
"""How many samples become one: rates are averaged, and of a delay only the worst matters."""

TRACKS: Final[Mapping[str, Fold]] = MappingProxyType(
    {
        "latency_seconds": peak,
        "command_seconds": peak,
        "commands_per_minute": mean,
        "errors_per_minute": mean,
        "loop_lag_seconds": peak,
        "memory_bytes": peak,
        "rest_per_minute": mean,
        "rate_limits_per_minute": mean,
        "pacing_queue": peak,
        "commit_seconds": peak,
        "events_per_minute": mean,
        "ready": mean,
    }
)
"""Every measurement with a history, and how several samples become one."""


@dataclass(frozen=True, slots=True)
class Track:
    """The past of one measurement, oldest first; any thread may read it.

    Attributes:
        ten_minutes: One sample a second, from a minute before those ten.
        day: One sample a minute.
        fold: How to condense several samples into one.
    """

    ten_minutes: Sequence[float]
    day: Sequence[float]
    fold: Fold

    def recent(self, points: int) -> tuple[float | None, ...]:
        """The last ten minutes in `points` steps; None where nothing was measured.

        A step of a delay is its worst sample. One of a rate is the minute up to its end: what `last_minute` was then.
        """
        width = RECENT_SECONDS // points
        ends = range(len(self.ten_minutes) - RECENT_SECONDS + width, len(self.ten_minutes) + 1, width)
        return tuple(self._step(end, width) for end in ends)

    def last_minute(self) -> float | None:
        """A rate over the last minute."""
        return self._step(len(self.ten_minutes), MINUTE_SECONDS)

    def busiest(self, points: int) -> tuple[float | None, ...]:
        """The day in `points` stretches, of each its worst minute; None where nothing was measured."""
        return _condensed(self.day, points, peak)

    def average(self, points: int) -> tuple[float | None, ...]:
        """The day in `points` stretches, of each the average; None where nothing was measured."""
        return _condensed(self.day, points, mean)

    def recent_average(self) -> float | None:
        """The average of the last ten minutes; None where nothing was measured."""
        return _condensed(self.ten_minutes, 1, mean)[0]

    def _step(self, end: int, width: int) -> float | None:
        step = [sample for sample in self.ten_minutes[end - width : end] if sample == sample]
        if not step:
            return None
        # Divided by the whole minute, known or not: one command in the first second of a life is not 60 a minute.
        minute = self.ten_minutes[end - MINUTE_SECONDS : end]
        return max(step) if self.fold is peak else sum(each for each in minute if each == each) / MINUTE_SECONDS


def _condensed(samples: Sequence[float], points: int, fold: Fold) -> tuple[float | None, ...]:
    width = len(samples) // points
    folded = (fold(samples[start : start + width]) for start in range(0, width * points, width))
    return tuple(value if value == value else None for value in folded)


class Series:
    """One measurement by the second and by the minute: each full minute of seconds becomes one sample of the day."""

    __slots__ = ("_day", "_day_frozen", "_fold", "_second", "_seconds")

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._seconds = deque([UNKNOWN] * SECONDS_KEPT, SECONDS_KEPT)
        self._day = deque([UNKNOWN] * MINUTES_KEPT, MINUTES_KEPT)
        self._day_frozen = tuple(self._day)
        self._second = 0

    def add(self, sample: float) -> None:
        """Remember the sample of one more second."""
        self._seconds.append(sample)
        self._second = (self._second + 1) % MINUTE_SECONDS
        if self._second == 0:
            self._day.append(self._fold(list(self._seconds)[-MINUTE_SECONDS:]))
            # Copied once a minute and not with each snapshot: in between it does not change.
            self._day_frozen = tuple(self._day)

    def last(self, count: int) -> list[float]:
        """The measured ones among the newest `count` seconds."""
        return [sample for sample in list(self._seconds)[-count:] if sample == sample]

    def frozen(self) -> Track:
        """What readers of other threads get."""
        return Track(tuple(self._seconds), self._day_frozen, self._fold)


class History:
    """All series of `TRACKS`, advanced together."""

    def __init__(self) -> None:
        self._series = {name: Series(fold) for name, fold in TRACKS.items()}

    def add(self, samples: Mapping[str, float | None], seconds: int) -> None:
        """Remember one sample of each series.

        Args:
            samples: By the names of `TRACKS`; None where nothing was measured.
            seconds: How many seconds they stand for: more than one after the loop was held up. A rate held all the
                while; any other measurement was only taken at the end.
        """
        for name, series in self._series.items():
            sample = samples[name]
            value = UNKNOWN if sample is None else sample
            # Bounded, or catching up with a halt of hours would hold up the loop once more.
            for _ in range(min(seconds, SECONDS_KEPT) - 1):
                series.add(value if TRACKS[name] is mean else UNKNOWN)
            series.add(value)

    def last(self, name: str, seconds: int) -> list[float]:
        """What was measured of `name` within the last `seconds`."""
        return self._series[name].last(seconds)

    def frozen(self) -> Mapping[str, Track]:
        """Every track, for readers of other threads."""
        return MappingProxyType({name: series.frozen() for name, series in self._series.items()})
