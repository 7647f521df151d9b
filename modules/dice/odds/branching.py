"""What one die comes to: a die of a given value, followed through every operator that looks at it alone.

Worked out backwards. After the last operator a die contributes its value, or what it scores; before an operator it
contributes what the operator makes of it. The dice that an operator adds contribute in the same way, so a chain of
explosions is a geometric series of distributions.
"""

from collections.abc import Callable
from functools import cached_property
from math import ceil, lcm, log

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts, mixed, reduced, summed
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Matcher, matcher

CHAIN_CUT = 1e-14
"""The chance of a chain of extra dice that is too long to be followed.

A hundred such dice together stay below 1e-12; more of them are too dear.
"""
ADDING = frozenset({"!", "!o", "!p", "i"})
"""Operators by which a die brings others with it."""
CHANGING = frozenset({"r", "ro", "mi", "ma", "!!", "!!p"})
"""Operators that leave a die alone, with another value."""
CONDITIONAL = frozenset({"k", "p"})
"""Operators that keep or drop a die for what it shows."""
PENETRATING = frozenset({"!p", "!!p"})
LOWEST = frozenset({"r", "ro", "ra", "i"})

Operators = tuple[Operator, ...]
Contribution = Callable[[Value], Counts]


def base_of(kind: Kind) -> Counts:
    """One throw of a die."""
    if not kind.ends:
        return Counts(range(1, kind.sides + 1), [1] * kind.sides, kind.sides)
    found: dict[Value, int] = {}
    before = 0
    for end, value in zip(kind.ends, kind.values, strict=True):
        found[value] = found.get(value, 0) + end - before
        before = end
    return Counts.of(found, kind.sides)


def default_of(name: str, kind: Kind) -> int:
    """The face an operator means where none is written."""
    return kind.lowest if name in LOWEST else kind.highest


def split(part: Counts, matches: Matcher) -> tuple[Counts, Counts]:
    """The values that match and those that do not, both over the old denominator."""
    hits = {value: count for value, count in part.items() if matches(value)}
    rest = {value: count for value, count in part.items() if value not in hits}
    return Counts.of(hits, part.denominator), Counts.of(rest, part.denominator)


class Branching:
    """What dice of one kind contribute, through operators that look at each die alone.

    Args:
        kind: The kind, which extra dice and rerolls are of.
        families: The operators in the order in which they act, those of one family together.
        worth: What a die of a value adds to the total after all of them.
        budget: Pays for the work.
    """

    def __init__(
        self, kind: Kind, families: list[Operators], worth: Callable[[Value], Value], budget: OddsBudget
    ) -> None:
        self._kind = kind
        self._families = families
        self._worth = worth
        self._base = base_of(kind)
        self._budget = budget
        budget.charge(len(self._base) * len(families))

    @cached_property
    def contribution(self) -> Contribution:
        """What a die of a value contributes."""
        worth = self._worth
        after: Contribution = lambda value: Counts.point(worth(value))  # noqa: E731 - the innermost of a chain
        for family in reversed(self._families):
            after = self._before(family, after)
        return after

    def of(self, part: Counts) -> Counts:
        """What a die contributes whose value is distributed so."""
        self._budget.charge(len(part))
        if all(family[0].name in CHANGING for family in self._families):
            # One die stays one die: its distribution can be followed forwards.
            for family in self._families:
                part = changed(part, changes(self._kind, family, self._budget), self._budget)
            return reduced(part.mapped(self._worth))
        found = [(count, self.contribution(value)) for value, count in part.items()]
        self._budget.charge(sum([len(inner) for _, inner in found]))
        return mixed(found, part.denominator)

    def _before(self, family: Operators, after: Contribution) -> Contribution:
        """What a die contributes before these operators, given what it does after them."""
        name = family[0].name
        matches = matcher(family, default_of(name, self._kind))
        return remembered(self._made(name, family, matches, after))

    def _made(self, name: str, family: Operators, matches: Matcher, after: Contribution) -> Contribution:
        if name in CONDITIONAL:
            nothing = Counts.point(0)
            return lambda value: after(value) if matches(value) == (name == "k") else nothing
        if name in ADDING:
            extra = self._extra(name, matches, after)
            return lambda value: summed(after(value), extra(), self._budget) if matches(value) else after(value)
        change = changes(self._kind, family, self._budget)
        return lambda value: _through(change(value), after)

    def _extra(self, name: str, matches: Matcher, after: Contribution) -> Callable[[], Counts]:
        """What the dice together contribute that a match adds."""
        if name in {"!o", "i"}:
            sign = -1 if name == "i" else 1
            found = [(count, after(sign * value)) for value, count in self._base.items()]
            made = mixed(found, self._base.denominator)
        else:
            less = 1 if name in PENETRATING else 0
            made = chain_of(self._base, matches, lambda value: after(value - less), self._budget)
        return lambda: made


def changed(part: Counts, change: Contribution, budget: OddsBudget) -> Counts:
    """The distribution of a value after a change."""
    found = [(count, change(value)) for value, count in part.items()]
    budget.charge(sum([len(inner) for _, inner in found]))
    return mixed(found, part.denominator)


def remembered(function: Contribution) -> Contribution:
    """The same function, worked out once for each value."""
    known: dict[Value, Counts] = {}

    def found(value: Value) -> Counts:
        if value not in known:
            known[value] = function(value)
        return known[value]

    return found


def _through(change: Counts, after: Contribution) -> Counts:
    if len(change) == 1:
        return after(change.outcomes[0])
    return mixed([(count, after(value)) for value, count in change.items()], change.denominator)


def changes(kind: Kind, family: Operators, budget: OddsBudget) -> Contribution:
    """What becomes of the value of a die by an operator that leaves it one die."""
    name = family[0].name
    if name in {"mi", "ma"}:
        better = max if name == "mi" else min
        bound = better(operator.number or 0 for operator in family)
        return lambda value: Counts.point(better(value, bound))
    matches = matcher(family, default_of(name, kind))
    base = base_of(kind)
    if name == "ro":
        return lambda value: base if matches(value) else Counts.point(value)
    if name == "r":
        # However often it is rerolled, in the end it shows one of the other faces, as likely as they ever were.
        _, rest = split(base, matches)
        again = Counts(rest.outcomes, rest.counts, sum(rest.counts))
        return lambda value: again if matches(value) else Counts.point(value)
    less = 1 if name in PENETRATING else 0
    chain = chain_of(base, matches, lambda value: Counts.point(value - less), budget)
    return lambda value: chain.shifted(value) if matches(value) else Counts.point(value)


def chain_of(base: Counts, matches: Matcher, worth: Contribution, budget: OddsBudget) -> Counts:
    """The sum of a chain of throws that goes on while a throw matches, the last one included.

    Where a throw matches with probability q, a chain longer than `log(CHAIN_CUT) / log(q)` is not followed.
    """
    hits, rest = split(base, matches)
    if not hits:
        return mixed([(count, worth(value)) for value, count in rest.items()], base.denominator)
    chance = sum(hits.counts) / base.denominator
    depth = max(1, ceil(log(CHAIN_CUT) / log(chance))) if chance < 1 else 10**9
    last = mixed([(count, worth(value)) for value, count in rest.items()], base.denominator)
    more = mixed([(count, worth(value)) for value, count in hits.items()], base.denominator)
    budget.charge(depth * (depth * len(more) + len(last)) / 4)
    if len(more) == 1:
        return _repeated(last, more, depth)
    whole = last
    for _ in range(depth - 1):
        whole = _added(last, summed(more, whole, budget))
    return whole


def _repeated(last: Counts, more: Counts, depth: int) -> Counts:
    """A chain whose throws but the last are all worth the same: up to so many throws in all."""
    (step,), (hits,), whole = more.outcomes, more.counts, more.denominator
    found: dict[Value, int] = {}
    for length in range(depth):
        factor = hits**length * whole ** (depth - 1 - length)
        for value, count in last.shifted(length * step).items():
            found[value] = found.get(value, 0) + count * factor
    return Counts.of(found, last.denominator * whole ** (depth - 1))


def _added(one: Counts, other: Counts) -> Counts:
    """Two parts of one distribution put together."""
    common = lcm(one.denominator, other.denominator)
    found: dict[Value, int] = {}
    for part in (one, other):
        factor = common // part.denominator
        for value, count in part.items():
            found[value] = found.get(value, 0) + factor * count
    return Counts.of(found, common)
