"""The lowest and highest total of plain sums of dice, without rolling."""

import re
from typing import Final

_LABELS: Final = re.compile(r"\[[^\[\]]*\]")
_TERM: Final = re.compile(r"([+-]?)(?:(\d*)d(\d+)(?:(kh|kl|dh|dl)(\d+))?|(\d+))")


def total_range(expression: str) -> tuple[int, int] | None:
    """The lowest and highest total; None for more than a sum of numbers and of dice, some of them dropped.

    Args:
        expression: Canonical notation of one roll.
    """
    low = high = at = 0
    text = _LABELS.sub("", expression)
    while at < len(text):
        found = _TERM.match(text, at)
        # All terms but the first have a sign: what follows a number without one is some other operator.
        if found is None or (at and not found[1]):
            return None
        least, most = _term_range(found)
        low, high = (low - most, high - least) if found[1] == "-" else (low + least, high + most)
        at = found.end()
    return (low, high) if at else None


def _term_range(found: re.Match[str]) -> tuple[int, int]:
    _sign, count, sides, operator, number, constant = found.groups()
    if constant is not None:
        return int(constant), int(constant)
    dice = int(count or 1)
    if operator is not None:
        dice = min(dice, int(number)) if operator.startswith("k") else max(0, dice - int(number))
    return dice, dice * int(sides)
