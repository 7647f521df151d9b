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


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What may stand between an answer and Discord.

    Attributes:
        component: Its name among the recorder's faults.
        reason: Why no answer leaves, in words fit for the public page; None while it does not stand.
        left_seconds: When it is over, seconds from now; None where nobody knows.
        blocking: Whether no answer can leave within the longest wait.
    """

    component: str
    reason: str | None
    left_seconds: float | None = None
    blocking: bool = True


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
        now = datetime.now(UTC)
        found = tuple(obstacles(guard))
        for each in found:
            until_at = None if each.left_seconds is None else now + timedelta(seconds=each.left_seconds)
            recorder.fault(each.component, each.reason, blocking=each.blocking, until_at=until_at)
        self._log_changes({each.component: each.reason for each in found if each.reason and each.blocking})

    def _log_changes(self, reasons: dict[str, str]) -> None:
        for component in sorted(reasons.keys() - self._blocked_by):
            _log.warning("no answer can leave: %s", reasons[component])
        if self._blocked_by and not reasons:
            _log.info("answers can leave again")
        self._blocked_by = frozenset(reasons)


def obstacles(guard: RestGuard) -> Iterator[Obstacle]:
    """Everything that can keep answers from leaving, as it stands now."""
    banned = guard.ban_seconds
    yield Obstacle("edge-ban", "Discord's edge refuses this address" if banned else None, banned)
    paused = guard.pacer.pause_seconds
    is_long = paused > guard.max_wait_seconds
    yield Obstacle("global-limit", "Discord's global rate limit was reached" if is_long else None, paused)
    is_open = guard.breaker.state is not State.CLOSED
    reason = "Discord refused too many requests; sending is paused" if is_open else None
    yield Obstacle("invalid-requests", reason, guard.breaker.wait_seconds)
    is_doubted = guard.token_doubted.is_set()
    yield Obstacle("token", "Discord has refused the token; checking whether it still does" if is_doubted else None)
    failing = guard.send_health.failing_seconds
    reason = f"Discord took no answer for {failing:.0f} s" if failing >= FAILING_SECONDS else None
    yield Obstacle("failing-sends", reason, blocking=failing >= guard.max_wait_seconds)
