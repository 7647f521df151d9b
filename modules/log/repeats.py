"""Log lines that would come by the thousand: the first is written, the others are counted."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

PERIOD_SECONDS: Final = 60.0


@dataclass(slots=True)
class _Period:
    ends_at: float
    count: int = 0


@dataclass(slots=True)
class Repeats:
    """Lets one line a minute through for each kind of trouble, and counts those it holds back.

    Attributes:
        clock: Monotonic clock, in seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _periods: dict[str, _Period] = field(default_factory=dict)

    def is_first(self, kind: str) -> bool:
        """Whether to write a line now; if not, it is counted.

        Args:
            kind: What makes lines alike; from a bounded set.
        """
        period = self._periods.get(kind)
        if period is None:
            self._periods[kind] = _Period(self.clock() + PERIOD_SECONDS)
            return True
        period.count += 1
        return False

    def due(self) -> Iterator[tuple[str, int]]:
        """Each kind that was held back in the minute that is over, with how often."""
        now = self.clock()
        for kind, period in list(self._periods.items()):
            if period.ends_at > now:
                continue
            if period.count:
                self._periods[kind] = _Period(now + PERIOD_SECONDS)
                yield kind, period.count
            else:
                del self._periods[kind]


class RepeatFilter(logging.Filter):
    """Lets one warning a minute through from each line of discord.py's code, for each kind of error.

    discord.py warns once for each thing that the gateway sends and that it does not understand: whoever sends thousands
    of them a second would fill the log. The next record that is let through has `repeated_count`.

    Args:
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._periods: dict[tuple[str, int, str], _Period] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may pass."""
        if not record.name.startswith("discord.") or record.levelno < logging.WARNING:
            return True
        error = record.exc_info[0] if record.exc_info else None
        kind = (record.name, record.lineno, "" if error is None else error.__name__)
        now, period = self._clock(), self._periods.get(kind)
        if period is not None and now < period.ends_at:
            period.count += 1
            return False
        if period is not None and period.count:
            record.repeated_count = period.count
        self._periods[kind] = _Period(now + PERIOD_SECONDS)
        return True
