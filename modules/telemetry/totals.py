"""Everything counted since the process started, under labels from bounded sets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from modules.telemetry.snapshot import Count, Totals
from modules.telemetry.tally import BoundedCounter, HistogramTally

COMMAND_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LAG_BOUNDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DICE_NAMED: Final = frozenset({2, 3, 4, 6, 8, 10, 12, 20, 100})
"""Dice with a row of their own; all others share the row `other`."""
SCOPES: Final = frozenset({"user", "shared", "global", "edge"})
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
STATUSES: Final = range(100, 600)


class Tallies:
    """The counters behind `Totals`."""

    __slots__ = ("_commands", "_dice", "_events", "_rate_limits", "_rest", "_rolls", "command_seconds", "counts", "lag")

    def __init__(self) -> None:
        self._commands = BoundedCounter[tuple[str, str]](192, lambda label: ("other", label[1]))
        self._rest = BoundedCounter[tuple[str, str]](256, lambda label: ("OTHER", label[1]))
        self._rate_limits = BoundedCounter[str](len(SCOPES) + 1, lambda _: "other")
        self._events = BoundedCounter[str](128, lambda _: "OTHER")
        self._rolls = BoundedCounter[str](16, lambda _: "other")
        self._dice = BoundedCounter[str](len(DICE_NAMED) + 1, lambda _: "other")
        self.command_seconds = HistogramTally(COMMAND_BOUNDS)
        self.lag = HistogramTally(LAG_BOUNDS)
        self.counts = dict.fromkeys(Count, 0)

    def command(self, command: str, status: str, duration_seconds: float) -> None:
        """Count a finished command."""
        self._commands.add((command, status))
        self.command_seconds.observe(duration_seconds)

    def rest_request(self, method: str, status: int) -> None:
        """Count an answer of Discord's REST interface."""
        self._rest.add((method if method in METHODS else "OTHER", str(status) if status in STATUSES else "0"))

    def rate_limit(self, scope: str) -> None:
        """Count a rate limit hit."""
        self._rate_limits.add(scope if scope in SCOPES else "other")

    def gateway_event(self, name: str) -> None:
        """Count a dispatch of the gateway; what names it comes from outside, and may be no text."""
        self._events.add(name if isinstance(name, str) else "malformed")

    def roll(self, sides_counts: Mapping[int, int], outcome: str) -> None:
        """Count a roll and its dice."""
        self._rolls.add(outcome)
        for sides, count in sides_counts.items():
            self._dice.add(str(sides) if sides in DICE_NAMED else "other", count)

    def frozen(self) -> Totals:
        """A copy that other threads may read."""
        return Totals(
            commands=self._commands.frozen(),
            rest_requests=self._rest.frozen(),
            rate_limits=self._rate_limits.frozen(),
            gateway_events=self._events.frozen(),
            rolls=self._rolls.frozen(),
            dice=self._dice.frozen(),
            counts=MappingProxyType(self.counts.copy()),
            command_seconds=self.command_seconds.frozen(),
            loop_lag_seconds=self.lag.frozen(),
        )
