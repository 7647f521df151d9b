"""The mistakes players make: each is refused, points at the right letters, and says what was meant where it can."""

import pytest

from modules.dice.errors import DiceError, NotationError
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence
from modules.rendering.errors import meaning_text

MISTAKES: list[tuple[str, str, str | None]] = [
    ("4d6hk3", "hk", "kh3 (keep the 3 highest)"),
    ("4d6 hk3", "hk", "kh3 (keep the 3 highest)"),
    ("4d6 k h3", "h", "kh3 (keep the 3 highest)"),
    ("4d6hl2", "hl", "kl2 (keep the 2 lowest)"),
    ("4d6hh", "hh", "kh1 (keep the highest)"),
    ("4d6kk3", "kk", "kh3 (keep the 3 highest)"),
    ("2d6++", "+", None),
    ("2d6+", "+", None),
    ("*2", "*", None),
    ("2d6 * / 3", "/", None),
    ("(2d6+3", "(", None),
    ("2d6+3)", ")", None),
    ("{4d6,3d8", "{", None),
    ("[[1d6,2]]", "[[1d6,2]]", "{1d6,2}"),
    ("1+[[ 1d20, 2d6 ]]kh1", "[[ 1d20, 2d6 ]]", "{1d20, 2d6}"),
    ("[[1d20+10,2d6+10,12]]", "[[1d20+10,2d6+10,12]]", None),
    ("4d6[fire", "[", None),
    ("4d6[]", "[]", None),
    ("d[hit,miss", "[", None),
    ("d[]", "]", None),
    ("d[1,,2]", ",", None),
    ("d[1*0]", "1*0", None),
    ("d0", "0", "d6"),
    ("2d", "d", "d6"),
    ("d", "d", "d20"),
    ("ad20", "ad20", "a1d20"),
    ("aaa1d20", "aaa", None),
    ("4d6t", "t", "t6 (count the dice that show 6 or more)"),
    ("4d6e", "e", "e6 (explode on 6)"),
    ("4d6mi", "mi", "mi2 (raise every die to at least 2)"),
    ("4d6kh>3", "kh>3", "kh1 (keep the highest)"),
    ("4d6r>=1", "r>=1", None),
    ("4d6!>0", "!>0", None),
    ("1d1!", "!", None),
    ("4d6!7", "!7", None),
    ("1d20!=25", "!=25", None),
    ("5d4u", "u", None),
    ("4d6ds6", "ds6", ">=6ds6"),
    ("4d6f1", "f1", ">=6f1"),
    ("{1d6,1d8}!", "!", None),
    ("{1d6,1d8}cs", "cs", None),
    ("d[hit,miss]kh1", "kh1", None),
    ("a1d[hit,miss]", "a1d[hit,miss]", None),
    ("4dPkh1", "kh1", None),
    ("p1d8", "p1d8", "p1d6"),
    ("adv 2d6", "adv", "1d20 adv"),
    ("flor(7/2)", "flor", "floor"),
    ("max 3", "max", "max(1d6,3)"),
    ("abs(1,2)", "abs(1,2)", None),
    ("2d6 3", "3", "+3 or ; 3"),
    ("4d6 >", ">", None),
    ("1,000d6", "1,000", "1000"),
    ("2d6k=", "=", None),
    ("z" * 60, "z" * 60, None),
    ("1d20+dex", "dex", None),
    (".5", ".", "0.5"),
    ("3d6.5", ".", None),
    ("1d20crit", "crit", "cs (mark the highest face as a critical success)"),
    ("4d6rerol1", "rerol", "r1 (reroll while a die shows 1)"),
    ("4d6success", "success", "t6 (count the dice that show 6 or more)"),
    ("4d6uoz", "uoz", "uo (reroll duplicates once)"),
    ("4d6zzz9", "zzz", None),
    ("dndstat", "dndstat", "dndstats (six ability scores, each the best three of four dice)"),
    ("sw", "sw", "sw8 (a trait die and a wild die, both exploding: the better one)"),
    ("tdx4", "tdx", None),
    ("3#dndstats", "dndstats", "dndstats"),
    ("6 dndstats", "dndstats", "dndstats"),
    ("1d20+dndstats", "dndstats", "dndstats"),
    ("1d20+$str", "$str", None),
]
"""What was typed · the letters pointed at · the suggestion."""


@pytest.mark.parametrize(("typed", "pointed", "suggestion"), MISTAKES, ids=[typed for typed, _, _ in MISTAKES])
def test_a_mistake_is_understood(typed: str, pointed: str, suggestion: str | None) -> None:
    with pytest.raises(NotationError) as caught:
        DiceEngine().roll(typed)
    assert caught.value.span is not None
    assert typed[slice(*caught.value.span)] == pointed
    refusal = caught.value
    told = f"{refusal.suggestion} ({meaning_text(refusal.meaning)})" if refusal.meaning else refusal.suggestion
    assert told == suggestion
    assert sentence(caught.value).endswith((".", "?"))


def test_there_are_at_least_fifty() -> None:
    assert len({typed for typed, _, _ in MISTAKES}) >= 50


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_message_is_asked_for_dice(blank: str) -> None:
    with pytest.raises(DiceError) as caught:
        DiceEngine().roll(blank)
    assert (caught.value.code, caught.value.suggestion) == ("nothing_to_roll", "1d20")
