"""Every wait of ours: seen on the dashboard, in `/readyz` and in the log, and ended by the wish to stop."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from modules.lifecycle.shutdown import Shutdown
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge, Phase

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits in the open.

    Attributes:
        recorder: Told what is waited for, why and until when.
        shutdown: The wish to stop.
    """

    recorder: Recorder
    shutdown: Shutdown

    async def wait(self, seconds: float, reason: str, *, then: Phase, attempt: int = 1) -> None:
        """Wait, `seconds` at most, unless asked to stop.

        Args:
            seconds: How long; nothing happens if that is 0.
            reason: A clause for people, fit for the public page.
            then: The phase afterwards.
            attempt: Which failure in a row is waited after.
        """
        if seconds <= 0 or self.shutdown.requested.is_set():
            return
        until_at = datetime.now(UTC) + timedelta(seconds=seconds)
        self.recorder.set_phase(Phase.WAITING, reason=reason, until_at=until_at)
        self.recorder.gauge(Gauge.BACKOFF_SECONDS, seconds)
        until = until_at.isoformat(timespec="seconds")
        extra = {"attempt": attempt, "wait_seconds": round(seconds, 3), "until": until}
        _log.warning("%s; trying again in %.1f s", reason, seconds, extra=extra)
        stopped = await self.shutdown.within(seconds)
        self.recorder.gauge(Gauge.BACKOFF_SECONDS, 0)
        # Asked to stop, the phase is for whoever drains to set.
        if not stopped:
            self.recorder.set_phase(then)
