"""Backoff of gateway connects: none for the first few, exponential after that."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom

from modules.lifecycle.backoff import ceiling_seconds

FREE_CONNECTS = 3
WINDOW_SECONDS = 60.0
CAP_SECONDS = 30.0


@dataclass(slots=True)
class ReconnectBackoff:
    """Three connects within a minute are free; each further one waits ½ to 1 × min(cap, 2ᵏ) seconds.

    A gateway that accepts and closes at once was reconnected a thousand times a second without it. A refused connect
    ends the free ones.

    Attributes:
        clock: Monotonic clock, in seconds.
        uniform: Draws from [low, high]; tests give their own.
        streak: k, the delayed connects since the last stable connection.
    """

    clock: Callable[[], float] = time.monotonic
    uniform: Callable[[float, float], float] = field(default_factory=lambda: SystemRandom().uniform)
    streak: int = 0
    _connected_at: deque[float] = field(default_factory=deque)
    _was_refused: bool = False

    def next_delay(self) -> float:
        """Seconds to wait before the connect that is about to be made, which is counted."""
        now = self.clock()
        while self._connected_at and self._connected_at[0] <= now - WINDOW_SECONDS:
            self._connected_at.popleft()
        # Waits of 30 s empty the window by themselves; only a stable connection resets the streak.
        delay = 0.0
        if self.streak or self._was_refused or len(self._connected_at) >= FREE_CONNECTS:
            self.streak, self._was_refused = self.streak + 1, False
            ceiling = ceiling_seconds(self.streak, 1.0, CAP_SECONDS)
            delay = self.uniform(ceiling / 2, ceiling)
        self._connected_at.append(now + delay)
        return delay

    def refused(self) -> None:
        """The connect failed: the next one waits, even if it would have been free."""
        self._was_refused = True

    def lasted(self) -> None:
        """A connection was stable: the backoff starts anew."""
        self.streak, self._was_refused = 0, False
