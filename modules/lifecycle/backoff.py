"""How long to wait before trying again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom


def ceiling_seconds(attempt_count: int, base_seconds: float, cap_seconds: float) -> float:
    """The longest wait after so many failures: base · 2ⁿ seconds, `cap_seconds` at most."""
    # 2.0 ** 1024 overflows, and the cap was passed long before.
    return min(cap_seconds, base_seconds * 2.0 ** min(attempt_count, 64))


@dataclass(slots=True)
class Backoff:
    """Exponential backoff with full jitter: the wait before attempt n is uniform in [0, min(cap, base · 2ⁿ)].

    Full jitter spreads many clients that failed together over the whole window, which clears an overload sooner than
    a fixed or half-fixed wait (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).

    Attributes:
        base_seconds: Upper bound of the first wait.
        cap_seconds: Upper bound of every wait, without what the server demands.
        uniform: Draws from [low, high]; tests give their own.
        attempt_count: Failures since the last `reset`.
    """

    base_seconds: float = 1.0
    cap_seconds: float = 300.0
    uniform: Callable[[float, float], float] = field(default_factory=lambda: SystemRandom().uniform)
    attempt_count: int = 0

    def next_delay(self, at_least_seconds: float = 0.0) -> float:
        """Count a failure and return the delay before the next attempt.

        Args:
            at_least_seconds: The minimum that the server demands (`Retry-After`). Jitter comes on top of it, so that
                clients told the same number do not all come back in the same instant.

        Returns:
            Seconds; never less than `at_least_seconds`.
        """
        ceiling = ceiling_seconds(self.attempt_count, self.base_seconds, self.cap_seconds)
        self.attempt_count += 1
        return at_least_seconds + self.uniform(0.0, ceiling)

    def reset(self) -> None:
        """Start anew after a stable connection."""
        self.attempt_count = 0
