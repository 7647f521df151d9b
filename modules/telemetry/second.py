"""What happened since the last sample."""

from dataclasses import dataclass


@dataclass(slots=True)
class Second:
    """Counts since the last sample."""

    commands: int = 0
    errors: int = 0
    rest: int = 0
    rate_limits: int = 0
    events: int = 0
    slowest_seconds: float | None = None
    lag_seconds: float = 0.0
    commit_seconds: float | None = None
