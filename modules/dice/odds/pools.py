"""Pools, sets and digit dice: from what was written to the distribution of their totals."""

from dataclasses import replace
from itertools import product
from math import prod

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Digits, Members, Pool, Value
from modules.dice.notation.syntax import Group as Parentheses
from modules.dice.odds.branching import base_of
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts, extreme, summed
from modules.dice.odds.dice_total import acting, alike_total, dice_total, spread_total
from modules.dice.odds.enumerated import enumerated
from modules.dice.odds.ranked import RANKED
from modules.dice.odds.scoring import Scoring
from modules.dice.odds.spread import Configuration, Group, NotSpreadError, Spread, spread
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.sets import MEMBER
from modules.dice.rolling.validation import ENDLESS, check_pool

FOREVER = ENDLESS | {"u"}
"""Operators that may throw without end, so that not every sequence can be gone through."""


def pool_total(pool: Pool, kind: Kind, count: int, budget: OddsBudget) -> Counts:
    """The total of a pool whose dice are known.

    Raises:
        LimitError: It is too much work.
        NotationError: Its dice cannot do what is asked.
    """
    check_pool(pool, kind, count)
    budget.span = pool.span
    if not pool.tags and not kind.plot and count:
        found = alike_total(kind, count, pool.operators, budget, pool.span)
        if found is not None:
            return found
    groups = groups_of(pool, kind, count, budget)
    try:
        return dice_total(kind, groups, pool.operators, budget)
    except NotSpreadError:
        # The number and the sides that were rolled stand in for what they were rolled with.
        sides = kind.sides if isinstance(pool.sides, Parentheses) else pool.sides
        thrown = replace(pool, count=count, sides=sides)
        return _enumerated(thrown, pool.operators, [(sum(map(_dice_of, pool.tags)) + count, kind.sides)], budget)


def _dice_of(tag: str) -> int:
    return tag != "p"


def groups_of(pool: Pool, kind: Kind, count: int, budget: OddsBudget) -> list[Group]:
    """The dice of a pool as thrown: tagged dice show the better or the worse of two throws, plot dice are aside."""
    if kind.plot:
        return []
    budget.charge(kind.sides if kind.ends or count else 0)
    base = base_of(kind)
    plain = Group(base, count - len(pool.tags))
    tagged = [(pool.tags.count("a"), True), (pool.tags.count("d"), False)]
    better = [Group(extreme([(base, 2)], budget, highest=highest), number) for number, highest in tagged if number]
    return [plain, *better]


def _enumerated(
    node: Pool | Members, operators: tuple[Operator, ...], dice: list[tuple[int, int]], budget: OddsBudget
) -> Counts:
    if any(operator.name in FOREVER for operator in operators):
        raise LimitError("odds_operators", span=node.span)
    return enumerated(Compiler(Limits()).compile(node), dice, budget, node.span)


def digits_total(node: Digits, budget: OddsBudget) -> Counts:
    """Digit dice: one digit after another."""
    budget.span = node.span
    budget.outcomes(node.sides**node.places)
    budget.charge(node.sides**node.places / 3)
    numbers = [0]
    for _ in range(node.places):
        numbers = [10 * number + digit for number in numbers for digit in range(1, node.sides + 1)]
    return Counts(tuple(numbers), [1] * len(numbers), len(numbers))


def set_total(node: Members, members: list[Counts], budget: OddsBudget) -> Counts:
    """The total of a set whose members' totals are known and independent.

    Raises:
        LimitError: It is too much work.
    """
    budget.span = node.span
    acts = [operator for operator in node.operators if operator.name not in {"s", "sd", "cs", "cf", "b"}]
    if not acts:
        whole = members[0]
        for member in members[1:]:
            whole = summed(whole, member, budget)
        return whole
    if len(acts) == 1 and acts[0].number == 1 and acts[0].name in {"kh", "kl"}:
        return extreme([(member, 1) for member in members], budget, highest=acts[0].name == "kh")
    groups: list[Group] = []
    for member in members:
        alike = next((group for group in groups if _same(group.part, member)), None)
        if alike:
            alike.count += 1
        else:
            groups.append(Group(member, 1))
    try:
        return dice_total(MEMBER, groups, node.operators, budget)
    except NotSpreadError:
        raise LimitError("odds_operators", span=node.span) from None


def _same(one: Counts, other: Counts) -> bool:
    return one is other or [*one.items(), one.denominator] == [*other.items(), other.denominator]


SignedPool = tuple[int, Pool, Kind, int]
"""A pool in the sum that a set of one member is: its sign, the pool, its kind, how many dice."""


def merged_total(node: Members, pools: list[SignedPool], fixed: Value, bonus: Value, budget: OddsBudget) -> Counts:
    """The total of a set of one member, which acts on the dice of all its pools together.

    Args:
        node: The set.
        pools: Its pools.
        fixed: What its numbers come to.
        bonus: What plot dice give to its pools.
        budget: Pays for the work.

    Raises:
        LimitError: It is too much work.
    """
    budget.span = node.span
    scoring = Scoring(node.operators, MEMBER)
    # Each die is tested with what is added to all of them.
    tested, rest = (fixed + bonus, 0) if scoring.counts else (0, fixed + bonus)
    try:
        start = [Configuration(1, [], 1)]
        for sign, pool, kind, count in pools:
            start = _joined(start, _moved(_own(pool, kind, count, budget), sign, tested), budget)
        return spread_total(MEMBER, start, acting(node.operators), scoring, budget).shifted(rest)
    except NotSpreadError:
        # What is tested with the bonus of plot dice cannot be rolled without them.
        if bonus and scoring.counts:
            raise LimitError("odds_operators", span=node.span) from None
        return _merged_enumerated(node, pools, budget).shifted(bonus)


def _merged_enumerated(node: Members, pools: list[SignedPool], budget: OddsBudget) -> Counts:
    operators = (*node.operators, *(operator for _, pool, _, _ in pools for operator in pool.operators))
    rolled = any(isinstance(part, Parentheses) for _, pool, _, _ in pools for part in (pool.count, pool.sides))
    if rolled:
        raise LimitError("odds_operators", span=node.span)
    dice = [(count + sum(map(_dice_of, pool.tags)), kind.sides) for _, pool, kind, count in pools]
    return _enumerated(node, operators, dice, budget)


def _own(pool: Pool, kind: Kind, count: int, budget: OddsBudget) -> Spread:
    """The dice of a pool after its own operators."""
    check_pool(pool, kind, count)
    families = acting(pool.operators)
    if any(operator.name in RANKED for family in families for operator in family):
        raise NotSpreadError
    groups = [group for group in groups_of(pool, kind, count, budget) if group.count]
    denominator = prod([group.part.denominator**group.count for group in groups])
    return spread(kind, [Configuration(1, groups, denominator)], families, budget)


def _moved(found: Spread, sign: int, added: Value) -> Spread:
    for configuration in found:
        for group in configuration.groups:
            group.part = group.part.mapped(lambda value: sign * value + added)
    return found


def _joined(one: Spread, other: Spread, budget: OddsBudget) -> Spread:
    budget.charge(len(one) * len(other) * 5)
    return [
        Configuration(left.ways * right.ways, [*left.groups, *right.groups], left.denominator * right.denominator)
        for left, right in product(one, other)
    ]
