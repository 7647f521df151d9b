"""Names in notation: what is filled in, what is left to the parser, what stays a word."""

import pytest

from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine
from modules.rendering.errors import render_error
from modules.services.names import Names, called, parameter_count, tried, with_arguments

NAMES = Names(
    {"attack": "1d20+$1=7", "fire": "$1d6+str", "loop": "$loop"},
    {"str": "3", "DEX": "-1", "prof": "2", "atk": "1d20+str+prof"},
)


def canonical(typed: str) -> list[str]:
    meant = NAMES.meant(typed)
    return [roll.expression for roll in DiceEngine().roll(meant.text, saved=meant.saved)]


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("1d20+str", "1d20+3[str]"),
        ("1d20 + STR to hit", "1d20+3[str]"),
        ("1d20+dex", "1d20-1[DEX]"),
        ("1d20-dex", "1d20+1[DEX]"),
        ("str", "3[str]"),
        ("atk", "1d20+3[str]+2[prof]"),
        ("atk adv", "(2d20kh1+3[str]+2[prof])"),
        ("(1d4+str)*2", "(1d4+3[str])*2"),
        ("{1d20+str,1d20+dex}kh1", "{1d20+3[str],1d20-1[DEX]}kh1"),
        ("1d20+str vs 15", "1d20+3[str] vs 15"),
        ("$attack", "1d20+7"),
        ("$attack(3)+2", "(1d20+3)+2"),
        ("$attack(3)+$attack(4)", "(1d20+3)+(1d20+4)"),
        ("$fire(8)", "8d6+3[str]"),
        ("$ATTACK", "1d20+7"),
    ],
)
def test_names_stand_for_what_they_were_given(typed: str, expression: str) -> None:
    assert canonical(typed) == [expression]


@pytest.mark.parametrize("typed", ["str 2d6", "2d6 # hit (str+dex)", "1d20 str", "2d6[str]+3", "2d6 for str"])
def test_words_of_a_comment_or_a_label_stay_words(typed: str) -> None:
    assert NAMES.meant(typed).text == typed


@pytest.mark.parametrize("typed", ["$loop", "$nope", "$fire", "1d20+wis"])
def test_what_stands_for_nothing_is_refused_with_a_caret(typed: str) -> None:
    meant = NAMES.meant(typed)
    with pytest.raises(DiceError) as refused:
        DiceEngine().roll(meant.text, saved=meant.saved)
    assert "^" in render_error(refused.value, meant.text)


def test_calls_that_look_alike_are_told_apart() -> None:
    text = NAMES.meant("$attack(1+2)+$attack(1-2)+$attack(1*2)").text
    assert canonical("$attack(1+2)+$attack(1-2)+$attack(1*2)") == ["(1d20+1+2)+(1d20+1-2)+(1d20+1*2)"]
    assert len(text) == len("$attack(1+2)+$attack(1-2)+$attack(1*2)"), "carets stand where they should"


def test_parameters_have_defaults_or_are_needed() -> None:
    assert with_arguments("$1d6+$2=4", ["3"]) == "3d6+4"
    assert with_arguments("$1d6+$2=4", ["3", "1d4"]) == "3d6+1d4"
    with pytest.raises(DiceError):
        with_arguments("$1d6", [])
    assert parameter_count("$1d6+$3=4") == 3
    assert tried("$1d6+$2=4") == " 1d6+   4"


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("", "1d20+7 # attack"),
        ("3", "1d20+3 # attack"),
        ("3 goblin", "1d20+3 # goblin"),
        ("goblin king", "1d20+7 # goblin king"),
        ("+2", "$attack +2 # attack"),
        ("+2 # boss", "$attack +2 # boss"),
        ("adv", "adv $attack # attack"),
        ("vs 15", "$attack vs 15 # attack"),
    ],
)
def test_what_is_typed_behind_a_name(rest: str, text: str) -> None:
    assert called("attack", "1d20+$1=7", rest) == text


def test_a_name_never_doubles_its_way_past_the_limits() -> None:
    bombs = Names({f"a{each}": f"$a{each + 1}+$a{each + 1}" for each in range(40)} | {"a40": "1d6"})
    meant = bombs.meant("$a0")
    with pytest.raises(DiceError):
        DiceEngine().roll(meant.text, saved=meant.saved)
