"""Stops sending before Discord bans the address: 10,000 refused requests within ten minutes cost a ban of an hour."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

WINDOW_SECONDS: Final = 600.0
INVALID_LIMIT: Final = 1_000
"""A tenth of what Discord bans for: other bots may share the address."""
RECOVERY_SECONDS: Final = 60.0


class State(Enum):
    """Whether requests pass."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class Passage(Enum):
    """What a request was let through as."""

    REGULAR = "regular"
    PROBE = "probe"


def is_invalid(status: int, scope: str | None) -> bool:
    """Whether Discord counts this answer against the address: 401, 403, and 429 unless a shared limit gave it."""
    return status in (401, 403) or (status == 429 and scope != "shared")


@dataclass(slots=True)
class Breaker:
    """A circuit breaker on refused requests.

    Closed, everything passes. At `limit` refusals within the window it opens and nothing does. After
    `recovery_seconds` it is half open: one request passes as a probe, and its answer closes or reopens the breaker.

    Attributes:
        clock: Monotonic clock, in seconds.
        limit: Refusals within the window that open it.
        window_seconds: How long a refusal counts.
        recovery_seconds: How long it stays open before a probe.
    """

    clock: Callable[[], float]
    limit: int = INVALID_LIMIT
    window_seconds: float = WINDOW_SECONDS
    recovery_seconds: float = RECOVERY_SECONDS
    _refused_at: deque[float] = field(default_factory=deque)
    _open_until: float | None = None
    _probing: bool = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self._open_until is None:
            return State.CLOSED
        return State.OPEN if self.clock() < self._open_until else State.HALF_OPEN

    @property
    def refused_count(self) -> int:
        """Refusals that still count."""
        oldest = self.clock() - self.window_seconds
        while self._refused_at and self._refused_at[0] <= oldest:
            self._refused_at.popleft()
        return len(self._refused_at)

    @property
    def wait_seconds(self) -> float:
        """How long until a request may pass again; 0 where one may now."""
        if self._open_until is None:
            return 0.0
        left = self._open_until - self.clock()
        # How long the probe under way will take nobody knows: it is worth another look in a second.
        return max(left, 1.0 if self._probing else 0.0)

    def admit(self) -> Passage | None:
        """Let a request through, or not (None); each that is let through must be `answered` or `abandoned`."""
        state = self.state
        if state is State.HALF_OPEN and not self._probing:
            self._probing = True
            return Passage.PROBE
        return Passage.REGULAR if state is State.CLOSED else None

    def answered(self, passage: Passage, *, invalid: bool) -> None:
        """Take in an answer."""
        self.abandoned(passage)
        if invalid:
            self._refused_at.append(self.clock())
            # While it is open, requests let go before still come back refused: they must not prolong the pause.
            overflows = self._open_until is None and self.refused_count >= self.limit
            if passage is Passage.PROBE or overflows:
                self._open_until = self.clock() + self.recovery_seconds
        elif passage is Passage.PROBE:
            # The refusals are not forgotten: while so many are in the window, one more opens it again.
            self._open_until = None

    def abandoned(self, passage: Passage) -> None:
        """The request ended without an answer, which proves nothing either way."""
        if passage is Passage.PROBE:
            self._probing = False
