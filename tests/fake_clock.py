"""Time in a test's own hands."""

from dataclasses import dataclass


@dataclass
class FakeClock:
    """Calling it gives the seconds; only the test moves them."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
