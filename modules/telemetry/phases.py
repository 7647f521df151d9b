"""The process's course: its phase and since when, how long it has tried in vain, and what happened on the way."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from modules.telemetry.snapshot import Happening, Phase

HAPPENINGS_KEPT: Final = 40
PHRASE_CHARACTERS: Final = 160

NOTEWORTHY: Final[Mapping[Phase, str]] = MappingProxyType(
    {
        Phase.READY: "Ready: commands are answered",
        Phase.WAITING: "Waiting",
        Phase.STANDBY: "Standby: another process answers",
        Phase.DISCONNECTED: "Connection to Discord lost",
        Phase.DRAINING: "Draining: no new commands are taken",
    }
)
"""Phases that get a line on the timeline; the others only lead from one of these to the next."""

PATIENT: Final = frozenset({Phase.READY, Phase.WAITING, Phase.STANDBY, Phase.DRAINING, Phase.STOPPED})
"""Phases in which the process does what it means to do, so that a restart could only make things worse."""


def plain(text: str) -> str:
    """`text` on one line and of bounded length, fit for a page and a label."""
    return " ".join(text.split())[:PHRASE_CHARACTERS]


class Course:
    """Follows the phases.

    Args:
        clock: Monotonic clock, in seconds.
        now: The time of day, in UTC.
    """

    __slots__ = ("_clock", "_happenings", "_now", "_since", "_trying_since", "phase", "reason", "until_at", "was_ready")

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock, self._now = clock, now
        self._since = clock()
        self._trying_since: float | None = self._since
        self._happenings = deque[Happening](maxlen=HAPPENINGS_KEPT)
        self.phase = Phase.STARTING
        self.reason: str | None = None
        self.until_at: datetime | None = None
        self.was_ready = False

    def enter(self, phase: Phase, reason: str | None = None, until_at: datetime | None = None) -> None:
        """Go over to `phase`, or stay in it for another reason or a longer time."""
        reason = None if reason is None else plain(reason)
        if phase in NOTEWORTHY and (phase, reason, until_at) != (self.phase, self.reason, self.until_at):
            until = f" until {until_at:%H:%M} UTC" if until_at else ""
            self.happened(phase.value, NOTEWORTHY[phase] + until + (f": {reason}" if reason else ""))
        self.move(phase)
        # After move(), which forgets both.
        self.reason, self.until_at = reason, until_at

    def move(self, phase: Phase) -> None:
        """Go over to `phase` without a word on the timeline."""
        now = self._clock()
        if phase is not self.phase:
            self._since = now
        self.phase, self.reason, self.until_at = phase, None, None
        self.was_ready = self.was_ready or phase is Phase.READY
        # Login, connect and reconnect are one attempt; only a patient phase ends it.
        if phase in PATIENT:
            self._trying_since = None
        elif self._trying_since is None:
            self._trying_since = now

    def happened(self, kind: str, text: str) -> None:
        """Put a line on the timeline; the same kind again only raises the count of the line above."""
        repeats = 0
        if self._happenings and self._happenings[0].kind == kind:
            repeats = self._happenings.popleft().count
        self._happenings.appendleft(Happening(self._now(), kind, plain(text), repeats + 1))

    def happenings(self) -> tuple[Happening, ...]:
        """The timeline, newest first."""
        return tuple(self._happenings)

    def phase_seconds(self) -> float:
        """How long the phase has lasted."""
        return self._clock() - self._since

    def unready_seconds(self) -> float:
        """How long it has been trying in vain.

        An announced wait does not count until its time is over, and a new attempt after it starts from zero: a process
        that waits out a ban or an outage is well, one that is stuck in a single attempt is not.
        """
        if self.phase is Phase.WAITING and self._trying_since is None and self.until_at and self._now() > self.until_at:
            self._trying_since = self._clock()
        return 0.0 if self._trying_since is None else self._clock() - self._trying_since
