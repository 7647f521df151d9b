"""Time and chance that a test decides."""

from dataclasses import dataclass


@dataclass
class FakeClock:
    """Seconds that pass when told to."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += seconds


def longest(_low: float, high: float) -> float:
    """The worst luck."""
    return high


def shortest(low: float, _high: float) -> float:
    """The best."""
    return low
