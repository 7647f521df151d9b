"""Waits that are shown on the dashboard, in `/readyz` and in the log, and that a request to stop ends."""

import logging
from datetime import UTC, datetime, timedelta

from modules.lifecycle.shutdown import Shutdown
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge, Phase

_log = logging.getLogger(__name__)


async def wait_visibly(
    seconds: float, reason: str, recorder: Recorder, shutdown: Shutdown, *, then: Phase, attempt: int = 1
) -> None:
    """Wait, `seconds` at most, unless asked to stop.

    Args:
        seconds: How long; nothing happens if that is 0.
        reason: A clause for people, fit for the public page.
        recorder: Shows the wait, its reason and its end.
        shutdown: The request to stop.
        then: The phase afterwards.
        attempt: Which failure in a row is waited after.
    """
    if seconds <= 0 or shutdown.requested.is_set():
        return
    until_at = datetime.now(UTC) + timedelta(seconds=seconds)
    recorder.set_phase(Phase.WAITING, reason=reason, until_at=until_at)
    recorder.gauge(Gauge.BACKOFF_SECONDS, seconds)
    until = until_at.isoformat(timespec="seconds")
    extra = {"attempt": attempt, "wait_seconds": round(seconds, 3), "until": until}
    _log.warning("%s; trying again in %.1f s", reason, seconds, extra=extra)
    stopped = await shutdown.requested_within(seconds)
    recorder.gauge(Gauge.BACKOFF_SECONDS, 0)
    # Asked to stop, the phase is for whoever drains to set.
    if not stopped:
        recorder.set_phase(then)
