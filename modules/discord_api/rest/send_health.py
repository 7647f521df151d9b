"""Whether answers leave: what became of the latest sends."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FORGOTTEN_SECONDS: Final = 60.0
"""A failure that long ago says nothing of now; nobody may have asked for anything since."""


@dataclass(slots=True)
class SendHealth:
    """Knows since when no send has succeeded.

    Attributes:
        clock: Monotonic clock, in seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _failing_since: float | None = None
    _failed_at: float = float("-inf")

    def succeeded(self) -> None:
        """A message appeared."""
        self._failing_since = None

    def failed(self) -> None:
        """Discord, or the way there, broke down under an attempt to send."""
        now = self.clock()
        if self._failing_since is None or self._is_forgotten(now):
            self._failing_since = now
        self._failed_at = now

    @property
    def failing_seconds(self) -> float:
        """How long every attempt has failed; 0 where the last one succeeded, or was too long ago to tell."""
        now = self.clock()
        return 0.0 if self._failing_since is None or self._is_forgotten(now) else now - self._failing_since

    def _is_forgotten(self, now: float) -> bool:
        return now - self._failed_at > FORGOTTEN_SECONDS
