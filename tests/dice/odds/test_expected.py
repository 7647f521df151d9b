"""Exact means of dice that may explode without end."""

from fractions import Fraction

import pytest

from modules.dice.notation.parser import parse
from modules.dice.odds.expected import mean_of
from modules.dice_roll import DiceEngine

ENGINE = DiceEngine()


@pytest.mark.parametrize(
    ("notation", "mean"),
    [
        # A die of s sides that explodes on its highest face: (s + 1) / 2 * s / (s - 1).
        ("1d6!", Fraction(21, 5)),
        ("6d6!", Fraction(126, 5)),
        ("1d8!+1d6!-2", Fraction(36, 7) + Fraction(21, 5) - 2),
        ("-(1d6!)+10", 10 - Fraction(21, 5)),
        ("2d6![fire]", Fraction(42, 5)),
        ("1d6! vs 5", Fraction(21, 5)),
        ("1d6!!", Fraction(21, 5)),
        ("1d6!p", Fraction(7, 2) + Fraction(1, 6) * Fraction(5, 2) / Fraction(5, 6)),
        ("10d10!>=10>=8", Fraction(10 * 3, 9)),
        # A throw of 3 or more that explodes on 6 is 18/6 worth, and another such throw comes with 1 in 6.
        ("1d6!k>=3", Fraction(18, 6) / Fraction(5, 6)),
        # Once rerolled ones leave 2 to 6, each 1 in 5.
        ("1d6r1!", Fraction(4) + Fraction(1, 5) * Fraction(21, 5)),
        ("1d6!>=5xo1", Fraction(7, 2) * Fraction(3, 2) * Fraction(7, 6)),
    ],
)
def test_the_mean_is_that_of_the_whole_chain(notation: str, mean: Fraction) -> None:
    (odds,) = ENGINE.odds(notation)
    assert odds.cut
    assert odds.mean == mean
    followed = sum(value * count for value, count in zip(odds.outcomes, odds.counts, strict=True))
    assert abs(float(Fraction(followed) / odds.denominator - mean)) < 1e-9


@pytest.mark.parametrize(
    "notation", ["{1d8!,1d6!}kh1", "3d6!kh2", "2*1d6!", "a2d20!", "(1d4)d6!", "2d6!!t3", "2d6!!mi3"]
)
def test_what_does_not_add_up_has_the_mean_of_what_was_followed(notation: str) -> None:
    assert mean_of(parse(notation).rolls[0].expression) is None


@pytest.mark.parametrize("notation", ["2d6+3", "4d6ro1mi2", "3d4xo4i", "5d10>=8f1", "2d[1,5,9]", "3dF", "2d6s-1d4"])
def test_without_an_end_to_cut_off_it_is_the_mean_of_all_totals(notation: str) -> None:
    assert mean_of(parse(notation).rolls[0].expression) == ENGINE.odds(notation)[0].mean
