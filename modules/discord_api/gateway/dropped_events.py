"""Events that could not be read: counted each, logged once a minute a kind."""

import logging
import time
from collections.abc import Callable

from modules.log.repeats import Repeats
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count

_log = logging.getLogger(__name__)


class DroppedEvents:
    """Counts dropped events, and keeps a flood of them from filling the log.

    Args:
        recorder: Counts every one.
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, recorder: Recorder, clock: Callable[[], float] = time.monotonic) -> None:
        self._recorder = recorder
        self._repeats = Repeats(clock)

    def add(self, event: str, error: Exception | None) -> None:
        """Count an event that was dropped; the first of its kind within a minute is logged with its traceback.

        Args:
            event: Its name, one that discord.py knows.
            error: Why it could not be read.
        """
        self._recorder.count(Count.MALFORMED_EVENTS)
        if self._repeats.is_first(event):
            _log.warning("a malformed %s was dropped; the connection stays", event, exc_info=error)

    def sample(self) -> None:
        """Log how many there were besides, for each kind whose minute is over."""
        for event, count in self._repeats.due():
            extra = {"event_count": count}
            _log.warning("%d more malformed %s were dropped within a minute", count, event, extra=extra)
