"""How often a bot may start a session: the daily budget and the gate of a few seconds."""

from dataclasses import dataclass
from enum import Enum

from .clock import Clock
from .errors import Json

IDENTIFY_WINDOW_SECONDS = 5.0
"""Discord lets each concurrency bucket start one session in this time."""


class Verdict(Enum):
    """What becomes of an IDENTIFY."""

    ADMITTED = "admitted"
    TOO_SOON = "too soon"
    SPENT = "spent"


@dataclass(slots=True)
class IdentifyBudget:
    """The `session_start_limit` of GET /gateway/bot, spent by every IDENTIFY with a good token.

    Attributes:
        total: sessions a day.
        remaining: sessions left until `resets_at`.
        reset_after_seconds: length of the day, from the first IDENTIFY of it.
        max_concurrency: shards that may start at once, one of each `shard_id % max_concurrency`.
        window_seconds: time between two starts of one such bucket; 0 lets all through (Discord's is 5).
        resets_token: whether an IDENTIFY past the budget ends all sessions and the token, as Discord does.
    """

    clock: Clock
    total: int = 1000
    remaining: int = 1000
    reset_after_seconds: float = 86_400.0
    max_concurrency: int = 1
    window_seconds: float = 0.0
    resets_token: bool = True
    resets_at: float | None = None
    last_start_at: dict[int, float] | None = None

    def payload(self) -> Json:
        """The object as Discord sends it, `reset_after` in milliseconds."""
        self._refresh()
        left = self.reset_after_seconds if self.resets_at is None else self.resets_at - self.clock.now()
        return {
            "total": self.total,
            "remaining": self.remaining,
            "reset_after": int(left * 1000),
            "max_concurrency": self.max_concurrency,
        }

    def admit(self, shard_id: int) -> Verdict:
        """Count one IDENTIFY and judge it."""
        self._refresh()
        now = self.clock.now()
        if self.resets_at is None:
            self.resets_at = now + self.reset_after_seconds
        if self.remaining <= 0:
            return Verdict.SPENT
        self.remaining -= 1
        starts = self.last_start_at = self.last_start_at or {}
        bucket = shard_id % self.max_concurrency
        if now - starts.get(bucket, float("-inf")) < self.window_seconds:
            return Verdict.TOO_SOON
        starts[bucket] = now
        return Verdict.ADMITTED

    def _refresh(self) -> None:
        if self.resets_at is not None and self.clock.now() >= self.resets_at:
            self.resets_at = None
            self.remaining = self.total
