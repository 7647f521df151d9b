"""Distributions as integer counts over one denominator. Sums are products of polynomials."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import compress
from math import gcd, lcm, prod

from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import FRACTION_STEPS, VALUE_STEPS, OddsBudget, product_cost
from modules.dice.odds.packed import joined, multiplied, parted, powered, width_of
from modules.dice.rolling.arithmetic import whole

SPARSE_FACTOR = 64
"""A polynomial with more than this many empty places for each term is multiplied term by term instead."""
PAIR = 2.5
"""How many functions of one value a function of two costs, and adding up what comes to the same."""


class Counts:
    """How often each value comes up.

    Args:
        outcomes: The values, ascending.
        counts: How often each comes up; positive.
        denominator: What the counts are divided by. It is more than their sum where a tail was cut off.
    """

    __slots__ = ("counts", "denominator", "outcomes")

    def __init__(self, outcomes: Sequence[Value], counts: Sequence[int], denominator: int) -> None:
        self.outcomes = outcomes
        self.counts = counts
        self.denominator = denominator

    @classmethod
    def of(cls, found: Mapping[Value, int], denominator: int) -> "Counts":
        """From a mapping in any order; values that never come up are left out."""
        outcomes = sorted([value for value, count in found.items() if count])
        return cls(ordered(outcomes), [found[value] for value in outcomes], denominator)

    @classmethod
    def point(cls, value: Value) -> "Counts":
        """One value that always comes up."""
        return cls(ordered([value]), (1,), 1)

    def __len__(self) -> int:
        return len(self.outcomes)

    def items(self) -> Iterable[tuple[Value, int]]:
        """Values with their counts."""
        return zip(self.outcomes, self.counts, strict=True)

    def where(self, chosen: Sequence[bool]) -> "Counts":
        """Those values that are chosen, over the same denominator."""
        outcomes, counts = compress(self.outcomes, chosen), compress(self.counts, chosen)
        return Counts(ordered(list(outcomes)), list(counts), self.denominator)

    @property
    def steps(self) -> float:
        """What a function of each value costs, in steps."""
        has_fractions = not isinstance(self.outcomes, range) and Fraction in set(map(type, self.outcomes))
        return len(self) * (FRACTION_STEPS if has_fractions else VALUE_STEPS)

    def shifted(self, by: Value) -> "Counts":
        """With the same number added to every value."""
        if not by:
            return self
        if isinstance(self.outcomes, range) and isinstance(by, int):
            moved = range(self.outcomes.start + by, self.outcomes.stop + by)
            return Counts(moved, self.counts, self.denominator)
        return Counts(ordered([whole(value + by) for value in self.outcomes]), self.counts, self.denominator)

    def negated(self) -> "Counts":
        """With the sign of every value turned."""
        outcomes, counts = self.outcomes, self.counts[::-1]
        if isinstance(outcomes, range):
            return Counts(range(1 - outcomes.stop, 1 - outcomes.start), counts, self.denominator)
        return Counts(tuple([-value for value in reversed(outcomes)]), counts, self.denominator)

    def mapped(self, function: Callable[[Value], Value]) -> "Counts":
        """The distribution of a function of the value."""
        found: dict[Value, int] = {}
        for value, count in self.items():
            result = function(value)
            found[result] = found.get(result, 0) + count
        return Counts.of(found, self.denominator)


def ordered(values: list[Value]) -> Sequence[Value]:
    """Ascending values as they are kept: whole numbers without a gap as a range, into which a million fit."""
    if values and values[-1] - values[0] == len(values) - 1 and set(map(type, values)) == {int}:
        return range(int(values[0]), int(values[-1]) + 1)
    return tuple(values)


def mixed(parts: Sequence[tuple[int, Counts]], denominator: int) -> Counts:
    """One of several distributions, each chosen as often as its weight says.

    Args:
        parts: Weights and distributions.
        denominator: What the weights are divided by.
    """
    common = lcm(*[part.denominator for _, part in parts])
    found: dict[Value, int] = {}
    for weight, part in parts:
        factor = weight * (common // part.denominator)
        for value, count in part.items():
            found[value] = found.get(value, 0) + factor * count
    return reduced(Counts.of(found, common * denominator))


def reduced(counts: Counts) -> Counts:
    """The same probabilities with the smallest denominator."""
    common = gcd(counts.denominator, *counts.counts)
    if common <= 1:
        return counts
    return Counts(counts.outcomes, [count // common for count in counts.counts], counts.denominator // common)


def pack(part: Counts, low: Value, stride: Value, width: int, factor: int = 1) -> int:
    """A distribution as a packed polynomial: exponent e is the value `low + e * stride`.

    Args:
        part: Its values are at least `low`.
        low: The value of exponent 0.
        stride: How far neighbouring exponents are apart.
        width: Bytes of one digit, as `width_of` gives them.
        factor: What the counts are multiplied by; the products fit into a digit.
    """
    first = (part.outcomes[0] - low) // stride
    digits = [count * factor for count in part.counts] if factor != 1 else part.counts
    if stride != 1 or not isinstance(part.outcomes, range):
        places = [(value - low) // stride - first for value in part.outcomes]
        spread = [0] * (places[-1] + 1)
        for place, count in zip(places, digits, strict=True):
            spread[place] = count
        digits = spread
    return joined(digits, width) << 8 * width * first


def from_packed(packed: int, width: int, low: Value, stride: Value, denominator: int) -> Counts:
    """The distribution that a packed polynomial stands for: exponent e is the value `low + e * stride`."""
    counts = parted(packed, width)
    if stride == 1 and isinstance(low, int) and 0 not in counts:
        return Counts(range(low, low + len(counts)), counts, denominator)
    found = [(whole(low + place * stride), count) for place, count in enumerate(counts) if count]
    return Counts(ordered([value for value, _ in found]), [count for _, count in found], denominator)


def stride_of(values: Iterable[Value], low: Value) -> Value:
    """The largest step that leads from `low` to each of these values; 1 where there is no other value."""
    if isinstance(values, range):
        return 1
    apart = [value - low for value in values]
    common = lcm(*[value.denominator for value in apart])
    if common == 1:
        return gcd(*[value.numerator for value in apart]) or 1
    return whole(Fraction(gcd(*[int(value * common) for value in apart]) or 1, common))


def summed(left: Counts, right: Counts, budget: OddsBudget) -> Counts:
    """The sum of two independent values."""
    if len(left) == 1 or len(right) == 1:
        many, one = (left, right) if len(right) == 1 else (right, left)
        budget.charge(max(many.steps, len(many) * one.steps))
        return _scaled(many, one)
    low, denominator = left.outcomes[0] + right.outcomes[0], left.denominator * right.denominator
    stride = _common_stride(left, right)
    places = (left.outcomes[-1] + right.outcomes[-1] - low) // stride + 1
    if places > SPARSE_FACTOR * (len(left) + len(right)):
        return combined(left, right, lambda one, other: whole(one + other), budget)
    width = width_of(denominator)
    budget.multiply(places, width)
    factors = [pack(part, part.outcomes[0], stride, width) for part in (left, right)]
    return from_packed(multiplied(*factors), width, whole(low), stride, denominator)


def _scaled(many: Counts, one: Counts) -> Counts:
    """A sum of which one part has one value."""
    moved = many.shifted(one.outcomes[0])
    if one.denominator == one.counts[0] == 1:
        return moved
    return Counts(
        moved.outcomes, [count * one.counts[0] for count in moved.counts], moved.denominator * one.denominator
    )


def _common_stride(left: Counts, right: Counts) -> Value:
    if isinstance(left.outcomes, range) and isinstance(right.outcomes, range):
        return 1
    return stride_of([value - part.outcomes[0] for part in (left, right) for value in part.outcomes], 0)


def combined(left: Counts, right: Counts, function: Callable[[Value, Value], Value], budget: OddsBudget) -> Counts:
    """The distribution of a function of two independent values."""
    budget.charge(PAIR * max(len(left) * right.steps, len(right) * left.steps))
    found: dict[Value, int] = {}
    for one, weight in left.items():
        for other, count in right.items():
            result = function(one, other)
            found[result] = found.get(result, 0) + weight * count
    return Counts.of(found, left.denominator * right.denominator)


def compared(left: Counts, right: Counts) -> tuple[int, int, int]:
    """In how many ways one value is less than, the same as and more than an independent other."""
    if len(right) == 1:
        return _compared_with(left, right.outcomes[0], right.counts[0])
    less = same = below = 0
    remaining = iter(left.items())
    next_value, often = next(remaining)
    for value, count in right.items():
        while often and next_value < value:
            below += often
            next_value, often = next(remaining, (value, 0))
        less += count * below
        if next_value == value:
            same += count * often
    return less, same, sum(left.counts) * sum(right.counts) - less - same


def _compared_with(left: Counts, value: Value, often: int) -> tuple[int, int, int]:
    first, last = bisect_left(left.outcomes, value), bisect_right(left.outcomes, value)
    below, equal, above = (sum(counts) for counts in (left.counts[:first], left.counts[first:last], left.counts[last:]))
    return below * often, equal * often, above * often


def extreme(members: Sequence[tuple[Counts, int]], budget: OddsBudget, *, highest: bool) -> Counts:
    """The highest or lowest of independent values: the chance to stay on one side of each is a product.

    Args:
        members: Distributions, each with how many of the values are distributed so.
        budget: Pays for the work.
        highest: Whether it is the highest.
    """
    budget.charge(sum([member.steps for member, _ in members]))
    values = sorted({value for member, _ in members for value in member.outcomes}, reverse=not highest)
    budget.charge(len(values) * len(members))
    weights, reached = [dict(member.items()) for member, _ in members], [0] * len(members)
    before, found = 0, dict[Value, int]()
    for value in values:
        chance = 1
        for place, (_, number) in enumerate(members):
            reached[place] += weights[place].get(value, 0)
            chance *= reached[place] ** number
        found[value] = chance - before
        before = chance
    return Counts.of(found, prod([member.denominator**number for member, number in members]))


def times(part: Counts, number: int, budget: OddsBudget) -> Counts:
    """The sum of so many independent values of one distribution."""
    if number == 1:
        return part
    if number == 0:
        return Counts.point(0)
    low = part.outcomes[0]
    stride = stride_of(part.outcomes, low)
    span = (part.outcomes[-1] - low) // stride
    if span > SPARSE_FACTOR * len(part):
        half = times(part, number // 2, budget)
        doubled = summed(half, half, budget)
        return summed(doubled, part, budget) if number % 2 else doubled
    bits = part.denominator.bit_length()
    budget.charge_dice(lambda count: product_cost(count * span + 1, count * bits // 8 + 1), number)
    denominator = part.denominator**number
    width = width_of(denominator)
    power = powered(pack(part, low, stride, width), number)
    return from_packed(power, width, whole(low * number), stride, denominator)
