"""The one sentence an operator needs at night: are players answered, and if not, why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from modules.telemetry.health import HUNG_SECONDS
from modules.telemetry.snapshot import Gauge, Phase, Snapshot

Tone = Literal["good", "warn", "bad", "calm"]
"""What colours it: all is well, something is wrong, nobody is answered, or a state that passes by itself."""

LAG_SECONDS: Final = 1.0
LATENCY_SECONDS: Final = 1.0
ERROR_RATIO: Final = 0.05
ERRORS_AT_LEAST: Final = 3
RATE_LIMITS: Final = 30
MEMORY_RATIO: Final = 0.9
PACING_WAIT_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word, a colour and a reason; `text` is all of it as one line."""

    word: str
    tone: Tone
    reason: str | None = None
    until_at: datetime | None = None

    @property
    def text(self) -> str:
        """Such as `Waiting until 14:03 UTC: rate-limited by Cloudflare`."""
        until = f" until {self.until_at:%H:%M} UTC" if self.until_at else ""
        return f"{self.word}{until}: {self.reason}" if self.reason else self.word + until


PHASES: Final[Mapping[Phase, tuple[str, Tone, str | None]]] = MappingProxyType(
    {
        Phase.STARTING: ("Starting", "calm", None),
        Phase.LOGGING_IN: ("Starting", "calm", "logging in to Discord"),
        Phase.CONNECTING: ("Starting", "calm", "connecting to Discord"),
        Phase.READY: ("Operational", "good", None),
        Phase.WAITING: ("Waiting", "warn", None),
        Phase.STANDBY: ("Standby", "calm", "another process answers"),
        Phase.DISCONNECTED: ("Disconnected", "bad", "trying to reach Discord"),
        Phase.DRAINING: ("Draining", "calm", "no new commands are taken"),
        Phase.STOPPED: ("Stopped", "bad", None),
    }
)


def _memory_ratio(snapshot: Snapshot) -> float:
    memory = snapshot.memory
    return (memory.used_bytes or 0) / memory.limit_bytes if memory.limit_bytes else 0.0


def _is_failing(snapshot: Snapshot) -> bool:
    return snapshot.recent_errors >= ERRORS_AT_LEAST and (snapshot.error_ratio or 0.0) >= ERROR_RATIO


SYMPTOMS: Final[tuple[tuple[Callable[[Snapshot], bool], Callable[[Snapshot], str]], ...]] = (
    (_is_failing, lambda s: f"{s.error_ratio or 0:.0%} of commands fail"),
    (lambda s: s.loop_lag_seconds >= LAG_SECONDS, lambda s: f"the event loop is {s.loop_lag_seconds:.1f} s late"),
    (lambda s: (s.latency_seconds or 0) >= LATENCY_SECONDS, lambda _: "Discord answers slowly"),
    (lambda s: s.gauges.get(Gauge.PACING_WAIT_SECONDS, 0) >= PACING_WAIT_SECONDS, lambda _: "answers queue up"),
    (
        lambda s: s.recent_rate_limits >= RATE_LIMITS,
        lambda s: f"rate-limited {s.recent_rate_limits} times in ten minutes",
    ),
    (lambda s: _memory_ratio(s) >= MEMORY_RATIO, lambda s: f"{_memory_ratio(s):.0%} of the memory is used"),
)
"""What makes a connected bot worse than it should be, gravest first."""


def verdict_of(snapshot: Snapshot, beat_age_seconds: float | None) -> Verdict:
    """The verdict.

    Args:
        snapshot: The newest there is.
        beat_age_seconds: Since the loop's last beat; a loop that hangs cannot publish that it does.
    """
    if beat_age_seconds is not None and beat_age_seconds >= HUNG_SECONDS:
        return Verdict("Not responding", "bad", f"the event loop has been silent for {beat_age_seconds:.0f} s")
    word, tone, reason = PHASES[snapshot.phase]
    if snapshot.phase is not Phase.READY:
        if snapshot.phase is Phase.CONNECTING and snapshot.was_ready:
            word, tone = "Disconnected", "bad"
        return Verdict(word, tone, snapshot.phase_reason or reason, snapshot.until_at)
    blocking = [fault.reason for fault in snapshot.faults if fault.blocking]
    troubles = [fault.reason for fault in snapshot.faults if not fault.blocking]
    troubles += [describe(snapshot) for applies, describe in SYMPTOMS if applies(snapshot)]
    if blocking or troubles:
        return Verdict("Degraded", "bad" if blocking else "warn", "; ".join([*blocking, *troubles]))
    return Verdict(word, tone)
