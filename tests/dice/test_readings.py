"""Rolls without words skip the close reading, and are read as it would read them."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.parser import MessageParser
from modules.dice_roll import DiceEngine
from tests.dice.strategies import LABEL, MESSAGE, POOL, SIMPLE, TYPED

LINES = [
    json.loads(line)["typed"]
    for name in ("typed.jsonl", "lines.jsonl")
    for line in (Path(__file__).parent / "data" / name).read_text("utf-8").splitlines()
]
COMMENT = st.sampled_from(["", "", " to hit", " Fire", "# to hit", " # Sneak attack", " #r", " (two) words", " - why"])
PART = st.tuples(
    POOL | SIMPLE, LABEL, st.sampled_from(["", "+3", " - 2", "[a b]", "[a1 2]", "[d8]", "[adv]"]), COMMENT
).map("".join)
PARTS = st.lists(PART, min_size=1, max_size=3).map("; ".join)


def assert_read_alike(typed: str, dialect: str = "nazh") -> bool:
    """Whether the short reading understands it; then the close one, if it does, must come to the same."""
    try:
        short = MessageParser(Limits(), DIALECTS[dialect]).plain(typed)
        close = MessageParser(Limits(), DIALECTS[dialect]).sentence(typed)
    except DiceError:
        return False
    assert short in (None, close)
    return short is not None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGE | PARTS | TYPED)
def test_whatever_the_grammar_allows_is_read_alike(typed: str) -> None:
    assert_read_alike(typed)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_people_type_is_read_alike(dialect: str) -> None:
    assert sum(assert_read_alike(line, dialect) for line in LINES) > len(LINES) / 10


@pytest.mark.parametrize(
    "typed",
    [
        "1d20+5",
        "1d20+5 to hit",
        "1d20+5 # to hit",
        "1d20+5[an]",
        "8d6![fire]",
        "1d20+5[a1]-1[level 2]",
        "2d6[fire]+1d6[Cold damage]-1[ice][thin]",
        "2d20kh1+5 to hit; 1d8+3[slashing]",
        "4d6kh3;4d6kh3 # strength;  1d20",
    ],
)
def test_these_need_no_close_reading(typed: str) -> None:
    assert assert_read_alike(typed)


@pytest.mark.parametrize(
    "typed",
    ["3d6 # +1", "12 sr; 2d6", "2 to hit", "1d20;", "; ".join(["1d20"] * 21), "1d6 [a]", "d[a]", "{1d6;2}"],
)
def test_whatever_may_mean_more_is_read_closely(typed: str) -> None:
    assert MessageParser(Limits()).plain(typed) is None


def test_no_roll_ends_inside_brackets() -> None:
    (roll,) = DiceEngine().roll("-(({1d2 !! t2, 1d2}kh1)) fire")
    assert roll.comment == "fire"
    with pytest.raises(DiceError):
        DiceEngine().roll("(1d6 # a, 2d6) fire")
