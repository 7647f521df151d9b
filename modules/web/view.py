"""The page's words: a snapshot as the text that people read. The page, its script and `/api/status` all show these."""

from datetime import datetime
from typing import Final

UNKNOWN_TEXT: Final = "\N{EN DASH}"


def duration_text(seconds: float) -> str:
    """A length of time in its two largest units, such as `3 d 4 h` or `12 s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def milliseconds_text(seconds: float | None) -> str:
    """A short time, such as `42 ms` or `1.5 s`; a dash where it is unknown."""
    if seconds is None:
        return UNKNOWN_TEXT
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


def count_text(count: float | None) -> str:
    """A count with thin spaces between thousands; a dash where it is unknown."""
    return UNKNOWN_TEXT if count is None else f"{round(count):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def time_text(at: datetime | None) -> str:
    """A time of day in UTC; a dash where it is unknown."""
    return UNKNOWN_TEXT if at is None else f"{at:%H:%M:%S}"
