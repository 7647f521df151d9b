"""What the ledger says of somebody's luck."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from modules.dice.errors import DiceError
from modules.dice.odds.odds import Odds
from modules.dice_roll import DiceEngine
from modules.services.rolls import has_old_dice, replay
from modules.storage.chain import LedgerEntry

LOOKED_AT: Final = 500
"""The latest rolls, whose naturals and luck are told."""
ODDS_STEPS: Final = 2_000
"""What the odds of one notation may cost, in steps of about a microsecond."""
D20: Final = 20


class Statistics(NamedTuple):
    """What can be counted.

    Attributes:
        roll_count: Every roll there is.
        looked_at: How many of them the rest is about: the latest.
        d20_count: Dice of twenty sides among them.
        twenties: How many showed a 20.
        ones: How many showed a 1.
        judged_count: Rolls whose odds are known.
        luck: Mean share of rolls that those are better than, half of the equal ones included; None without any.
    """

    roll_count: int
    looked_at: int
    d20_count: int
    twenties: int
    ones: int
    judged_count: int
    luck: Fraction | None


def statistics(roll_count: int, entries: Sequence[LedgerEntry]) -> Statistics:
    """Count what was rolled; some milliseconds of work, for another thread.

    Args:
        roll_count: Every roll there is.
        entries: The latest of them.
    """
    engine = DiceEngine()
    # Dice that were kept for a further roll would count twice, and such rolls are chosen by what fell.
    entries = [entry for entry in entries if not has_old_dice(entry)]

    @cache
    def odds_of(canonical: str) -> Odds | None:
        try:
            return engine.odds(canonical, steps=ODDS_STEPS)[0]
        except DiceError:
            return None

    faces = [face for entry in entries for face in _d20s(entry)]
    shares = [share for entry in entries if (share := _share(entry, odds_of(entry.canonical))) is not None]
    return Statistics(
        roll_count=roll_count,
        looked_at=len(entries),
        d20_count=len(faces),
        twenties=faces.count(D20),
        ones=faces.count(1),
        judged_count=len(shares),
        luck=sum(shares, Fraction(0)) / len(shares) if shares else None,
    )


def _d20s(entry: LedgerEntry) -> list[int]:
    """The faces of every d20 of a roll, those that do not count included."""
    if "d20" not in entry.canonical:
        return []
    try:
        roll = replay(entry)
    except DiceError:
        return []
    return [face for pool in roll.pools if pool.kind.sides == D20 for face in pool.faces]


def _share(entry: LedgerEntry, odds: Odds | None) -> Fraction | None:
    """The share of such rolls that a roll is better than; None where that says nothing."""
    if odds is None or entry.total is None or len(odds.outcomes) < 2:
        return None
    total = Fraction(entry.total)
    return odds.below(total) + odds.exactly(total) / 2
