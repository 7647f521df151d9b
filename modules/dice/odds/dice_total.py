"""What dice come to through their operators: which way of counting serves, and the counting."""

from functools import partial
from math import prod

from modules.dice.errors import Span
from modules.dice.notation.operators import Operator
from modules.dice.odds.branching import (
    ADDING,
    CHANGING,
    CONDITIONAL,
    Branching,
    Contribution,
    Operators,
    base_of,
)
from modules.dice.odds.budget import OddsBudget, too_large
from modules.dice.odds.counts import Counts, mixed, summed, times
from modules.dice.odds.fair import fair_highest, fair_sum
from modules.dice.odds.ranked import RANKED, Fold, mask_of
from modules.dice.odds.scoring import Scoring
from modules.dice.odds.spread import Configuration, Group, NotSpreadError, Spread, splits, spread
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.semantics import families as families_of

SORTING = frozenset({"s", "sd"})
"""Operators that change nothing but the order shown."""
PAIR_STEPS = 60
"""Steps of one number of dice that form pairs."""
TOGETHER = frozenset({"u", "uo", "ra", "g"})
"""Operators that look at all dice of a pool."""
ALONE = ADDING | CHANGING | CONDITIONAL | SORTING | {"", "f", "ds", "b", "cs", "cf"}
"""Operators for which it makes no difference what other dice show."""


def dice_total(kind: Kind, groups: list[Group], operators: tuple[Operator, ...], budget: OddsBudget) -> Counts:
    """The total of these dice after these operators.

    Args:
        kind: What extra dice are, and whose faces are meant where none is written.
        groups: The dice as thrown; each group's counts add up to its denominator.
        operators: As written.
        budget: Pays for the work.

    Raises:
        NotSpreadError: Only going through all sequences of faces would tell.
        LimitError: It is too much work.
    """
    denominator = prod([group.part.denominator**group.count for group in groups])
    start = [Configuration(1, [group for group in groups if group.count], denominator)]
    return spread_total(kind, start, acting(operators), Scoring(operators, kind), budget)


def acting(operators: tuple[Operator, ...]) -> list[Operators]:
    """The families that decide about a total.

    Raises:
        NotSpreadError: Dice are sorted before the first of them is chosen.
    """
    found = [family for _, family in families_of(operators)]
    names = [family[0].name for family in found]
    if SORTING.isdisjoint(names):
        return found
    if "g" in names and SORTING & set(names[: names.index("g")]):
        raise NotSpreadError
    # Without what stands between them, families may touch; they still act one after the other.
    return [family for family in found if family[0].name not in SORTING]


def spread_total(kind: Kind, start: Spread, families: list[Operators], scoring: Scoring, budget: OddsBudget) -> Counts:
    """The total of dice that may be of several configurations."""
    ranks = [place for place, family in enumerate(families) if not RANKED.isdisjoint([each.name for each in family])]
    if scoring.cancels or scoring.pairs:
        return _counted_together(kind, start, families, scoring, budget)
    if ranks:
        first, last = ranks[0], ranks[-1] + 1
        after = Branching(kind, _alone(families[last:]), scoring, budget).contribution
        found = spread(kind, start, families[:first], budget)
        return _ranked(found, families[first:last], after, budget)
    together = max((place + 1 for place, family in enumerate(families) if family[0].name in TOGETHER), default=0)
    branching = Branching(kind, families[together:], scoring, budget)
    return _added_up(spread(kind, start, families[:together], budget), branching, budget)


def _alone(families: list[Operators]) -> list[Operators]:
    """The same families, if each looks at single dice.

    Raises:
        NotSpreadError: One of them does not.
    """
    if any(family[0].name in TOGETHER for family in families):
        raise NotSpreadError
    return families


def _ranked(found: Spread, families: list[Operators], after: Contribution, budget: OddsBudget) -> Counts:
    parts = []
    for configuration in found:
        fold = Fold(configuration, budget)
        parts.append(fold.kept(mask_of(families, fold.count), after) if fold.count else nothing_left(configuration))
    return mixed(parts, 1)


def nothing_left(configuration: Configuration) -> tuple[int, Counts]:
    """A configuration without dice: 0, as often as it comes up."""
    return configuration.ways, Counts((0,), (1,), configuration.denominator)


def _added_up(found: Spread, branching: Branching, budget: OddsBudget) -> Counts:
    """All dice add up, so that each group is a power of what one of its dice contributes."""
    parts = []
    for configuration in found:
        if any(group.distinct for group in configuration.groups):
            fold = Fold(configuration, budget)
            parts.append(fold.kept((True,) * fold.count, branching.contribution))
        else:
            parts.append((configuration.ways, _groups_total(configuration, branching, budget)))
    return parts[0][1] if len(parts) == 1 and parts[0][0] == 1 else mixed(parts, 1)


def _groups_total(configuration: Configuration, branching: Branching, budget: OddsBudget) -> Counts:
    total, divided = None, 1
    for group in configuration.groups:
        found = times(branching.of(group.part), group.count, budget)
        total = found if total is None else summed(total, found, budget)
        divided *= group.part.denominator**group.count
    if total is None or divided != configuration.denominator:
        # Groups of dice that went aside or were split are divided by more than their own counts say.
        total = total or Counts.point(0)
        return Counts(total.outcomes, total.counts, total.denominator * (configuration.denominator // divided))
    return total


def _counted_together(
    kind: Kind, start: Spread, families: list[Operators], scoring: Scoring, budget: OddsBudget
) -> Counts:
    """Successes of which some depend on the other dice: those that ones cancel, and pairs."""
    if any(operator.name in RANKED for family in families for operator in family) or (
        scoring.pairs and scoring.cancels
    ):
        raise NotSpreadError
    found = spread(kind, start, families, budget)
    if scoring.cancels:
        folds = [(configuration, Fold(configuration, budget)) for configuration in found]
        return mixed(
            [
                fold.cancelled(scoring, kind.lowest) if fold.count else nothing_left(configuration)
                for configuration, fold in folds
            ],
            1,
        )
    return _with_pairs(found, kind, scoring, budget)


def _with_pairs(found: Spread, kind: Kind, scoring: Scoring, budget: OddsBudget) -> Counts:
    if len(scoring.pairs) > 1:
        raise NotSpreadError
    branching = Branching(kind, [], scoring, budget)
    (matches,) = scoring.pairs
    parts = []
    for configuration in found:
        for ways, others, matched, number in splits(configuration, matches):
            budget.charge(PAIR_STEPS)
            made = Configuration(configuration.ways * ways, [*others, *matched], configuration.denominator)
            total = _added_up([made], branching, budget)
            parts.append((1, total.shifted(2 * (number // 2))))
    return mixed(parts, 1)


def alike_total(
    kind: Kind, count: int, operators: tuple[Operator, ...], budget: OddsBudget, span: Span
) -> Counts | None:
    """The total of dice that are all alike, without a detour; None where more than one keep or drop looks at several.

    Args:
        kind: Their kind.
        count: How many, at least one.
        operators: As written.
        budget: Pays for the work.
        span: Where they were written.

    Raises:
        LimitError: It is too much work.
    """
    if not kind.ends and len(operators) < 2:
        found = _fair_total(kind.sides, count, operators, budget, span)
        if found is not None:
            return found
    if not ALONE.issuperset([operator.name for operator in operators]):
        return None
    budget.charge(kind.sides)
    branching = Branching(kind, acting(operators), Scoring(operators, kind), budget)
    return times(branching.of(base_of(kind)), count, budget)


def _fair_total(
    sides: int, count: int, operators: tuple[Operator, ...], budget: OddsBudget, span: Span
) -> Counts | None:
    """The total of dice numbered from 1, summed or with one keep or drop; None for another operator."""
    if not operators or operators[0].name in SORTING:
        budget.charge_dice(partial(_sum_cost, sides), count, span)
        return fair_sum(count, sides)
    name, number = operators[0].name, operators[0].number or 0
    if name not in RANKED or name == "km":
        return None
    kept = min(number, count) if name in {"kh", "kl"} else count - min(number, count)
    if not kept:
        return Counts.point(0)
    share = kept / count
    budget.charge_dice(partial(_kept_cost, sides, share), count, span)
    highest = fair_highest(count, sides, kept)
    return highest if name in {"kh", "dl"} else highest.negated().shifted(kept * (sides + 1))


def _sum_cost(sides: int, count: int) -> float:
    places, width = count * (sides - 1) + 1, count * sides.bit_length() // 8 + 1
    return 10 + too_large(places if count > 1 else 1, width) + places * (0.25 + width / 1_000 if count > 1 else 0.02)


def _kept_cost(sides: int, share: float, count: int) -> float:
    kept = max(1, count * share)
    places, width = kept * (sides - 1) + 1, count * sides.bit_length() / 8 + 1
    # Each step adds and shifts the whole polynomial, twice as often as doubling leads from 1 to the number of sides.
    step = 2 + 2 * sides.bit_length() * places * width / 10_000
    work = sides * kept * step if kept > 1 else sides * (1 + width / 200)
    return 20 + too_large(int(places), int(width)) + work + places * (0.3 + width / 1_000)
