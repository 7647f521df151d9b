"""Exact distributions to hold the engine against, worked out in two ways that share nothing.

`engine_distribution` walks every branch of the dice: it rolls a notation with each possible sequence of faces.
Everything else here is plain counting that knows nothing of the engine.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from modules.dice.rolling.source import RandomSource
from modules.dice_roll import DiceEngine

Number = int | Fraction
Distribution = dict[Number, Fraction]


class PrunedError(Exception):
    """This branch is too unlikely to matter."""


class Odometer(RandomSource):
    """Gives every sequence of faces, one after another."""

    def __init__(self, least: float = 0.0) -> None:
        self.wheels: list[list[int]] = []
        self.read = 0
        self.least = least

    def roll(self, sides: int, count: int) -> Sequence[int]:
        faces = []
        for _ in range(count):
            if self.read == len(self.wheels):
                if 1 / (sides * prod(sides for _, sides in self.wheels)) < self.least:
                    raise PrunedError
                self.wheels.append([1, sides])
            assert self.wheels[self.read][1] == sides, "the same faces must lead to the same next die"
            faces.append(self.wheels[self.read][0])
            self.read += 1
        return faces

    @property
    def weight(self) -> Fraction:
        return Fraction(1, prod(sides for _, sides in self.wheels))

    def turn(self) -> bool:
        """Go on to the next sequence; False after the last."""
        self.read = 0
        while self.wheels and self.wheels[-1][0] == self.wheels[-1][1]:
            self.wheels.pop()
        if self.wheels:
            self.wheels[-1][0] += 1
        return bool(self.wheels)


def engine_distribution(notation: str, least: float = 0.0, pick: int = 0) -> Distribution:
    """Totals of one roll of a notation, by rolling every sequence of faces more likely than `least`."""
    odometer, totals = Odometer(least), defaultdict[Number, Fraction](Fraction)
    engine = DiceEngine(source=odometer)
    while True:
        try:
            total = engine.roll(notation)[pick].total
            totals[total] += odometer.weight
        except PrunedError:
            pass
        if not odometer.turn():
            return dict(totals)


def uniform(sides: int) -> Distribution:
    return {face: Fraction(1, sides) for face in range(1, sides + 1)}


def brute(sides: Sequence[int], total: Callable[[tuple[int, ...]], Number]) -> Distribution:
    """Totals over every combination of dice of these sides."""
    combinations = product(*(range(1, size + 1) for size in sides))
    return {value: Fraction(count, prod(sides)) for value, count in Counter(map(total, combinations)).items()}


def added(*parts: Mapping[Number, Fraction]) -> Distribution:
    """The sum of independent values."""
    whole: Distribution = {0: Fraction(1)}
    for part in parts:
        found = defaultdict[Number, Fraction](Fraction)
        for (left, p), (right, q) in product(whole.items(), part.items()):
            found[left + right] += p * q
        whole = dict(found)
    return whole


def times(count: int, part: Mapping[Number, Fraction]) -> Distribution:
    return added(*[part] * count)


def mixed(*parts: Mapping[Number, Fraction]) -> Distribution:
    """One of several distributions, each as likely."""
    found = defaultdict[Number, Fraction](Fraction)
    for value, chance in (pair for part in parts for pair in part.items()):
        found[value] += chance / len(parts)
    return dict(found)


def exploding(sides: int, on: Callable[[int], bool], *, depth: int, less: int = 0, extra: bool = False) -> Distribution:
    """One die that goes on while it matches, to `depth` more dice; extras are worth `less` less."""
    found = defaultdict[Number, Fraction](Fraction)
    further = exploding(sides, on, depth=depth - 1, less=less, extra=True) if depth else {0: Fraction(1)}
    for face, chance in uniform(sides).items():
        value = face - less if extra else face
        for more, q in (further if on(int(face)) else {0: Fraction(1)}).items():
            found[value + more] += chance * q
    return dict(found)


def mean(distribution: Mapping[Number, Fraction]) -> Fraction:
    return sum((Fraction(value) * chance for value, chance in distribution.items()), Fraction())


def variance(distribution: Mapping[Number, Fraction]) -> Fraction:
    centre = mean(distribution)
    return sum(((value - centre) ** 2 * chance for value, chance in distribution.items()), Fraction())


def at_least(distribution: Mapping[Number, Fraction], target: Number) -> Fraction:
    return sum((chance for value, chance in distribution.items() if value >= target), Fraction())


def chi_square_limit(freedom: int, z: float = 4.753424) -> float:
    """The chi-square that chance passes once in a million (Wilson and Hilferty); `z` is the normal quantile."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + z * part**0.5) ** 3)


def chi_square(counts: Mapping[Number, int], expected: Mapping[Number, Fraction]) -> tuple[float, float]:
    """How far counts are from a distribution, and how far chance would let them be; rare values are put together."""
    rolled = sum(counts.values())
    assert set(counts) <= set(expected), "something came up that cannot"
    cells, rest = [], [0, 0.0]
    for value, chance in expected.items():
        share = float(chance) * rolled
        if share >= 10:
            cells.append((counts.get(value, 0), share))
        else:
            rest = [rest[0] + counts.get(value, 0), rest[1] + share]
    if rest[1] >= 1:
        cells.append((int(rest[0]), rest[1]))
    return sum((seen - share) ** 2 / share for seen, share in cells), chi_square_limit(max(1, len(cells) - 1))
