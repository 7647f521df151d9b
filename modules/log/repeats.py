"""Warnings that would come by the thousand: the first of a kind is written, the others are counted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PERIOD_SECONDS: Final = 60.0


@dataclass(slots=True)
class _Period:
    ends_at: float
    count: int = 0


class RateLimitedLog:
    """Writes one warning a minute for each kind of trouble, and then how many more there were.

    Args:
        logger: Where the warnings go.
        summary: Tells of those that were not written, with `%(kind)s` and `%(count)d`.
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, logger: logging.Logger, summary: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger, self._summary, self._clock = logger, summary, clock
        self._periods: dict[str, _Period] = {}

    def warning(self, message: str, kind: str, *arguments: object, exc_info: Exception | None = None) -> None:
        """Write or count a warning.

        Args:
            message: As for a logger.
            kind: Its first argument, which makes warnings alike; from a bounded set.
            arguments: Its further arguments.
            exc_info: The error behind it.
        """
        period = self._periods.get(kind)
        if period is None:
            self._periods[kind] = _Period(self._clock() + PERIOD_SECONDS)
            self._logger.warning(message, kind, *arguments, exc_info=exc_info)
        else:
            period.count += 1

    def summarize(self) -> None:
        """Tell how many of each kind were not written in the minute that is over; called once a second."""
        now = self._clock()
        for kind in [kind for kind, period in self._periods.items() if period.ends_at <= now]:
            count = self._periods.pop(kind).count
            if count:
                self._periods[kind] = _Period(now + PERIOD_SECONDS)
                counted = {"kind": kind, "count": count}
                self._logger.warning(self._summary, counted, extra={"event_count": count})


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
