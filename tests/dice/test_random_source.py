"""Fair dice, shown: exact where all values can be tried, by chi-square where they cannot."""

import secrets
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product

import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.source import ScriptedSource, SystemSource
from tests.dice.oracle import chi_square, chi_square_limit, uniform


class Enumerated:
    """`randbelow` with a will: gives every sequence of values once."""

    def __init__(self) -> None:
        self.wheels: list[list[int]] = []
        self.read = 0

    def __call__(self, bound: int) -> int:
        if self.read == len(self.wheels):
            self.wheels.append([0, bound])
        value, expected = self.wheels[self.read]
        assert bound == expected
        self.read += 1
        return value

    def turns(self) -> Iterator[None]:
        while True:
            self.read = 0
            yield
            while self.wheels and self.wheels[-1][0] == self.wheels[-1][1] - 1:
                self.wheels.pop()
            if not self.wheels:
                return
            self.wheels[-1][0] += 1


@pytest.mark.parametrize(
    ("sides", "count"),
    [
        (1, 3),
        (2, 1),
        (2, 8),
        (2, 10),
        (3, 7),
        (6, 1),
        (6, 2),
        (6, 4),
        (6, 5),
        (7, 4),
        (20, 1),
        (20, 3),
        (37, 3),
        (100, 2),
        (256, 2),
        (300, 2),
    ],
)
def test_every_combination_comes_exactly_once(sides: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    randbelow = Enumerated()
    monkeypatch.setattr(secrets, "randbelow", randbelow)
    source, seen = SystemSource(), Counter[tuple[int, ...]]()
    for _ in randbelow.turns():
        seen[tuple(source.roll(sides, count))] += 1
    assert seen == Counter(product(range(1, sides + 1), repeat=count))


@pytest.mark.parametrize("sides", [2, 3, 6, 10, 20, 37, 100, 255, 256, 1000, 1_000_000])
def test_pools_have_their_size_at_every_border(sides: int) -> None:
    source = SystemSource()
    for count in [
        *range(1, 40),
        *range(90, 110),
        127,
        128,
        129,
        191,
        192,
        193,
        255,
        256,
        257,
        384,
        511,
        512,
        513,
        1000,
    ]:
        faces = source.roll(sides, count)
        assert len(faces) == count
        assert min(faces) >= 1
        assert max(faces) <= sides


def test_no_dice_are_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", pytest.fail)
    assert len(SystemSource().roll(6, 0)) == 0


def test_all_entropy_is_asked_of_randbelow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda bound: bound - 1)
    for sides, count in [(6, 1), (6, 3), (6, 1000), (100, 50), (1000, 40)]:
        assert set(SystemSource().roll(sides, count)) == {sides}


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("sides", range(2, 101))
def test_every_size_of_die_is_even(sides: int) -> None:
    source = SystemSource()
    single, pooled = Counter[int | Fraction](), Counter[int | Fraction]()
    for _ in range(2_000):
        single.update(source.roll(sides, 1))
    for count in (997, 20_011):
        pooled.update(source.roll(sides, count))
    for counts in (single, pooled):
        found, limit = chi_square(counts, uniform(sides))
        assert found < limit


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("sides", [2, 6, 20])
@pytest.mark.parametrize("distance", [1, 2, 3, 4, 5, 96])
def test_dice_of_a_pool_know_nothing_of_each_other(sides: int, distance: int) -> None:
    source, faces = SystemSource(), list[int]()
    for _ in range(6):
        faces += source.roll(sides, 10_000)
    pairs = Counter(zip(faces, faces[distance:], strict=False))
    share = (len(faces) - distance) / sides**2
    found = sum((pairs[one, two] - share) ** 2 / share for one in range(1, sides + 1) for two in range(1, sides + 1))
    assert found < chi_square_limit(sides**2 - 1)


def test_real_dice_are_even_too() -> None:
    counts = Counter[int | Fraction](SystemSource().roll(6, 60_000))
    found, limit = chi_square(counts, uniform(6))
    assert found < 2 * limit, "once in a million million runs this is chance"
    assert len({bytes(SystemSource().roll(6, 50)) for _ in range(100)}) == 100


def test_a_script_gives_its_faces_in_order_and_no_others() -> None:
    source = ScriptedSource([3, 6, 2])
    assert list(source.roll(6, 2)) == [3, 6]
    assert source.left_count == 1
    with pytest.raises(DiceError):
        source.roll(6, 2)
    assert list(source.roll(6, 1)) == [2]
    for impossible in (0, 7):
        with pytest.raises(DiceError):
            ScriptedSource([impossible]).roll(6, 1)


def test_a_thrower_throws_anew_each_time() -> None:
    throw = ScriptedSource([1, 2, 3, 4]).thrower(6, 2)
    assert [list(throw()) for _ in range(2)] == [[1, 2], [3, 4]]
    system = SystemSource().thrower(1_000_000, 3)
    assert all(one != other for one, other in pairwise(system() for _ in range(5)))
