"""Durations stated by other machines, validated and capped before anything waits for them."""

import logging
import math
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)

LONGEST_BAN_SECONDS: Final = 86_400.0
"""Cap of a wait that Discord demands of the whole bot: a day, longer than any ban it is known to give."""

LONGEST_BUCKET_SECONDS: Final = 60.0
"""Cap of the rate limit of one channel or route: Discord's last for seconds. If it meant more, the next request is told
so again."""

_LONGEST_NUMBER: Final = 40
"""Characters; Discord's numbers have fewer than twenty."""


def bounded_seconds(value: object, cap: float, name: str, warn: Callable[..., None] = _log.warning) -> float | None:
    """Read a duration that another machine stated.

    Args:
        value: A number, or a header's text.
        cap: The longest plausible duration, in seconds.
        name: What states it, such as `Retry-After`; for the log line.
        warn: Writes that line, given as to a logger.

    Returns:
        Seconds from 0 to `cap`; `cap` for anything longer, infinity included; None for what is not a number.
    """
    if value is None:
        return None
    seconds = _number(value)
    if seconds is None:
        warn("ignored %s: it is not a number", name)
        return None
    if seconds > cap:
        warn("capped %s at %.0f s: %.6g s is not believable", name, cap, seconds)
    return min(max(0.0, seconds), cap)


def _number(value: object) -> float | None:
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        return None
    # A bool is an int to Python, but no number to Discord.
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    except OverflowError:  # an integer beyond the range of floats
        return math.inf if value > 0 else 0.0  # type: ignore[operator]  # only integers overflow
    return None if math.isnan(seconds) else seconds
