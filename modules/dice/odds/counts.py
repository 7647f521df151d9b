"""Distributions as integer counts over one denominator.

Sums are products of polynomials. A polynomial is held as one big integer with fixed-width digits, so that a whole
product is one multiplication at the speed of the interpreter's own long arithmetic.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import FRACTION_STEPS, VALUE_STEPS, OddsBudget, product_cost
from modules.dice.rolling.arithmetic import whole

SPARSE_FACTOR = 64
"""A polynomial with more than this many empty places for each term is multiplied term by term instead."""
PAIR = 2.5
"""How many functions of one value a function of two costs, and adding up what comes to the same."""
LONG_BITS = 50_000
"""The longest number that is multiplied at once, in about a millisecond: meanwhile no other thread runs."""


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
        return cls(outcomes, [found[value] for value in outcomes], denominator)

    @classmethod
    def point(cls, value: Value) -> "Counts":
        """One value that always comes up."""
        return cls((value,), (1,), 1)

    def __len__(self) -> int:
        return len(self.outcomes)

    def items(self) -> Iterable[tuple[Value, int]]:
        """Values with their counts."""
        return zip(self.outcomes, self.counts, strict=True)

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
        return Counts([whole(value + by) for value in self.outcomes], self.counts, self.denominator)

    def negated(self) -> "Counts":
        """With the sign of every value turned."""
        outcomes, counts = self.outcomes, self.counts[::-1]
        if isinstance(outcomes, range):
            return Counts(range(1 - outcomes.stop, 1 - outcomes.start), counts, self.denominator)
        return Counts([-value for value in reversed(outcomes)], counts, self.denominator)

    def mapped(self, function: Callable[[Value], Value]) -> "Counts":
        """The distribution of a function of the value."""
        found: dict[Value, int] = {}
        for value, count in self.items():
            result = function(value)
            found[result] = found.get(result, 0) + count
        return Counts.of(found, self.denominator)


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


def pack(terms: Iterable[tuple[int, int]], width: int) -> int:
    """A polynomial as one integer.

    Args:
        terms: Exponents, not negative, and coefficients that fit into `width`.
        width: Bytes of one digit.
    """
    found = dict(terms)
    digits = bytearray((max(found, default=-1) + 1) * width)
    for exponent, coefficient in found.items():
        digits[exponent * width : (exponent + 1) * width] = coefficient.to_bytes(width, "little")
    return int.from_bytes(digits, "little")


def unpack(packed: int, width: int) -> list[int]:
    """The coefficients of a packed polynomial, lowest exponent first."""
    size = -(-packed.bit_length() // (8 * width)) * width
    digits, number = packed.to_bytes(size, "little"), int.from_bytes
    return [number(digits[place : place + width], "little") for place in range(0, size, width)]


def width_of(largest: int) -> int:
    """Bytes of a digit that holds numbers up to `largest`."""
    return largest.bit_length() // 8 + 1


def multiplied(one: int, other: int) -> int:
    """A product; of long numbers by Karatsuba's method, in steps between which other threads run."""
    long, short = max(one, other), min(one, other)
    if long.bit_length() <= LONG_BITS or not short:
        return one * other
    half = long.bit_length() // 2
    mask = (1 << half) - 1
    low, high = long & mask, long >> half
    if short <= mask:
        return multiplied(low, short) + (multiplied(high, short) << half)
    both = low + high
    # A number times the same object is a square, which the interpreter does in less time.
    short_low, short_high = (low, high) if one is other else (short & mask, short >> half)
    below, above = multiplied(low, short_low), multiplied(high, short_high)
    across = multiplied(both, both if one is other else short_low + short_high) - below - above
    return (above << 2 * half) + (across << half) + below


def powered(base: int, number: int) -> int:
    """A power with an exponent of at least 1, in such steps."""
    found = base
    for bit in bin(number)[3:]:
        found = multiplied(found, found)
        if bit == "1":
            found = multiplied(found, base)
    return found


def from_packed(packed: int, width: int, low: Value, stride: Value, denominator: int) -> Counts:
    """The distribution that a packed polynomial stands for: exponent e is the value `low + e * stride`."""
    counts = unpack(packed, width)
    if stride == 1 and isinstance(low, int) and 0 not in counts:
        return Counts(range(low, low + len(counts)), counts, denominator)
    found = [(whole(low + place * stride), count) for place, count in enumerate(counts) if count]
    return Counts([value for value, _ in found], [count for _, count in found], denominator)


def stride_of(values: Iterable[Value], low: Value) -> Value:
    """The largest step that leads from `low` to each of these values; 1 where there is no other value."""
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
    places = int((left.outcomes[-1] + right.outcomes[-1] - low) / stride) + 1
    if places > SPARSE_FACTOR * (len(left) + len(right)):
        return _term_by_term(left, right, budget)
    width = width_of(denominator)
    budget.multiply(places, width)
    product = multiplied(_packed(left, stride, width), _packed(right, stride, width))
    return from_packed(product, width, whole(low), stride, denominator)


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
    zero = left.outcomes[0] * 0
    apart = [value - part.outcomes[0] for part in (left, right) for value in part.outcomes]
    return stride_of(apart, zero)


def _packed(part: Counts, stride: Value, width: int) -> int:
    low = part.outcomes[0]
    if stride == 1 and isinstance(part.outcomes, range):
        return int.from_bytes(b"".join([count.to_bytes(width, "little") for count in part.counts]), "little")
    return pack(((int((value - low) / stride), count) for value, count in part.items()), width)


def _term_by_term(left: Counts, right: Counts, budget: OddsBudget) -> Counts:
    return combined(left, right, lambda one, other: whole(one + other), budget)


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


def times(part: Counts, number: int, budget: OddsBudget) -> Counts:
    """The sum of so many independent values of one distribution."""
    if number == 1:
        return part
    if number == 0:
        return Counts.point(0)
    low = part.outcomes[0]
    stride = stride_of(part.outcomes, low)
    span = int((part.outcomes[-1] - low) / stride)
    if span > SPARSE_FACTOR * len(part):
        half = times(part, number // 2, budget)
        doubled = summed(half, half, budget)
        return summed(doubled, part, budget) if number % 2 else doubled
    bits = part.denominator.bit_length()
    budget.charge_dice(lambda count: product_cost(count * span + 1, count * bits // 8 + 1), number)
    denominator = part.denominator**number
    width = width_of(denominator)
    return from_packed(powered(_packed(part, stride, width), number), width, whole(low * number), stride, denominator)
