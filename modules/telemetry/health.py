"""Liveness, readiness and start-up: the three probes of a platform, answered from the latest snapshot.

A platform restarts a process that is not live, so liveness fails only where a restart helps: a hung event loop, or an
attempt to connect that is stuck. During an outage of Discord, a ban or a backoff the process is live and not ready.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.phases import WORDS
from modules.telemetry.snapshot import Phase, Snapshot

HUNG_SECONDS: Final = 5.0
"""Seconds without a heartbeat after which the loop counts as hung."""
LATE_SECONDS: Final = 2.0
"""Seconds without a heartbeat after which answers would come too late; a restart would not help."""
GRACE_SECONDS: Final = 60.0
"""Seconds that a start may take until the first heartbeat."""

State = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `output` says what is wrong."""

    name: str
    state: State
    observed: float | str | None = None
    unit: str | None = None
    output: str | None = None

    def document(self, at: datetime) -> dict[str, object]:
        """The check as `application/health+json` writes it."""
        fields = {
            "componentType": "component",
            "observedValue": self.observed,
            "observedUnit": self.unit,
            "status": self.state,
            "output": self.output,
            "time": at.isoformat(timespec="seconds"),
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Health:
    """The result of one probe."""

    checks: tuple[Check, ...]

    @property
    def state(self) -> State:
        """The worst of the checks."""
        states = {check.state for check in self.checks}
        return "fail" if "fail" in states else "warn" if "warn" in states else "pass"

    @property
    def ok(self) -> bool:
        """Whether the probe succeeds."""
        return self.state != "fail"

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong, in words."""
        return tuple(check.output for check in self.checks if check.output is not None)

    def document(self, snapshot: Snapshot) -> Mapping[str, object]:
        """The body, in the shape of `application/health+json`."""
        body: dict[str, object] = {
            "status": self.state,
            "version": "1",
            "releaseId": snapshot.build.version,
            "description": "Nazh Engine",
        }
        if self.reasons:
            body["output"] = "; ".join(self.reasons)
        body["checks"] = {check.name: [check.document(snapshot.taken_at)] for check in self.checks}
        return body


@dataclass(frozen=True, slots=True)
class HealthProbes:
    """Answers the three probes.

    Attributes:
        latest: The newest snapshot.
        unready_restart_seconds: Age of one attempt to connect at which liveness fails; 0 is never.
    """

    latest: LatestSnapshot
    unready_restart_seconds: float = 900.0

    def live(self) -> Health:
        """Liveness: the event loop runs, and no attempt is stuck."""
        return Health((self._beat(), self._progress()))

    def ready(self) -> Health:
        """Readiness: commands are answered now."""
        return Health((self._beat(LATE_SECONDS), *_readiness(self.latest.read())))

    def started(self) -> Health:
        """Start-up: the event loop runs and the login has begun, whatever Discord answers."""
        phase = self.latest.read().phase
        has_begun = self.latest.beat_age_seconds() is not None and phase is not Phase.STARTING
        output = None if has_begun else "still starting"
        return Health((Check("process:start", "pass" if has_begun else "fail", phase.value, output=output),))

    def _beat(self, limit_seconds: float = HUNG_SECONDS) -> Check:
        beat_age = self.latest.beat_age_seconds()
        age, limit = (self.latest.age_seconds(), GRACE_SECONDS) if beat_age is None else (beat_age, limit_seconds)
        is_young = age < limit
        output = None if is_young else f"the event loop has been silent for {age:.0f} s"
        return Check("event-loop:beat-age", "pass" if is_young else "fail", round(age, 3), "s", output)

    def _progress(self) -> Check:
        seconds = self.latest.read().unready_seconds
        is_stuck = 0 < self.unready_restart_seconds <= seconds
        output = f"one attempt to become ready has taken {seconds:.0f} s" if is_stuck else None
        return Check("gateway:attempt-age", "fail" if is_stuck else "pass", round(seconds, 1), "s", output)


def _readiness(snapshot: Snapshot) -> Iterator[Check]:
    missing = WORDS[snapshot.phase].unready
    if missing and snapshot.phase_reason:
        missing = f"{missing}: {snapshot.phase_reason}"
    output = _with_end(missing, snapshot.until_at) if missing else None
    yield Check("process:phase", "fail" if missing else "pass", snapshot.phase.value, output=output)
    # Just after a hang the beat is recent again; only the lag of the last second still shows it.
    lag = snapshot.loop_lag_seconds or 0.0
    is_late = lag >= HUNG_SECONDS
    output = f"the event loop is {lag:.0f} s late" if is_late else None
    yield Check("event-loop:lag", "fail" if is_late else "pass", round(lag, 3), "s", output)
    for fault in snapshot.faults:
        output = _with_end(fault.reason, fault.until_at)
        yield Check(f"{fault.component}:fault", "fail" if fault.blocking else "warn", output=output)


def _with_end(reason: str, until_at: datetime | None) -> str:
    return f"{reason} (until {until_at:%H:%M} UTC)" if until_at else reason
