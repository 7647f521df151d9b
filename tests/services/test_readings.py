"""Notation read for nobody: modifiers added, slips mended."""

import pytest

from modules.dice.errors import DiceError
from modules.dice.notation.shortcuts import Shortcut, rows
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering import games
from modules.services.readings import Reader, Reading


@pytest.mark.parametrize(
    ("notation", "modifier", "expected"),
    [
        ("1d20+5 to hit", "+2", "1d20+5+2 # to hit"),
        ("1d20+5", "3", "1d20+5+3"),
        ("1d20+5", " - 1d4 ", "1d20+5-1d4"),
        ("1d20+5", "\N{MINUS SIGN}1", "1d20+5-1"),
        ("1d20+5 vs 15", "-1d4", "1d20+5-1d4 vs 15"),
        ("(2d6+3)>=10", "3", "(2d6+3)+3 >= 10"),
        ("6#1d20", "+1", "6#1d20+1"),
        ("1d20; 2d6[a = b]", "+1", "1d20+1; 2d6[a = b]"),
        ("2d6[a = b]", "+1", "2d6[a = b]+1"),
        ("10d10>=8", "+2", "10d10>=8+2"),
        ("pbta+1 # hack", "+2", "pbta+1+2 # hack"),
        ("3#vtm6h2", "+1", "3#vtm6h2+1"),
        ("adv pf2+5 vs 15", "+1d4", "adv pf2+5+1d4 vs 15"),
        ("coc50", "+5", "(1d100)+5 <= 50"),
    ],
)
def test_a_modifier_is_added_to_the_first_total(notation: str, modifier: str, expected: str) -> None:
    assert Reader().with_modifier(notation, modifier) == expected


@pytest.mark.parametrize("modifier", ["", "+", "str", "2; 1d6", "2\n1d6", "2 # note", "+2, 1d6"])
def test_what_is_no_modifier_is_refused(modifier: str) -> None:
    with pytest.raises(ValueError, match="no modifier"):
        Reader().with_modifier("1d20", modifier)


@pytest.mark.parametrize(
    ("notation", "mended"),
    [
        ("4d6hk3", ["4d6kh3"]),
        ("1d20+5; 4d6hk3 # str", ["1d20+5; 4d6kh3 # str"]),
        ("4d6 k h3", ["4d6 kh3"]),
        ("4d6hh", ["4d6kh1"]),
        ("2d", ["2d6"]),
        ("d0", ["d6"]),
        ("adv 2d6", ["1d20 adv"]),
        ("flor(7/2)", ["floor(7/2)"]),
        ("4d6f1", ["4d6>=6f1"]),
        ("1,000d6", ["1000d6"]),
        (".5", ["0.5"]),
        ("4d6rerol1", ["4d6r1"]),
        ("sw", ["sw8"]),
        ("2d6+", []),
        ("3#dndstats", []),
        ("1d20+$dex", []),
    ],
)
def test_a_suggestion_becomes_a_whole_notation_that_rolls(notation: str, mended: list[str]) -> None:
    with pytest.raises(DiceError) as caught:
        Reader().read(notation)
    assert Reader().mended(notation, caught.value) == mended


@pytest.mark.parametrize("row", [row for row in rows() if row.repeat == 1], ids=lambda row: row.pattern)
def test_a_games_roll_is_written_in_the_words_of_its_game(row: Shortcut) -> None:
    for example in row.examples:
        roll, *_ = DiceEngine(source=ScriptedSource(example.faces)).roll(example.roll)
        again, *_ = DiceEngine(source=ScriptedSource(example.faces)).roll(Reading.of(roll).text)
        assert games.answer(again) == games.answer(roll)
        assert again.expression == roll.expression
