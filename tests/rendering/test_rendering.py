"""Rolls and refusals as text."""

import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.errors import caret, render_error
from modules.rendering.rolls import render_rolls


def shown(notation: str, *faces: int, limit: int = 2000) -> str:
    return render_rolls(DiceEngine(source=ScriptedSource(faces)).roll(notation), limit=limit)


@pytest.mark.parametrize(
    ("notation", "faces", "text"),
    [
        ("2d6+3", (3, 4), "2d6 (3, 4)+3 = **10**"),
        ("4d6kh3", (6, 2, 5, 4), "4d6kh3 (6, ~~2~~, 5, 4) = **15**"),
        ("1d20", (20,), "1d20 (**20**) = **20**, **critical success**"),
        ("1d20-1", (1,), r"1d20 (**1**)\-1 = **0**, **critical failure**"),
        ("2d20kh1", (20, 1), "2d20kh1 (**20**, ~~1~~) = **20**, **critical success**"),
        ("2d20", (20, 1), "2d20 (**20**, **1**) = **21**"),
        (
            "3d10cs>=9cf1",
            (9, 1, 4),
            r"3d10cs\>=9cf1 (**9**, **1**, 4) = **14**, **critical success**, **critical failure**",
        ),
        ("2d6[fire]+1d4[cold]", (3, 4, 3), r"**10** (fire 7 · cold 3) = 2d6 (3, 4)\[fire\]+1d4 (3)\[cold\]"),
        ("2d6[fire]-1[cold]+2", (3, 4), r"2d6 (3, 4)\[fire\]\-1\[cold\]+2 = **8** (fire 7 · cold -1 · unlabelled 2)"),
        ("1d4[a]+1d4[a]", (3, 4), r"**7** = 1d4 (3)\[a\]+1d4 (4)\[a\]"),
        ("8d6! # boom", (6, 2, 3, 4, 5, 1, 2, 3, 6, 1), "boom: 8d6! (6!, 6, 1, 2, 3, 4, 5, 1, 2, 3) = **33**"),
        ("2d6!p", (6, 2, 3), "2d6!p (6!, 2, 2) = **10**"),
        ("{4d6+3d8}kh4", (1, 2, 3, 4, 5, 6, 7), "{4d6+3d8}kh4 (~~1~~, ~~2~~, ~~3~~, 4, 5, 6, 7) = **22**"),
        ("{3d20+5}>=21f<=10", (20, 19, 15), r"{3d20+5}\>=21f\<=10 (**25**, **24**, 20) = **2 successes**"),
        (
            "d66",
            (1, 5),
            "d66 (1, 5) = **15**\n"
            "-# d66 is 2 dice of 6 sides, read as the digits of one number; 1d66 is one die of 66 sides.",
        ),
        ("1d6*2", (3,), r"1d6 (3)\*2 = **6**"),
        ("7/2", (), "7/2 = **3.5 → 3**"),
        ("-7/2", (), r"\-7/2 = **-3.5 → -4**"),
        ("1/3", (), "1/3 = **1/3 → 0**"),
        ("2d20, dP", (20, 1, 2), "2d20 (**20**, **1**; +4 plot) = **25**\n1dP (complication) = **1 complication**"),
        ("2d[hit,-]", (2, 1), "2d\\[hit,\\-\\] (\N{EN DASH}, hit) = **1 hit**"),
        ("2d6r1", (1, 3, 4), "2d6r1 (~~1~~ 4, 3) = **7**"),
        ("1d6!!", (6, 2), "1d6!! (8!!) = **8**"),
        ("4d10>=8b1", (8, 9, 1, 2), r"4d10\>=8b1 (**8**, **9**, 1, 2) = **2 successes**, 1 botch"),
        ("2d10>=8b1", (1, 1), r"2d10\>=8b1 (1, 1) = **0 successes**, 2 botches"),
        ("1d10>=8", (8,), r"\(1d10 (8)\) \>= 8 = **8**, **success** by 0"),
        ("0d6", (), "0d6 (no dice) = **0**"),
        ("1d20 # \u05d0", (3,), "\u2068\u05d0\u2069: 1d20 (3) = **3**"),
        ("2d6kh9", (1, 2), "2d6kh9 (1, 2) = **3**\n-# kh9 asks for more dice than the 2 there are."),
        ("1d20+5 vs 15", (12,), "1d20 (12)+5 vs 15 = **17**, **success** by 2"),
        ("1d20 # *bold* @everyone", (7,), "\\*bold\\* @\N{ZERO WIDTH SPACE}everyone: 1d20 (7) = **7**"),
    ],
)
def test_a_roll_reads_well(notation: str, faces: tuple[int, ...], text: str) -> None:
    assert shown(notation, *faces) == text


def test_long_pools_say_how_many_dice_are_not_shown() -> None:
    text = shown("1000d6", *[3] * 1000, limit=200)
    assert len(text) <= 200
    assert "… and 980 more" in text
    assert text.endswith("= **3000**")


def test_many_rolls_fit_the_limit_and_say_what_is_missing() -> None:
    text = shown("50#20d6", *[3] * 1000, limit=300)
    assert len(text) <= 300
    assert "more rolls do not fit here" in text


def test_the_caret_stands_under_the_span() -> None:
    assert caret("4d6hk3", (3, 5)) == "4d6hk3\n   ^^"


def test_combining_marks_take_no_column() -> None:
    assert caret("e\u0301x", (2, 3)).splitlines()[1] == " ^"
    assert caret("\u05d0 1", (2, 3)) == "\N{REPLACEMENT CHARACTER} 1\n  ^"
    assert caret("", (0, 1)) == ""


def test_the_caret_survives_backticks_wide_and_long_text() -> None:
    assert "`" not in caret("```4d6", (0, 3))
    assert caret("\N{CJK UNIFIED IDEOGRAPH-4E00}x", (1, 2)).splitlines()[1] == "  ^"
    drawing = caret("1+" * 300 + "?", (600, 601)).splitlines()
    assert drawing[0].startswith("…")
    assert drawing[0][len(drawing[1]) - 1] == "?"


def test_an_error_is_a_sentence_and_a_code_block() -> None:
    text = render_error(DiceError("No *such* thing.", span=(0, 1), suggestion="d6"), "x")
    assert text == "No \\*such\\* thing. Did you mean d6?\n```\nx\n^\n```"
    assert render_error(DiceError("Nothing."), "x") == "Nothing."
