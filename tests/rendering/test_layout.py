"""Lines that are laid out once for a shape say what the general way says."""

import pytest
from hypothesis import HealthCheck, given, settings

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.rolling.result import Roll
from modules.dice_roll import DiceEngine, ScriptedSource
from modules.rendering.rolls import render_roll, render_rolls
from tests.dice.strategies import MESSAGE, PLAIN_SUM, SIMPLE

often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENGINE = DiceEngine()


@often
@given(PLAIN_SUM | SIMPLE | MESSAGE)
def test_both_ways_give_the_same_line(notation: str) -> None:
    try:
        rolls = ENGINE.roll(notation)
    except DiceError:
        return
    for roll in rolls:
        # A roll read back from its record is never laid out.
        again = Roll.from_record(roll.record())
        assert render_rolls((roll,)) == render_rolls((again,))


@pytest.mark.parametrize(
    ("notation", "faces", "line"),
    [
        ("1d20+5", [20], "1d20 (**20**)+5 = **25**, **critical success**"),
        ("1d20-5 to hit", [1], "to hit: 1d20 (**1**)\\-5 = **-4**, **critical failure**"),
        ("2d20+5", [20, 1], "2d20 (**20**, **1**)+5 = **26**"),
        ("2d20kh1+5", [1, 20], "2d20kh1 (~~1~~, **20**)+5 = **25**, **critical success**"),
        ("2d20kl1", [1, 1], "2d20kl1 (**1**, ~~1~~) = **1**, **critical failure**"),
        ("1d20+1d20", [1, 20], "**21**, **critical success**, **critical failure** = 1d20 (**1**)+1d20 (**20**)"),
        ("4d6kh3", [3, 3, 5, 3], "4d6kh3 (3, 3, 5, ~~3~~) = **11**"),
        ("4d6dh1", [3, 5, 5, 1], "4d6dh1 (3, 5, ~~5~~, 1) = **9**"),
        ("4d6dl2 % 5", [3, 5, 5, 1], "4d6dl2 (~~3~~, 5, 5, ~~1~~)%5 = **0**"),
        ("2d1000", [1000, 7], "2d1000 (1000, 7) = **1007**"),
        ("2d6!", [6, 2, 6, 3], "2d6! (6!, 6, 3, 2) = **17**"),
        ("3d6!", [1, 2, 3], "3d6! (1, 2, 3) = **6**"),
        ("1d6[fire]", [4], "1d6 (4)\\[fire\\] = **4**"),
        ("61d2", [1] * 61, f"61d2 ({', '.join('1' * 60)} … and 1 more) = **61**"),
        ("60d6!", [6] + [1] * 60, f"60d6! (6!, {', '.join('1' * 59)} … and 1 more) = **66**"),
    ],
)
def test_common_rolls_are_laid_out(notation: str, faces: list[int], line: str) -> None:
    (roll,) = DiceEngine(source=ScriptedSource(faces)).roll(notation)
    found = render_rolls((roll,))
    assert roll.prepared.shape.layout is not None
    assert roll.prepared.shape.layout(roll) == line
    assert found == line == render_roll(roll)


@pytest.mark.parametrize(
    "notation",
    [
        "10d10>=8",
        "4d6kh9",
        "1d20!",
        "(1d20) vs 12",
        "ad2d20",
        "2dF",
        "{1d6,1d8}kh1",
        "3d6kh0",
        "61d6kh3",
        "(1d4)d6",
        "4d6kh3r1",
        "1d6[\N{GREEK SMALL LETTER PI}]",
        "+".join(["123456789"] * 50),
        "sw8",
        "d66",
        "2d6r1",
    ],
)
def test_whatever_has_more_to_tell_is_not_laid_out(notation: str) -> None:
    (roll,) = ENGINE.roll(notation)
    assert render_rolls((roll,)) == render_rolls((Roll.from_record(roll.record()),))
    assert roll.prepared.shape.layout is not None
    assert roll.prepared.shape.layout(roll) is None


def test_unusual_results_of_a_common_shape_are_told_in_full() -> None:
    half, labels = ENGINE.roll("1d1/2+0.25")[0], ENGINE.roll("1d1[a]+2d1[b]")[0]
    assert render_rolls((half,)) == "1d1 (1)/2+0.25 = **0.75 → 0**"
    assert render_rolls((labels,)) == "**3** (a 1 · b 2) = 1d1 (1)\\[a\\]+2d1 (1, 1)\\[b\\]"


def test_a_limit_that_was_reached_is_told_in_full() -> None:
    engine = DiceEngine(Limits(dice=3), ScriptedSource([1, 1, 1, 1, 1, 2, 1, 2, 2, 2]))
    lines = [render_rolls(engine.roll(f"2d2!+{number}")) for number in (7, 8, 9, 10)]
    assert lines[2] == "2d2! (1, 2!, 1)+9 = **13**"
    result, note = lines[3].splitlines()
    assert result == "2d2! (2!, 2, 2)+10 = **16**"
    assert "limit of dice" in note


def test_several_rolls_are_laid_out_as_long_as_they_fit() -> None:
    rolls = ENGINE.roll("1d1+5 to hit; 2d1[slashing]")
    assert render_rolls(rolls) == "to hit: 1d1 (1)+5 = **6**\n2d1 (1, 1)\\[slashing\\] = **2**"
    assert len(render_rolls(ENGINE.roll("60d1000; 61d1000"), limit=200)) <= 200


def test_rolls_without_dice_are_shortened_too() -> None:
    rolls = ENGINE.roll(f"50#{'1+' * 30}1")
    assert render_rolls(rolls).splitlines()[1] == "**31**"
