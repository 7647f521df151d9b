"""Odds as text: what a terminal shows."""

from fractions import Fraction

import pytest

from modules.dice_roll import DiceEngine
from modules.rendering.odds_text import histogram, number, percent, render_odds, render_versus

ENGINE = DiceEngine()


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(25, 108), "23.1 %"),
        (Fraction(1, 1296), "0.07716 %"),
        (Fraction(1, 46_656), "1 in 46,656"),
        (Fraction(1, 10**12), "1 in 1.0e+12"),
        (Fraction(3, 4 * 10**12), "1 in 1.3e+12"),
        (Fraction(1, 2**6_323), "1 in 2.6e+1903"),
        (Fraction(0), "0 %"),
        (Fraction(1), "100 %"),
        (Fraction(1999, 2000), "99.95 %"),
        (1 - Fraction(1, 1296), "99.9 %"),
        (1 - Fraction(1, 10_000), "99.99 %"),
        (1 - Fraction(1, 46_656), "all but 1 in 46,656"),
        (1 - Fraction(1, 6**100), "all but 1 in 6.5e+77"),
    ],
)
def test_probabilities_for_people(share: Fraction, text: str) -> None:
    assert percent(share) == text


def test_every_total_has_its_bar() -> None:
    (odds,) = ENGINE.odds("2d4")
    lines = histogram(odds, width=20).splitlines()
    assert lines[0] == "2 ██▌         6.2 %"
    assert lines[3] == "5 ██████████ 25.0 %"
    assert [line.split()[0] for line in lines] == list("2345678")


@pytest.mark.parametrize("notation", ["4d6kh3", "8d6!", "100d6", "1d100", "1d6/4", "1d20+5"])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_histogram_fits_its_terminal(notation: str, width: int) -> None:
    lines = histogram(ENGINE.odds(notation)[0], width).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= width


def test_rare_ends_share_a_bar() -> None:
    lines = histogram(ENGINE.odds("8d6!")[0]).splitlines()
    assert lines[0].lstrip().startswith("8–")
    assert lines[-1].split()[0].endswith("–904")


def test_the_numbers_stand_in_words_above() -> None:
    lines = render_odds(ENGINE.odds("1d20+5 vs 15")[0], target=20).splitlines()
    assert lines[0] == "1d20+5 vs 15: mean 15.5, standard deviation 5.766"
    assert lines[1] == "6 to 25, all equally likely (5.0 % each), quartiles 10, 15, 20"
    assert lines[2] == "success: 55.0 %"
    assert lines[3] == "20 or more: 30.0 %, or less: 75.0 %, exactly: 5.0 %"


def test_large_numbers_are_told_to_the_ones() -> None:
    lines = render_odds(ENGINE.odds("1d1000*1d80")[0]).splitlines()
    assert lines[0] == "1d1000*1d80: mean 20,270.2, standard deviation 17,740"
    assert [number(value) for value in (Fraction(100_005, 2), Fraction(25, 3), Fraction(10**20, 3))] == [
        "50,002",
        "8.333",
        "3.333e+19",
    ]
    assert "mean 10,500,000,000, standard deviation 2,958,039,892" in render_odds(ENGINE.odds("3d6*1000000000")[0])


@pytest.mark.parametrize(
    ("notation", "likely"),
    [
        ("3d6", "most likely 10 to 11 (12.5 % each)"),
        ("1d6+1d8", "most likely 7 to 9 (12.5 % each)"),
        ("2d6", "most likely 7 (16.7 %)"),
        # As likely, but apart.
        ("d[1,1,2,3,3]", "most likely 1 (40.0 %)"),
        ("3d6*2", "most likely 20 (12.5 %)"),
        ("1d6*2", "all equally likely (16.7 % each)"),
        ("2d6k>=7", "always 0"),
        ("1d1+6", "always 7"),
    ],
)
def test_what_is_likeliest(notation: str, likely: str) -> None:
    assert likely in render_odds(ENGINE.odds(notation)[0]).splitlines()[1]


def test_a_tail_that_was_cut_off_is_said() -> None:
    text = render_odds(ENGINE.odds("1d6!")[0])
    assert "exact up to a tail that is cut off: " in text
    assert "1 or more, most likely 1 to 5 (16.7 % each), quartiles 2, 3, 5" in text


def test_combinations_of_symbols() -> None:
    assert render_odds(ENGINE.odds("1d[hit,-]")[0]) == "1d[hit,-]:\n      50.0 %  nothing\n      50.0 %  1 hit"
    assert "more combinations" in render_odds(ENGINE.odds("2proficiency+2difficulty")[0])
    mixed = render_odds(ENGINE.odds("1d[hit,3]")[0])
    assert "mean 1.5" in mixed
    assert "1 hit" in mixed


def test_two_rolls() -> None:
    one, other = ENGINE.odds("1d20+5; 2d12")
    assert render_versus(one, other) == "1d20+5 against 2d12: higher 59.7 %, the same 4.7 %, lower 35.7 %"
