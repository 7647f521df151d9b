"""The status summary: are players answered, and if not, why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modules.telemetry.health import HUNG_SECONDS
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.phases import ANSWERED, NOT_ANSWERED, WORDS, Tone
from modules.telemetry.snapshot import Fault, Gauge, Phase, Snapshot

LAG_SECONDS: Final = 1.0
LATENCY_SECONDS: Final = 1.0
ERROR_RATIO: Final = 0.05
# A ratio of few commands means little: one failure in two is no alarm.
ERRORS_AT_LEAST: Final = 3
RATE_LIMITS: Final = 30
MEMORY_RATIO: Final = 0.9
PACING_WAIT_SECONDS: Final = 3.0
STALE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class StatusSummary:
    """What is going on; `text` is word, time and reason as one line.

    Attributes:
        word: One or two words.
        tone: Their colour.
        answer: Whether players are answered, as a sentence.
        reason: Why, in our own words.
        until_at: When it is to end, in UTC.
    """

    word: str
    tone: Tone
    answer: str
    reason: str | None = None
    until_at: datetime | None = None

    @property
    def headline(self) -> str:
        """Such as `Waiting until 14:03 UTC`."""
        return f"{self.word} until {self.until_at:%H:%M} UTC" if self.until_at else self.word

    @property
    def text(self) -> str:
        """Such as `Waiting until 14:03 UTC: rate-limited by Cloudflare`."""
        return f"{self.headline}: {self.reason}" if self.reason else self.headline


def _memory_ratio(snapshot: Snapshot) -> float:
    memory = snapshot.memory
    return (memory.used_bytes or 0) / memory.limit_bytes if memory.limit_bytes else 0.0


def _is_failing(snapshot: Snapshot) -> bool:
    return snapshot.recent_errors >= ERRORS_AT_LEAST and (snapshot.error_ratio or 0.0) >= ERROR_RATIO


SYMPTOMS: Final[tuple[tuple[Callable[[Snapshot], bool], Callable[[Snapshot], str]], ...]] = (
    (_is_failing, lambda s: f"{100 * (s.error_ratio or 0):.0f} % of commands fail"),
    (
        lambda s: (s.loop_lag_seconds or 0) >= LAG_SECONDS,
        lambda s: f"the event loop is {s.loop_lag_seconds:.1f} s late",
    ),
    (lambda s: (s.latency_seconds or 0) >= LATENCY_SECONDS, lambda _: "Discord answers slowly"),
    (lambda s: s.gauges.get(Gauge.PACING_WAIT_SECONDS, 0) >= PACING_WAIT_SECONDS, lambda _: "answers queue up"),
    (
        lambda s: s.recent_rate_limits >= RATE_LIMITS,
        lambda s: f"rate-limited {s.recent_rate_limits} times in ten minutes",
    ),
    (lambda s: _memory_ratio(s) >= MEMORY_RATIO, lambda s: f"{100 * _memory_ratio(s):.0f} % of the memory is used"),
)
"""Signs that a connected bot is degraded, most severe first."""


def summary_of(latest: LatestSnapshot) -> StatusSummary:
    """Sum up the state that `latest` shows; a hung loop cannot publish that it is, so its beat is looked at too."""
    snapshot, beat_age_seconds, age_seconds = latest.read(), latest.beat_age_seconds(), latest.snapshot_age_seconds()
    # Asked first: with a hung loop the snapshot is stale as well, and this reason says more.
    if beat_age_seconds is not None and beat_age_seconds >= HUNG_SECONDS:
        reason = f"the event loop has been silent for {beat_age_seconds:.0f} s"
        return StatusSummary("Not responding", "bad", NOT_ANSWERED, reason)
    if age_seconds >= STALE_SECONDS:
        return StatusSummary(f"No data for {age_seconds:.0f} s", "stale", "Nobody knows whether players are answered.")
    if snapshot.phase is Phase.READY:
        return _while_ready(snapshot)
    # For a process that was ready before, connecting is not starting.
    is_reconnecting = snapshot.was_ready and snapshot.phase is Phase.CONNECTING
    usual = WORDS[Phase.DISCONNECTED if is_reconnecting else snapshot.phase]
    return StatusSummary(
        usual.word, usual.tone, usual.answer, snapshot.phase_reason or usual.reason, until_at=snapshot.until_at
    )


def _while_ready(snapshot: Snapshot) -> StatusSummary:
    blocking = [fault for fault in snapshot.faults if fault.blocking]
    troubles = [fault.reason for fault in snapshot.faults if not fault.blocking]
    troubles += [describe(snapshot) for applies, describe in SYMPTOMS if applies(snapshot)]
    if blocking:
        reason = "; ".join([*(fault.reason for fault in blocking), *troubles])
        return StatusSummary("Degraded", "bad", NOT_ANSWERED, reason, _last_end(blocking))
    if troubles:
        return StatusSummary(
            "Degraded", "warn", "Players are answered, but not as they should be.", "; ".join(troubles)
        )
    return StatusSummary(WORDS[Phase.READY].word, WORDS[Phase.READY].tone, ANSWERED)


def _last_end(faults: list[Fault]) -> datetime | None:
    """When the last of them ends; None where that is not known of all."""
    ends = [fault.until_at for fault in faults if fault.until_at is not None]
    return max(ends) if len(ends) == len(faults) else None
