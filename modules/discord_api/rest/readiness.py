"""Tells whether an answer can leave within the longest wait, and until when it cannot."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from modules.discord_api.rest.breaker import State
from modules.discord_api.rest.guard import RestGuard
from modules.telemetry.snapshot import Gauge

_log = logging.getLogger(__name__)

FAILING_SECONDS: Final = 2.0
"""Sends that fail for less are repeated before anybody notices."""


Obstacle = tuple[str, str | None, float | None, bool]
"""Name of a fault; why no answer leaves, None while it does not stand; seconds until it ends, None where nobody knows;
whether no answer can leave within the longest wait."""


@dataclass(slots=True)
class Readiness:
    """Reports to the guard's recorder and to the log.

    Attributes:
        guard: Knows what keeps answers from leaving.
    """

    guard: RestGuard
    _blocked_by: frozenset[str] = frozenset()

    def report(self) -> None:
        """Say how things stand; called once a second."""
        guard, recorder, pacer = self.guard, self.guard.recorder, self.guard.pacer
        recorder.gauge(Gauge.PACING_QUEUE, pacer.waiting_count)
        recorder.gauge(Gauge.PACING_WAIT_SECONDS, pacer.wait_seconds(pacer.waiting_count))
        recorder.gauge(Gauge.INVALID_REQUESTS, guard.breaker.refused_count)
        recorder.gauge(Gauge.MUTED_CHANNELS, guard.cooldowns.count())
        guard.pending.forget_idle()
        guard.corrections.summarize()
        now, blocking_reasons = datetime.now(UTC), {}
        for component, reason, left_seconds, blocking in obstacles(guard):
            until_at = None if left_seconds is None else now + timedelta(seconds=left_seconds)
            recorder.fault(component, reason, blocking=blocking, until_at=until_at)
            if reason and blocking:
                blocking_reasons[component] = reason
        self._log_changes(blocking_reasons)

    def _log_changes(self, reasons: dict[str, str]) -> None:
        for component in sorted(reasons.keys() - self._blocked_by):
            _log.warning("no answer can leave: %s", reasons[component])
        if self._blocked_by and not reasons:
            _log.info("answers can leave again")
        self._blocked_by = frozenset(reasons)


def obstacles(guard: RestGuard) -> Iterator[Obstacle]:
    """Everything that can keep answers from leaving, as it stands now."""
    banned = guard.ban_seconds
    yield "edge-ban", "Discord's edge refuses this address" if banned else None, banned, True
    paused = guard.pacer.pause_seconds
    is_long = paused > guard.max_wait_seconds
    yield "global-limit", "Discord's global rate limit was reached" if is_long else None, paused, True
    is_open = guard.breaker.state is not State.CLOSED
    reason = "Discord refused too many requests; sending is paused" if is_open else None
    yield "invalid-requests", reason, guard.breaker.wait_seconds, True
    is_doubted = guard.token_doubted.is_set()
    yield "token", "Discord has refused the token; checking whether it still does" if is_doubted else None, None, True
    failing = guard.send_health.failing_seconds
    reason = f"Discord took no answer for {failing:.0f} s" if failing >= FAILING_SECONDS else None
    yield "failing-sends", reason, None, failing >= guard.max_wait_seconds
