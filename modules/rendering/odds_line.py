"""How a roll stands to its odds, in one small line."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from modules.dice.notation.syntax import Value
from modules.dice.odds.odds import Odds
from modules.dice.rolling.result import Roll
from modules.rendering.game_odds import VerdictOdds
from modules.rendering.games import judge
from modules.rendering.language import translated
from modules.rendering.odds_text import one_in, percent, verdict_name

COMMON: Final = Fraction(1, 4)
"""What comes up less often is told as one in so many."""

CODES_KEPT: Final = 200
"""Throws of a game's roll whose verdict is remembered."""


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

    def together(self, rolls: Sequence[Roll]) -> str:
        """The same for repeats of a roll, whose sum these are the odds of: `together better than 61.2 % of rolls`."""
        if self._odds.success is not None:
            return translated("each had a {share} chance", share=percent(self._odds.success))
        share = self._odds.below(sum([roll.total for roll in rolls]))
        return translated("together better than {share} of rolls", share=percent(share))

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


class VerdictLine:
    """Tells how likely the verdict of a game was, behind what else there is to tell.

    Args:
        line: What there is to tell of the total.
        verdicts: The odds of the game's verdicts.
    """

    __slots__ = ("_codes", "_line", "_verdicts")

    def __init__(self, line: OddsLine | None, verdicts: VerdictOdds) -> None:
        self._line = line
        self._verdicts = verdicts
        self._codes: dict[tuple[int, ...], str] = {}

    def told(self, roll: Roll) -> str:
        """Such as `better than 66.3 % of rolls · messy critical: 4.4 %`."""
        line = self._line.told(roll) if self._line is not None else ""
        code = self._code(roll)
        share = self._verdicts.verdicts.get(code)
        # Of two verdicts the chance of a check says as much.
        if share is None or (roll.checks and len(self._verdicts.verdicts) < 3):
            return line
        verdict = f"{verdict_name(code)}: {'≈ ' if self._verdicts.cut else ''}{percent(share)}"
        return f"{line} · {verdict}" if line else verdict

    def _code(self, roll: Roll) -> str:
        """The code of the game's verdict."""
        faces = roll.faces
        code = self._codes.get(faces)
        if code is None:
            judged = judge(roll)
            code = judged.verdict.code if judged is not None else ""
            if len(self._codes) < CODES_KEPT:
                self._codes[faces] = code
        return code


def _rarity(share: Fraction) -> str:
    return one_in(share) if share < COMMON else percent(share)


def line_for(odds: Odds) -> OddsLine | None:
    """The line of a roll; None where it says nothing new: words, and totals that are all as likely as each other."""
    return None if odds.success is None and odds.is_flat else OddsLine(odds)
