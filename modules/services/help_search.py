"""Operators and games, found by what a player calls them."""

from collections.abc import Sequence
from typing import Final

from modules.dice.errors import Meaning
from modules.dice.notation import shortcuts
from modules.dice.notation.operators import OPERATORS, SPELLINGS, Operator, meaning_of
from modules.dice.notation.shortcuts import Shortcut

GAMES_SHOWN: Final = 4
"""Shortcuts of one page."""


def find_operator(spelling: str) -> Meaning | None:
    """What an operator does; None where there is none of that spelling."""
    if spelling not in SPELLINGS:
        return None
    name, relation = SPELLINGS[spelling]
    spec = OPERATORS[name]
    number = spec.default if spec.default is not None else 6 if spec.needed or relation else None
    return meaning_of(Operator(name, relation or "=", number))


def find_games(text: str) -> Sequence[Shortcut]:
    """The shortcuts that somebody may mean, best first."""
    return shortcuts.search(text, GAMES_SHOWN) if text else ()
