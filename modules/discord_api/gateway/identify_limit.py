"""Limits IDENTIFYs: Discord counts them, and resets the token of a bot that exceeds the limit."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom

from modules.lifecycle.backoff import ceiling_seconds

RESERVE = 50
"""IDENTIFYs kept in reserve, so that a person can still start the bot after a day of failures."""

MARGIN_SECONDS = 0.25
"""Discord counts arrivals, and the network may hold one IDENTIFY up for longer than the next."""

CAP_SECONDS = 900.0
JITTER_SECONDS = 30.0
LONGEST_LOOK_AHEAD_SECONDS = 3600.0


@dataclass(slots=True)
class IdentifyLimiter:
    """At most one IDENTIFY per interval, with exponential backoff while sessions end early.

    Attributes:
        interval_seconds: Minimum time between two; doubles with each session that ends early.
        clock: Monotonic clock, in seconds.
        uniform: Draws from [low, high]; tests give their own.
        streak: Sessions started since the last stable one.
    """

    interval_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    uniform: Callable[[float, float], float] = field(default_factory=lambda: SystemRandom().uniform)
    streak: int = 0
    _identified_at: float | None = None

    def next_delay(self) -> float:
        """Seconds until the next IDENTIFY may go out."""
        if self._identified_at is None:
            return 0.0
        spacing = ceiling_seconds(max(self.streak - 1, 0), self.interval_seconds, CAP_SECONDS)
        # Jitter comes on top: one bucket may start one session in five seconds, not in three.
        spacing += self.uniform(0.0, spacing / 2) if self.streak > 1 else 0.0
        return max(0.0, self._identified_at + spacing + MARGIN_SECONDS - self.clock())

    def budget_delay(self, remaining: int, reset_after_seconds: float) -> float:
        """Seconds to wait before asking Discord again; 0 if an IDENTIFY may be spent.

        Args:
            remaining: IDENTIFYs left, by Discord's count.
            reset_after_seconds: Until Discord starts counting anew.
        """
        if remaining > RESERVE:
            return 0.0
        jitter = self.uniform(0.0, min(JITTER_SECONDS, reset_after_seconds / 10))
        # A second at least: a reset that is just due would else be asked about in a tight loop.
        return max(1.0, min(LONGEST_LOOK_AHEAD_SECONDS, reset_after_seconds + jitter))

    def identified(self) -> None:
        """An IDENTIFY goes out."""
        self._identified_at = self.clock()
        self.streak += 1

    def lasted(self) -> None:
        """A session was stable: the backoff starts anew."""
        self.streak = 0
