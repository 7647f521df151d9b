"""Log lines that would come by the thousand: the first is written, the others are counted."""

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
