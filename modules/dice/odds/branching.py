"""What one die comes to: a die of a given value, followed through every operator that looks at it alone.

Worked out backwards. After the last operator a die contributes its value, or what it scores; before an operator it
contributes what the operator makes of it. The dice that an operator adds contribute in the same way, so a chain of
explosions is a geometric series of distributions.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from math import ceil, lcm, log
from operator import not_

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts, mixed, reduced, summed
from modules.dice.odds.scoring import Scoring
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Matcher, matches_of

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

Operators = tuple[Operator, ...]
Contribution = Callable[[Value], Counts]
Change = tuple[Matcher, Contribution]
"""Which values change, and what becomes of one that does."""


def base_of(kind: Kind) -> Counts:
    """One throw of a die."""
    if not kind.ends:
        return Counts(range(1, kind.sides + 1), [1] * kind.sides, kind.sides)
    return by_faces(kind, kind.values)


def by_faces(kind: Kind, values: Iterable[Value]) -> Counts:
    """One throw of a die that is worth one of these values for each of its distinct faces."""
    found: dict[Value, int] = {}
    before = 0
    for end, value in zip(kind.ends, values, strict=True):
        found[value] = found.get(value, 0) + end - before
        before = end
    return Counts.of(found, kind.sides)


def split(part: Counts, matches: Matcher) -> tuple[Counts, Counts]:
    """The values that match and those that do not, both over the old denominator."""
    chosen = list(map(matches, part.outcomes))
    return part.where(chosen), part.where(list(map(not_, chosen)))


class Branching:
    """What dice of one kind contribute, through operators that look at each die alone.

    Args:
        kind: The kind, which extra dice and rerolls are of.
        families: The operators in the order in which they act, those of one family together.
        scoring: What a die of a value adds to the total after all of them.
        budget: Pays for the work.
    """

    def __init__(self, kind: Kind, families: list[Operators], scoring: Scoring, budget: OddsBudget) -> None:
        self._kind = kind
        self._families = families
        self._scoring = scoring
        self._budget = budget
        budget.charge((len(kind.values) or kind.sides) * len(families))

    @cached_property
    def contribution(self) -> Contribution:
        """What a die of a value contributes."""
        worth = self._scoring.worth
        after: Contribution = lambda value: Counts.point(worth(value))  # noqa: E731 - the innermost of a chain
        for family in reversed(self._families):
            after = self._before(family, after)
        return after

    def of(self, part: Counts) -> Counts:
        """What a die contributes whose value is distributed so."""
        self._budget.charge(len(part))
        if ADDING.isdisjoint([family[0].name for family in self._families]):
            return self._forwards(part)
        found = [(count, self.contribution(value)) for value, count in part.items()]
        self._budget.charge(sum([len(inner) for _, inner in found]))
        return mixed(found, part.denominator)

    def _forwards(self, part: Counts) -> Counts:
        """The same where one die stays one die: its distribution can be followed."""
        dropped: list[tuple[int, Counts]] = []
        for family in self._families:
            name = family[0].name
            if name in CONDITIONAL:
                hits, rest = split(part, matches_of(family, self._kind))
                part, gone = (hits, rest) if name == "k" else (rest, hits)
                dropped.append((1, Counts((0,), (sum(gone.counts),), gone.denominator)))
            else:
                part = changed(part, change_of(self._kind, family, self._budget), self._budget)
        if self._scoring.counts:
            part = part.mapped(self._scoring.worth)
        return mixed([(1, part), *dropped], 1) if dropped else reduced(part)

    def _before(self, family: Operators, after: Contribution) -> Contribution:
        """What a die contributes before these operators, given what it does after them."""
        name = family[0].name
        return remembered(self._made(name, family, matches_of(family, self._kind), after))

    def _made(self, name: str, family: Operators, matches: Matcher, after: Contribution) -> Contribution:
        if name in CONDITIONAL:
            nothing = Counts.point(0)
            return lambda value: after(value) if matches(value) == (name == "k") else nothing
        if name in ADDING:
            extra = self._extra(name, matches, after)
            return lambda value: summed(after(value), extra(), self._budget) if matches(value) else after(value)
        changing, become = change_of(self._kind, family, self._budget)
        return lambda value: _through(become(value), after) if changing(value) else after(value)

    def _extra(self, name: str, matches: Matcher, after: Contribution) -> Callable[[], Counts]:
        """What the dice together contribute that a match adds."""
        base = base_of(self._kind)
        if name in {"!o", "i"}:
            sign = -1 if name == "i" else 1
            found = [(count, after(sign * value)) for value, count in base.items()]
            made = mixed(found, base.denominator)
        else:
            less = 1 if name in PENETRATING else 0
            made = chain_of(base, matches, lambda value: after(value - less), self._budget)
        return lambda: made


def changed(part: Counts, change: Change, budget: OddsBudget) -> Counts:
    """The distribution of a value after a change."""
    matches, become = change
    same: dict[Value, int] = {}
    parts: list[tuple[int, Counts]] = []
    for value, count in part.items():
        if not matches(value):
            same[value] = count
            continue
        made = become(value)
        # A reroll makes the same of all that it changes.
        before = parts.pop()[0] if parts and parts[-1][1] is made else 0
        parts.append((before + count, made))
    parts.append((1, Counts(tuple(same), tuple(same.values()), 1)))
    budget.charge(sum([len(made.outcomes) for _, made in parts]))
    return mixed(parts, part.denominator)


def remembered(function: Contribution) -> Contribution:
    """The same function, worked out once for each value."""
    known: dict[Value, Counts] = {}

    def found(value: Value) -> Counts:
        if value not in known:
            known[value] = function(value)
        return known[value]

    return found


def _through(made: Counts, after: Contribution) -> Counts:
    return mixed([(count, after(value)) for value, count in made.items()], made.denominator)


def change_of(kind: Kind, family: Operators, budget: OddsBudget) -> Change:
    """What an operator does to the value of a die that it leaves one die."""
    name = family[0].name
    if name in {"mi", "ma"}:
        numbers = [operator.number or 0 for operator in family]
        bound = max(numbers) if name == "mi" else min(numbers)
        made = Counts.point(bound)
        return (lambda value: value < bound) if name == "mi" else (lambda value: value > bound), lambda _: made
    matches, base = matches_of(family, kind), base_of(kind)
    if name == "ro":
        return matches, lambda _: base
    if name == "r":
        # However often it is rerolled, in the end it shows one of the other faces, as likely as they ever were.
        _, rest = split(base, matches)
        again = Counts(rest.outcomes, rest.counts, sum(rest.counts))
        return matches, lambda _: again
    less = 1 if name in PENETRATING else 0
    return matches, chain_of(base, matches, lambda value: Counts.point(value - less), budget).shifted


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
