"""The exact mean of a sum in which dice may explode without end; means add up, whatever depends on what."""

from collections.abc import Callable
from fractions import Fraction

from modules.dice.notation.syntax import Chain, Comparison, Group, Labelled, Negative, Node, Number, Pool, Value
from modules.dice.odds.branching import (
    ADDING,
    CHANGING,
    CONDITIONAL,
    PENETRATING,
    Operators,
    base_of,
    change_of,
)
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts
from modules.dice.odds.dice_total import SORTING
from modules.dice.odds.scoring import Scoring
from modules.dice.rolling.die_types import Kind, kind_of
from modules.dice.rolling.pool_state import Matcher, matches_of
from modules.dice.rolling.semantics import families

Mean = Callable[[Value], Fraction]
"""What a die of a value contributes on average."""
COMPOUNDING = frozenset({"!!", "!!p"})


def mean_of(node: Node) -> Fraction | None:
    """The mean of an expression; None where its parts do not simply add up."""
    match node:
        case Number():
            return Fraction(node.value)
        case Group() | Labelled():
            return mean_of(node.inner)
        case Comparison():
            return mean_of(node.left)
        case Negative():
            return _negated(mean_of(node.inner))
        case Chain() if all(symbol in "+-" for symbol, _ in node.rest):
            terms = [mean_of(node.first)]
            terms += [mean_of(term) if symbol == "+" else _negated(mean_of(term)) for symbol, term in node.rest]
            return sum((term for term in terms if term is not None), Fraction()) if None not in terms else None
        case Pool(count=int(), tags="") if not isinstance(node.sides, Group):
            return _pool_mean(node, kind_of(node.sides))
    return None


def _negated(mean: Fraction | None) -> Fraction | None:
    return None if mean is None else -mean


def _pool_mean(pool: Pool, kind: Kind) -> Fraction | None:
    scoring = Scoring(pool.operators, kind)
    acting = [family for _, family in families(pool.operators) if family[0].name not in SORTING]
    looks_alone = all(family[0].name in ADDING | CHANGING | CONDITIONAL for family in acting)
    if kind.plot or not looks_alone or scoring.cancels or scoring.pairs:
        return None
    after: Mean = lambda value: Fraction(scoring.worth(value))  # noqa: E731 - the innermost of a chain of functions
    for place, family in reversed(list(enumerate(acting))):
        # What follows would look at the sum of the chain.
        if family[0].name in COMPOUNDING and (scoring.counts or place < len(acting) - 1):
            return None
        after = _before(kind, family, after)
    return int(pool.count) * _average(kind, after) if isinstance(pool.count, int) else None


def _average(kind: Kind, worth: Mean, matches: Matcher = lambda _: True) -> Fraction:
    """The mean over the faces that match; others count as 0."""
    base = base_of(kind)
    return _mean(base.where(list(map(matches, base.outcomes))), worth)


def _mean(part: Counts, worth: Mean) -> Fraction:
    return sum((count * worth(value) for value, count in part.items()), Fraction()) / part.denominator


def _before(kind: Kind, family: Operators, after: Mean) -> Mean:
    """What a die contributes before these operators, given what it does after them."""
    name = family[0].name
    matches = matches_of(family, kind)
    if name in CONDITIONAL:
        return lambda value: after(value) if matches(value) == (name == "k") else Fraction()
    if name in CHANGING - COMPOUNDING:
        changing, become = change_of(kind, family, OddsBudget())
        return lambda value: _mean(become(value), after) if changing(value) else after(value)
    if name in {"!o", "i"}:
        extra = _average(kind, lambda value: after(-value if name == "i" else value))
    else:
        less = 1 if name in PENETRATING else 0
        # The chain goes on as often as a throw matches.
        goes_on = _average(kind, lambda _: Fraction(1), matches)
        extra = _average(kind, lambda value: after(value - less)) / (1 - goes_on)
    return lambda value: after(value) + extra if matches(value) else after(value)
