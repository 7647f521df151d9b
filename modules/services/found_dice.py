"""Finds dice in the middle of ordinary text."""

import re
from collections.abc import Sequence
from typing import Final

from modules.dice.errors import DiceError
from modules.services.readings import Reader

SEARCHED_LENGTH: Final = 4_000
"""Characters of a text that are looked through: the longest message."""
FOUND_AT_MOST: Final = 25
LONGEST_FOUND: Final = 90
"""Characters of a notation worth finding."""

_POOL: Final = r"\d{0,4}d(?:\d{1,7}|%|f(?![a-z]))(?:[a-z!<>=]{1,3}\d{1,7}|!)*"
_TERM: Final = rf"(?:{_POOL}|\d{{1,7}}(?![\w#]))"
_DICE: Final = re.compile(
    rf"(?<![\w$/@#.])(?:\d{{1,2}}[#x])?(?:\d{{1,7}} ?[-+*] ?)?{_POOL}(?: ?[-+*] ?{_TERM})*(?![\w/])", re.IGNORECASE
)


def find_dice(text: str, reader: Reader) -> Sequence[str]:
    """Every notation in a text that can be rolled, each once, in order."""
    found: dict[str, None] = {}
    for match in _DICE.finditer(text[:SEARCHED_LENGTH]):
        notation = match[0].strip()
        if notation not in found and len(notation) <= LONGEST_FOUND and _can_be_rolled(notation, reader):
            found[notation] = None
            if len(found) == FOUND_AT_MOST:
                break
    return list(found)


def _can_be_rolled(notation: str, reader: Reader) -> bool:
    try:
        reader.read(notation)
    except DiceError:
        return False
    return True
