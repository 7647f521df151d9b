"""How a roll stands to its odds, in one small line."""

from fractions import Fraction
from typing import Final

from modules.dice.notation.syntax import Value
from modules.dice.odds.odds import Odds
from modules.dice.rolling.result import Roll
from modules.rendering.language import translated
from modules.rendering.odds_text import percent

COMMON: Final = Fraction(1, 4)
"""What comes up less often is told as one in so many."""


class OddsLine:
    """Tells how totals of one roll stand to its odds; remembers those it was asked about.

    Args:
        odds: The odds of the roll.
    """

    __slots__ = ("_odds", "_told")

    def __init__(self, odds: Odds) -> None:
        self._odds = odds
        self._told: dict[Value, tuple[str, str]] = {}

    def told(self, roll: Roll) -> str:
        """Such as `better than 89.9 % of rolls`, in the language that is spoken."""
        found = self._told.get(roll.total)
        if found is None:
            found = self._told[roll.total] = self._looked_up(roll.total)
        english, share = found
        return translated(english, share=share)

    def _looked_up(self, total: Value) -> tuple[str, str]:
        """The English sentence, and what stands in it."""
        odds = self._odds
        if odds.success is not None:
            return "had a {share} chance", percent(odds.success)
        if total == odds.outcomes[-1] and not odds.cut:
            return "the highest there is: {share}", _rarity(odds.exactly(total))
        if total == odds.outcomes[0]:
            return "the lowest there is: {share}", _rarity(odds.exactly(total))
        return "better than {share} of rolls", percent(odds.below(total))


def _rarity(share: Fraction) -> str:
    return f"1 in {round(1 / share):,}" if share < COMMON else percent(share)


def line_for(odds: Odds) -> OddsLine | None:
    """The line of a roll; None where it says nothing new: words, and totals that are all as likely as each other."""
    return None if odds.success is None and odds.is_flat else OddsLine(odds)
