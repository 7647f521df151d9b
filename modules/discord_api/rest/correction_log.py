"""The log lines about answers that had to be corrected: a server that states nonsense states it in every answer."""

import logging
import time
from collections.abc import Callable

from modules.log.repeats import Repeats

_log = logging.getLogger(__name__)


class CorrectionLog:
    """Writes the first line of a kind within a minute, and how many more there were.

    Args:
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._repeats = Repeats(clock)

    def warning(self, message: str, name: str, *arguments: object) -> None:
        """Write or count a line.

        Args:
            message: What was done, as for a logger.
            name: What of the answer it was done to; from a bounded set.
            arguments: Further arguments of the message.
        """
        if self._repeats.is_first(name):
            _log.warning(message, name, *arguments)

    def sample(self) -> None:
        """Log how many there were besides, for each kind whose minute is over."""
        for name, count in self._repeats.due():
            _log.warning("corrected %s in %d more answers within a minute", name, count)
