"""Sums over a whole distribution, at the speed of the interpreter's own loops.

In stretches, between which other threads run: a hundred thousand long counts take it several milliseconds at once.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import lcm
from operator import mul

from modules.dice.notation.syntax import Value

STRETCH = 2_048
"""Values that are summed at once."""


def running_sums(counts: Sequence[int]) -> list[int]:
    """What the counts before each place add up to; the last is the sum of them all."""
    sums = [0]
    for start in range(0, len(counts), STRETCH):
        sums += accumulate(counts[start : start + STRETCH], initial=sums.pop())
    return sums


def power_sums(outcomes: Sequence[Value], counts: Sequence[int]) -> tuple[int, int, int]:
    """The sum of values and of their squares, each as often as it is counted.

    Returns:
        Both sums for values that are multiplied by a scale which makes them whole, and that scale.
    """
    scale, first, second = 1, 0, 0
    whole: Sequence[int]
    if isinstance(outcomes, range):
        whole = outcomes
    else:
        scale = lcm(*{value.denominator for value in outcomes})
        whole = [value.numerator * (scale // value.denominator) for value in outcomes]
    for start in range(0, len(whole), STRETCH):
        values = whole[start : start + STRETCH]
        products = list(map(mul, values, counts[start : start + STRETCH]))
        first += sum(products)
        second += sum(map(mul, values, products))
    return first, second, scale
