"""Every operator against its exact distribution, counted by hand."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest

from modules.dice.notation.operators import OPERATORS
from modules.dice.notation.parser import parse
from modules.dice.notation.syntax import Members, Pool
from modules.dice.notation.traversal import walk
from modules.dice.rolling.semantics import EFFECTS
from modules.dice_roll import DiceEngine
from tests.dice.oracle import (
    Distribution,
    Number,
    added,
    brute,
    chi_square,
    engine_distribution,
    exploding,
    mixed,
    times,
    uniform,
)

DEPTH = 14
"""Extra dice of one die that counting follows."""
ROLLS = 30_000
"""Enough for a probability that is off by one hundredth to show."""


def middle(count: int) -> Callable[[tuple[int, ...]], int]:
    def total(faces: tuple[int, ...]) -> int:
        below = (len(faces) - count) // 2
        return sum(sorted(faces)[below : below + count])

    return total


def tens_twice(faces: tuple[int, ...]) -> int:
    return sum(2 if face == 10 else 1 for face in faces if face >= 8)


def ones_cancel(faces: tuple[int, ...]) -> int:
    won = sorted((face for face in faces if face >= 5), reverse=True)[faces.count(1) :]
    return sum(2 if face == 6 else 1 for face in won)


def unique_once(faces: tuple[int, ...]) -> int:
    """Two dice and a third that replaces the second where it repeats the first."""
    return faces[0] + (faces[2] if faces[0] == faces[1] else faces[1])


def roll_and_add(faces: tuple[int, ...]) -> int:
    """Two dice and a third that is added where one of them shows a 1."""
    return faces[0] + faces[1] + (faces[2] if 1 in faces[:2] else 0)


def silhouette(least: int) -> Callable[[tuple[int, ...]], int]:
    """The highest die, where the first of those that show `least` or more gains 1 for each other."""

    def total(faces: tuple[int, ...]) -> int:
        gathered = [face for face in faces if face >= least]
        return max([*faces, *(gathered[0] + len(gathered) - 1 for _ in gathered[:1])])

    return total


FINITE: list[tuple[str, Distribution]] = [
    ("3d6", times(3, uniform(6))),
    ("4d6kh3", brute([6] * 4, lambda faces: sum(sorted(faces)[1:]))),
    ("4d6kl2", brute([6] * 4, lambda faces: sum(sorted(faces)[:2]))),
    ("4d6km2", brute([6] * 4, middle(2))),
    ("3d6km2", brute([6] * 3, middle(2))),
    ("3d6k>=5", brute([6] * 3, lambda faces: sum(face for face in faces if face >= 5))),
    ("4d6dl1", brute([6] * 4, lambda faces: sum(sorted(faces)[1:]))),
    ("4d6dh1", brute([6] * 4, lambda faces: sum(sorted(faces)[:3]))),
    ("3d6p=1", brute([6] * 3, lambda faces: sum(face for face in faces if face != 1))),
    ("2d6r1", times(2, {face: Fraction(1, 5) for face in range(2, 7)})),
    ("2d6r<3", times(2, {face: Fraction(1, 4) for face in range(3, 7)})),
    ("2d6ro1", times(2, brute([6, 6], lambda faces: faces[1] if faces[0] == 1 else faces[0]))),
    ("2d6ro<=2", times(2, brute([6, 6], lambda faces: faces[1] if faces[0] <= 2 else faces[0]))),
    ("2d6ra1", brute([6] * 3, roll_and_add)),
    ("2d6!o", times(2, brute([6, 6], lambda faces: faces[0] + (faces[1] if faces[0] == 6 else 0)))),
    ("2d6i", times(2, brute([6, 6], lambda faces: faces[0] - (faces[1] if faces[0] == 1 else 0)))),
    ("3d6mi3", times(3, brute([6], lambda faces: max(3, faces[0])))),
    ("3d6ma3", times(3, brute([6], lambda faces: min(3, faces[0])))),
    ("3d6g6", brute([6] * 3, lambda faces: sum(faces) + max(0, faces.count(6) - 1))),
    ("3d6g>=5kh1", brute([6] * 3, silhouette(5))),
    (
        "2d6u",
        {
            total: chance * 36 / 30
            for total, chance in brute([6] * 2, lambda f: sum(f) if f[0] != f[1] else 0).items()
            if total
        },
    ),
    ("2d6uo", brute([6] * 3, unique_once)),
    ("4d10>=8", brute([10] * 4, lambda faces: sum(face >= 8 for face in faces))),
    ("4d10>8", brute([10] * 4, lambda faces: sum(face > 8 for face in faces))),
    ("4d10<3", brute([10] * 4, lambda faces: sum(face < 3 for face in faces))),
    ("4d10=6", brute([10] * 4, lambda faces: faces.count(6))),
    ("4d10t8", brute([10] * 4, lambda faces: sum(face >= 8 for face in faces))),
    ("4d10tl3", brute([10] * 4, lambda faces: sum(face <= 3 for face in faces))),
    ("4d10>=8f1", brute([10] * 4, lambda faces: sum(face >= 8 for face in faces) - faces.count(1))),
    ("4d10>=8f<=2", brute([10] * 4, lambda f: sum(face >= 8 for face in f) - sum(face <= 2 for face in f))),
    ("4d10>=8b1", brute([10] * 4, lambda faces: sum(face >= 8 for face in faces))),
    ("4d10>=8ds10", brute([10] * 4, tens_twice)),
    ("5d10>=6pr10", brute([10] * 5, lambda f: sum(face >= 6 for face in f) + 2 * (f.count(10) // 2))),
    ("4d10>=8>=10", brute([10] * 4, tens_twice)),
    ("5d6>=5ds6c", brute([6] * 5, ones_cancel)),
    ("3d6s", times(3, uniform(6))),
    ("3d6sd", times(3, uniform(6))),
    ("2d20cs>=19cf1", times(2, uniform(20))),
    ("4dF", times(4, {-1: Fraction(1, 3), 0: Fraction(1, 3), 1: Fraction(1, 3)})),
    ("2dF.1", times(2, {-1: Fraction(1, 6), 0: Fraction(4, 6), 1: Fraction(1, 6)})),
    ("3dFkh1", brute([3] * 3, lambda faces: max(faces) - 2)),
    ("2d[1,3*2,-5]", times(2, {1: Fraction(1, 4), 3: Fraction(1, 2), -5: Fraction(1, 4)})),
    ("a1d20", brute([20] * 2, max)),
    ("d1d20", brute([20] * 2, min)),
    ("ad2d6+3", added(brute([6] * 2, max), brute([6] * 2, min), {3: Fraction(1)})),
    ("adv 1d20+2", added(brute([20] * 2, max), {2: Fraction(1)})),
    ("1d20+2 dis", added(brute([20] * 2, min), {2: Fraction(1)})),
    ("(1d3)d4", mixed(times(1, uniform(4)), times(2, uniform(4)), times(3, uniform(4)))),
    ("1d(1d4)", mixed(uniform(1), uniform(2), uniform(3), uniform(4))),
    ("{2d4,1d8}kh1", brute([4, 4, 8], lambda faces: max(faces[0] + faces[1], faces[2]))),
    ("{2d4,1d8}kl1", brute([4, 4, 8], lambda faces: min(faces[0] + faces[1], faces[2]))),
    ("{1d6,1d8,1d4}>=4", brute([6, 8, 4], lambda faces: sum(face >= 4 for face in faces))),
    ("{1d6,1d8}mi4", brute([6, 8], lambda faces: sum(max(4, face) for face in faces))),
    ("2d6kh1*2-1d4", brute([6, 6, 4], lambda faces: max(faces[:2]) * 2 - faces[2])),
    ("1d6/4", {Fraction(face, 4): Fraction(1, 6) for face in range(1, 7)}),
    ("round(1d6/4)", brute([6], lambda faces: (2 * faces[0] + 4) // 8)),
    (
        "1d20*2, p1d6",
        added(
            *[
                {
                    2 * v: c
                    for v, c in added(uniform(20), {0: Fraction(4, 6), 2: Fraction(1, 6), 4: Fraction(1, 6)}).items()
                }
            ]
        ),
    ),
]
"""Engine and counting must agree to the last fraction."""
UNBOUNDED = frozenset({"2d6r1", "2d6r<3", "2d6u"})
"""Those of them that may reroll for ever: compared closely."""

ENDLESS: list[tuple[str, Distribution]] = [
    ("1d6!", exploding(6, lambda face: face == 6, depth=DEPTH)),
    ("2d6!", times(2, exploding(6, lambda face: face == 6, depth=DEPTH))),
    ("1d6!>=5", exploding(6, lambda face: face >= 5, depth=DEPTH)),
    ("1d6e6", exploding(6, lambda face: face == 6, depth=DEPTH)),
    ("1d6!!", exploding(6, lambda face: face == 6, depth=DEPTH)),
    ("2d6!p", times(2, exploding(6, lambda face: face == 6, depth=DEPTH, less=1))),
    ("1d6!!p", exploding(6, lambda face: face == 6, depth=DEPTH, less=1)),
]
"""What may go on: compared where both sides have followed it."""


@pytest.mark.parametrize(("notation", "expected"), FINITE, ids=[notation for notation, _ in FINITE])
def test_every_branch_adds_up_to_the_counted_distribution(notation: str, expected: Distribution) -> None:
    if notation in UNBOUNDED:
        found = engine_distribution(notation, least=1e-7)
        assert set(found) == set(expected)
        assert all(abs(float(found[value] - chance)) < 1e-2 for value, chance in expected.items())
    else:
        assert engine_distribution(notation) == expected


@pytest.mark.parametrize(("notation", "expected"), ENDLESS, ids=[notation for notation, _ in ENDLESS])
def test_explosions_follow_their_distribution(notation: str, expected: Distribution) -> None:
    found = engine_distribution(notation, least=6.0**-6)
    near = {value for value in expected if value <= 12}
    assert {value for value in found if value <= 12} == near
    assert all(abs(float(found[value] - expected[value])) < 1e-3 for value in near)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(("notation", "expected"), FINITE + ENDLESS, ids=[notation for notation, _ in FINITE + ENDLESS])
def test_many_rolls_fit_the_distribution(notation: str, expected: Distribution) -> None:
    engine = DiceEngine()
    counts = Counter[Number](engine.roll(notation)[0].total for _ in range(ROLLS))
    found, limit = chi_square(counts, expected)
    assert found < limit


def test_no_operator_is_left_out() -> None:
    tested = {
        operator.name
        for notation, _ in FINITE + ENDLESS
        for roll in parse(notation).rolls
        for node in walk(roll.expression)
        if isinstance(node, Pool | Members)
        for operator in node.operators
    }
    assert tested == set(OPERATORS), "give each a row in FINITE or ENDLESS, in this file"
    assert set(EFFECTS) == {name for name, spec in OPERATORS.items() if not spec.counting}
