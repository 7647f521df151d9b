"""Numbers and times as people read them. Units stand after a space; thousands are set apart by a narrow one."""

from datetime import datetime
from typing import Final

UNKNOWN_TEXT: Final = "\N{EN DASH}"
THIN_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
MEBIBYTE: Final = 1024 * 1024


def milliseconds_text(seconds: float | None) -> str:
    """A short time, such as `42 ms` or `1.5 s`; a dash where it is unknown."""
    if seconds is None:
        return UNKNOWN_TEXT
    # The bounds are where rounding would come to `1000 ms` and `10.0 ms`.
    if seconds >= 0.9995:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms" if 0 < seconds < 0.00995 else f"{seconds * 1000:.0f} ms"


def count_text(count: float | None) -> str:
    """A count; a dash where it is unknown."""
    return UNKNOWN_TEXT if count is None else f"{round(count):,}".replace(",", THIN_SPACE)


def rate_text(rate: float | None) -> str:
    """A count in a stretch of time: small ones keep a digit after the point, lest a few look like none."""
    if rate is None or not 0 < rate < 9.95 or rate == round(rate):
        return count_text(rate)
    return f"{max(rate, 0.1):.1f}"


def memory_text(size_bytes: float | None) -> str:
    """A size such as `84 MB`, in units of 1024; a dash where it is unknown."""
    if size_bytes is None:
        return UNKNOWN_TEXT
    mebibytes = size_bytes / MEBIBYTE
    return f"{mebibytes / 1024:.1f} GB" if mebibytes >= 1000 else f"{mebibytes:.0f} MB"


def percent_text(ratio: float | None) -> str:
    """A share such as `0.4 %`; only a true 0 or 1 is shown as `0 %` or `100 %`; a dash where it is unknown."""
    if ratio is None:
        return UNKNOWN_TEXT
    if ratio in (0, 1):
        return f"{ratio:.0%}".replace("%", " %")
    percent = min(max(ratio * 100, 0.01), 99.99)
    digits = 2 if percent < 0.1 or percent > 99.9 else 1 if percent < 10 or percent > 99 else 0
    return f"{percent:.{digits}f} %"


def clock_text(at: datetime | None) -> str:
    """A time of day in UTC; a dash where it is unknown."""
    return UNKNOWN_TEXT if at is None else f"{at:%H:%M:%S}"


def moment_text(at: datetime, now: datetime) -> str:
    """A time of day in UTC; with the day before it when that is not today."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at.day} {at:%b %H:%M}"
