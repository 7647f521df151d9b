"""Sums over a whole distribution, at the speed of the interpreter's own loops.

In stretches, between which other threads run: a hundred thousand long counts take it several milliseconds at once.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import lcm
from operator import add, mul

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
    if isinstance(outcomes, range) and counts == counts[::-1]:
        return *_mirrored_sums(outcomes, counts), 1
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


def _mirrored_sums(outcomes: range, counts: Sequence[int]) -> tuple[int, int]:
    """The same where the upper half mirrors the lower, as with fair dice: each count stands for two values."""
    both, half = outcomes[0] + outcomes[-1], len(counts) // 2
    first, second = 0, 0
    for start in range(0, half, STRETCH):
        end = min(start + STRETCH, half)
        first += both * sum(counts[start:end])
        lower, upper = outcomes[start:end], outcomes[::-1][start:end]
        squares = map(add, map(mul, lower, lower), map(mul, upper, upper))
        second += sum(map(mul, squares, counts[start:end]))
    if len(counts) % 2:
        first += outcomes[half] * counts[half]
        second += outcomes[half] ** 2 * counts[half]
    return first, second
