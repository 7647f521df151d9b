"""Reads notation without rolling for anybody: what it means, what it becomes with a modifier, how a slip is mended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from modules.dice.errors import DiceError
from modules.dice.notation.parser import SavedRolls
from modules.dice.odds.odds import Odds
from modules.dice.rolling.result import Roll
from modules.dice_roll import DiceEngine
from modules.rendering import games

MENDED_AT_MOST: Final = 3
"""Corrections offered for one mistake."""

OUTLOOK_STEPS: Final = 2_000
"""What the odds of a notation may cost while somebody types it, in steps of about a microsecond."""

_CHECK: Final = re.compile(r" (?:vs|[<>=!]=?|==) ")
_POINT: Final = re.compile(r"[<>=!]*[0-9]*")
_MODIFIER: Final = re.compile(r"([+-]?)\s*([0-9d][0-9a-z +\-*/()!<>=]*(?:\[[^\[\]]*\])?)", re.IGNORECASE)


class Reading(NamedTuple):
    """One roll of a message as it was understood.

    Attributes:
        expression: The canonical notation, or that of a game.
        comment: The comment beside it.
    """

    expression: str
    comment: str

    @classmethod
    def of(cls, roll: Roll) -> Self:
        """A roll as it was understood, a game's in the words of that game."""
        return cls(games.written(roll) or roll.expression, roll.comment)

    @property
    def text(self) -> str:
        """Both, as a player could type them."""
        return f"{self.expression} # {self.comment}" if self.comment else self.expression


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what players type.

    Attributes:
        engine: Reads; the dice that it throws meanwhile are nobody's, and are not counted.
    """

    engine: DiceEngine = field(default_factory=DiceEngine)

    def read(self, notation: str, saved: SavedRolls | None = None) -> list[Reading]:
        """Every roll of a message.

        Raises:
            DiceError: It cannot be read.
        """
        return [Reading(roll.expression, roll.comment) for roll in self.engine.roll(notation, saved=saved)]

    @staticmethod
    def check(notation: str, dialect: str, saved: SavedRolls | None = None) -> None:
        """Have a notation rolled for nobody.

        Args:
            notation: As typed.
            dialect: A name of `DIALECTS`.
            saved: Where `$name` is looked up.

        Raises:
            DiceError: It cannot be rolled.
        """
        DiceEngine(dialect=dialect).roll(notation, saved=saved)

    def canonical(self, notation: str) -> str:
        """The whole message in canonical notation, with its comments.

        Raises:
            DiceError: It cannot be read.
        """
        return self.joined(self.read(notation))

    def outlook(self, notation: str) -> Odds | None:
        """The odds of a message's only roll, repeated or not; None where it has several, or they take too long."""
        try:
            first, *others = self.engine.odds(notation, steps=OUTLOOK_STEPS)
        except DiceError:
            return None
        return first if all(each is first for each in others) else None

    @staticmethod
    def joined(readings: Sequence[Reading]) -> str:
        """Rolls as one message; the same roll several times as a repeat."""
        if len(readings) > 1 and all(each == readings[0] for each in readings):
            return f"{len(readings)}#{readings[0].text}"
        return "; ".join(each.text for each in readings)

    def with_modifier(self, notation: str, modifier: str) -> str:
        """The notation with something added to its first roll.

        Args:
            notation: As typed.
            modifier: Such as `+2`, `-1d4` or `3`.

        Raises:
            DiceError: The notation, or what becomes of it, cannot be read.
            ValueError: That is no modifier.
        """
        found = _MODIFIER.fullmatch(modifier.strip().replace("\N{MINUS SIGN}", "-"))
        if found is None:
            raise ValueError(f"{modifier!r} is no modifier")
        first, *others = readings = [Reading.of(roll) for roll in self.engine.roll(notation)]
        changed = self._with_added(notation, first, f"{found[1] or '+'}{found[2]}")
        repeated = all(each == first for each in others)
        return self.joined([changed] * len(readings) if repeated else [changed, *others])

    def _with_added(self, notation: str, reading: Reading, added: str) -> Reading:
        """The first roll of a notation with a modifier; a game's stays one, unless its notation takes none."""
        at = _end_of_sum(reading.expression)
        text = reading._replace(expression=f"{reading.expression[:at]}{added}{reading.expression[at:]}").text
        try:
            return Reading.of(self.engine.roll(text)[0])
        except DiceError:
            canonical = self.read(notation)[0]
            if canonical == reading:
                raise
            return self._with_added(notation, canonical, added)

    def mended(self, notation: str, error: DiceError) -> list[str]:
        """Complete notations that the player may have meant, each of which can be rolled."""
        found: dict[str, None] = {}
        for candidate in _candidates(notation, error):
            if candidate != notation and self._is_readable(candidate):
                found[candidate] = None
        return list(found)[:MENDED_AT_MOST]

    def _is_readable(self, notation: str) -> bool:
        try:
            self.engine.roll(notation)
        except DiceError:
            return False
        return True


def _end_of_sum(expression: str) -> int:
    """Where the total ends and its check, if there is one, begins."""
    for found in _CHECK.finditer(expression):
        before = expression[: found.start()]
        if sum(map(before.count, "([{")) == sum(map(before.count, ")]}")):
            return found.start()
    return len(expression)


def _candidates(notation: str, error: DiceError) -> list[str]:
    offers = [offer for offer in error.offers if not offer.startswith("$")]
    if error.span is None:
        return offers
    return [_spliced(notation, *error.span, offer) for offer in offers]


def _spliced(notation: str, start: int, end: int, offer: str) -> str:
    """The notation with the offer in the place that the error points at."""
    if re.match(r"\S*d20 (?:adv|dis)", offer):
        return offer  # a whole roll, not a part of one
    rest = _POINT.match(notation, end)
    if notation.startswith(offer, end):
        end += len(offer)  # what was in the way goes, what follows stays
    elif rest and rest[0] and offer.endswith(rest[0]):
        # The error points at the letters alone, the offer has their number too.
        end = rest.end()
    head = notation[:start]
    if head.rstrip().endswith(offer[0]):
        # `d0` and d6, `k h3` and kh3: the offer begins with the letter before the place.
        head = head.rstrip()[:-1]
    return f"{head}{offer}{notation[end:]}".strip()
