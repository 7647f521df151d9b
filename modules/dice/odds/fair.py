"""Closed forms for dice numbered from 1, all faces equally likely."""

from itertools import islice
from math import comb

from modules.dice.odds.counts import Counts, from_packed
from modules.dice.odds.packed import width_of

SHORT = 1 << 512
"""Below this, one multiplication takes less time than doubling."""


def fair_sum(count: int, sides: int) -> Counts:
    """The sum of `count` dice, at least one, of `sides` sides.

    With P = ((1 - x^s) / (1 - x))^n, comparing coefficients in (1 - x)(1 - x^s) P' = P * (a polynomial of degree s)
    gives each coefficient from three earlier ones; the other half follows by symmetry.
    """
    last = count * (sides - 1)
    if count == 1 or sides == 1:
        return Counts(range(count, count + last + 1), [1] * (last + 1), sides**count)
    term, found, half = 1, [1], last // 2
    for place in range(1, min(half, sides - 1) + 1):
        term = term * (count + place - 1) // place
        found.append(term)
    if half >= sides:
        term = (term * (count + sides - 1) - count * sides) // sides
        found.append(term)
    fixed, span, before = sides + count * sides, last + sides + 1, 1
    # The list is read `sides` places behind where it grows.
    for place, after in zip(range(sides + 1, half + 1), islice(found, 1, None), strict=False):
        term = ((count + place - 1) * term + (place - fixed) * after + (span - place) * before) // place
        found.append(term)
        before = after
    found += found[last - half - 1 :: -1] if last > half else []
    return Counts(range(count, count + last + 1), found, sides**count)


def fair_highest(count: int, sides: int, kept: int) -> Counts:
    """The sum of the `kept` highest (1 to `count`) of `count` dice of `sides` sides.

    Every roll is told apart by the value of the last kept die, and by how many dice lie above it.
    """
    if kept == count:
        return fair_sum(count, sides)
    denominator = sides**count
    if kept == 1:
        return Counts(range(1, sides + 1), [v**count - (v - 1) ** count for v in range(1, sides + 1)], denominator)
    width, spare = width_of(denominator), count - kept
    digit = 8 * width
    # For kept - 1 … 0 dice above the value: the ways to choose them, and what makes one of the others one too many.
    chosen = [(comb(count, others), comb(others - 1, spare)) for others in range(spare + 1, count + 1)]
    whole, higher = 0, 0
    for value in range(sides, 0, -1):
        # Of the other dice, none above the value, at most `spare` may lie below it: F(n) ways for n dice. With w values
        # below, comparing F(n + 1) with F(n) gives (w + 1) F(n) less the ways in which the next die is one too many.
        above, ways, too_many = 0, value**spare, (value - 1) ** (spare + 1)
        # Horner's scheme in the number of dice above, each of which is worth 1 to `sides - value` more.
        for choices, full in chosen:
            ways = value * ways - full * too_many
            above = above * higher if higher < SHORT else _repeated(above, sides - value, digit) << digit
            above += choices * ways
        whole += above << digit * (value - 1) * kept
        higher = (higher + 1) << digit
    return from_packed(whole, width, kept, 1, denominator)


def _repeated(polynomial: int, times: int, digit: int) -> int:
    """A packed polynomial times 1 + x + x^2 + … of so many terms."""
    total, length = 0, 1
    while length <= times:
        if times & length:
            total = (total << digit * length) + polynomial
        length *= 2
        polynomial += polynomial << digit * length // 2
    return total
