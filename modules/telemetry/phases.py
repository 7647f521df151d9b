"""The process's phase: since when, how long it has failed to become ready, and the timeline of events."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from modules.telemetry.snapshot import Phase, TimelineEntry

TIMELINE_LENGTH: Final = 40
PHRASE_CHARACTERS: Final = 160

Tone = Literal["good", "warn", "bad", "calm", "stale"]
"""Colour of a state: fine, degraded, nobody is answered, transitional, or unknown."""

ANSWERED: Final = "Players are answered."
NOT_YET: Final = "Players are not answered yet."
NOT_ANSWERED: Final = "Players are not answered."


@dataclass(frozen=True, slots=True)
class PhaseWords:
    """How a phase is described, and what it means.

    Attributes:
        word: One or two words for the dashboard.
        tone: Their colour.
        answer: Whether players are answered, as a sentence.
        reason: Why it is so, where that is known beforehand.
        unready: Why the process is not ready, for `/readyz`; None where it is.
        event: Its line on the timeline; None for a phase that only leads to the next.
        is_patient: Whether the process works as intended, so that a restart would only make things worse.
    """

    word: str
    tone: Tone
    answer: str
    reason: str | None = None
    unready: str | None = None
    event: str | None = None
    is_patient: bool = False


WORDS: Final[Mapping[Phase, PhaseWords]] = MappingProxyType(
    {
        Phase.STARTING: PhaseWords("Starting", "calm", NOT_YET, unready="starting"),
        Phase.LOGGING_IN: PhaseWords("Starting", "calm", NOT_YET, "logging in to Discord", "logging in"),
        Phase.CONNECTING: PhaseWords("Starting", "calm", NOT_YET, "connecting to Discord", "connecting to Discord"),
        Phase.READY: PhaseWords("Operational", "good", ANSWERED, event="Ready: commands are answered", is_patient=True),
        Phase.WAITING: PhaseWords(
            "Waiting",
            "warn",
            NOT_ANSWERED,
            unready="waiting before the next attempt",
            event="Waiting",
            is_patient=True,
        ),
        Phase.STANDBY: PhaseWords(
            "Standby",
            "calm",
            "Players are answered by another process.",
            unready="standby: another process answers",
            event="Standby: another process answers",
            is_patient=True,
        ),
        Phase.DISCONNECTED: PhaseWords(
            "Disconnected",
            "bad",
            NOT_ANSWERED,
            "trying to reach Discord again",
            "the connection to Discord is lost",
            "Connection to Discord lost",
        ),
        Phase.DRAINING: PhaseWords(
            "Draining",
            "calm",
            "What was begun is finished, nothing new is taken.",
            unready="draining: no new commands are taken",
            event="Draining: no new commands are taken",
            is_patient=True,
        ),
        Phase.STOPPED: PhaseWords("Stopped", "bad", NOT_ANSWERED, unready="stopped", is_patient=True),
    }
)


def plain(text: str) -> str:
    """`text` on one line and cut to a length that suits a page and a label."""
    return " ".join(text.split())[:PHRASE_CHARACTERS]


class PhaseTracker:
    """Follows the phases.

    Args:
        clock: Monotonic clock, in seconds.
        now: The time of day, in UTC.
    """

    __slots__ = ("_clock", "_now", "_since", "_timeline", "_trying_since", "phase", "reason", "until_at", "was_ready")

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock, self._now = clock, now
        self._since = clock()
        self._trying_since: float | None = self._since
        self._timeline = deque[TimelineEntry](maxlen=TIMELINE_LENGTH)
        self.phase = Phase.STARTING
        self.reason: str | None = None
        self.until_at: datetime | None = None
        self.was_ready = False

    def enter(self, phase: Phase, reason: str | None = None, until_at: datetime | None = None) -> None:
        """Enter `phase`, or update the reason and the end of the present one, with a line on the timeline."""
        reason = None if reason is None else plain(reason)
        event = WORDS[phase].event
        if event is not None and (phase, reason, until_at) != (self.phase, self.reason, self.until_at):
            until = f" until {until_at:%H:%M} UTC" if until_at else ""
            self.add_to_timeline(phase.value, event + until + (f": {reason}" if reason else ""))
        self.move(phase)
        # After move(), which clears both.
        self.reason, self.until_at = reason, until_at

    def move(self, phase: Phase) -> None:
        """Enter `phase` without a line on the timeline."""
        now = self._clock()
        if phase is not self.phase:
            self._since = now
        self.phase, self.reason, self.until_at = phase, None, None
        self.was_ready = self.was_ready or phase is Phase.READY
        # Login, connect and reconnect are one attempt; only a patient phase ends it.
        if WORDS[phase].is_patient:
            self._trying_since = None
        elif self._trying_since is None:
            self._trying_since = now

    def add_to_timeline(self, kind: str, text: str) -> None:
        """Add a line to the timeline; a repeated kind only increases the count of the latest line."""
        repeats = 0
        if self._timeline and self._timeline[0].kind == kind:
            repeats = self._timeline.popleft().count
        self._timeline.appendleft(TimelineEntry(self._now(), kind, plain(text), repeats + 1))

    def timeline(self) -> tuple[TimelineEntry, ...]:
        """The timeline, newest first."""
        return tuple(self._timeline)

    def phase_seconds(self) -> float:
        """How long the phase has lasted."""
        return self._clock() - self._since

    def unready_seconds(self) -> float:
        """Seconds spent trying to become ready, without success.

        An announced wait does not count until its time is over, and a new attempt after it starts from zero: a process
        that waits out a ban or an outage is well, one that is stuck in a single attempt is not.
        """
        if self.phase is Phase.WAITING and self._trying_since is None and self.until_at and self._now() > self.until_at:
            self._trying_since = self._clock()
        return 0.0 if self._trying_since is None else self._clock() - self._trying_since
