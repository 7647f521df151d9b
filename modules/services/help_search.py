"""Operators and games, found by what a player calls them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from modules.dice.errors import Meaning
from modules.dice.notation import shortcuts
from modules.dice.notation.operators import OPERATORS, SPELLINGS, Operator, meaning_of

GAMES_SHOWN: Final = 4
"""Shortcuts of one page."""


class GameHelp(NamedTuple):
    """A shortcut as help shows it.

    Attributes:
        game: Its game.
        rule: The rule in words.
        source: Where the rule stands.
        example: Something to try.
    """

    game: str
    rule: str
    source: str
    example: str


def find_operator(spelling: str) -> Meaning | None:
    """What an operator does; None where there is none of that spelling."""
    if spelling not in SPELLINGS:
        return None
    name, relation = SPELLINGS[spelling]
    spec = OPERATORS[name]
    number = spec.default if spec.default is not None else 6 if spec.needed or relation else None
    return meaning_of(Operator(name, relation or "=", number))


def find_games(text: str) -> Sequence[GameHelp]:
    """The shortcuts that somebody may mean, best first."""
    found = shortcuts.search(text, GAMES_SHOWN) if text else ()
    return [GameHelp(row.system, row.meaning, row.source, row.example) for row in found]
