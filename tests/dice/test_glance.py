"""What is read at a glance is what the parser reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.parser import parse
from modules.dice.rolling.compiled_message import make_plan
from modules.dice.rolling.glance import glance
from modules.dice.rolling.source import ScriptedSource, SystemSource
from modules.dice_roll import DiceEngine

POOL = st.from_regex(r"\A[1-9]?[dD]([2-9]|20|100|300)((k|kh|KL|dl|dh)[0-6]|!|(>=|<=|>|<|=)[0-9]{1,3})?\Z")
TERM = st.one_of(POOL, POOL, st.integers(0, 999).map(str))
PLAIN = st.recursive(
    TERM,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map("".join), inner.map(lambda text: f"({text})")
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_glance_and_parser_roll_the_same(notation: str) -> None:
    limits = Limits()
    plan = glance(notation, SystemSource(), limits)
    if plan is None:
        return
    (roll,) = plan()
    source = ScriptedSource(roll.faces)
    (parsed,) = make_plan(parse(notation), source, limits)()
    assert (parsed.total, parsed.expression, source.left_count) == (roll.total, roll.expression, 0)
    assert parsed.faces == roll.faces
    assert roll.story


PLAIN_ONES = "1d20+5 2d6+3 4d6kh3 8d6! 10d10>=8 100d6 (2d6+3)*2+1d8-4d6k3 1000d6kh500 5 2*3*(4-1)"
DOUBTFUL = (
    "1d20+ (1d20 1d20) d1! 0d6 1d0 d20dl1d6 2d6+-3 2**3 (10d10)>=8 (1d4)d6 4d6!6 4d6r1 d% 1d300>=3 1*1*1*1*1*1*1 "
    "(((((1))))) 9999999999999999 10001d6 9999d6+2d6"
)


@pytest.mark.parametrize("notation", [*PLAIN_ONES.split(), "-".join(["d6"] * 24)])
def test_plain_notations_need_no_parser(notation: str) -> None:
    assert glance(notation, SystemSource(), Limits()) is not None


@pytest.mark.parametrize("notation", ["", " 1d20", "1d20 +5", "+".join(["1"] * 50), *DOUBTFUL.split()])
def test_doubts_are_left_to_the_parser(notation: str) -> None:
    assert glance(notation, SystemSource(), Limits()) is None


@pytest.mark.parametrize(
    "limits",
    [
        Limits(dice=5),
        Limits(sides=5),
        Limits(digits=3),
        Limits(steps=300),
        Limits(notation_length=4),
        Limits(nesting=1),
    ],
)
def test_strict_limits_are_left_to_the_parser(limits: Limits) -> None:
    assert glance("6d6+12345", SystemSource(), limits) is None


def test_dialects_are_left_to_the_parser() -> None:
    for dialect in sorted(set(DIALECTS) - {"nazh"}):
        (roll,) = DiceEngine(source=ScriptedSource([3, 1, 4, 3]), dialect=dialect).roll("4d6k3")
        assert roll.total == (6 if dialect == "avrae" else 10)


def test_refusals_are_the_parsers() -> None:
    with pytest.raises(DiceError) as caught:
        DiceEngine().roll("1d20+5d")
    assert caught.value.span == (6, 7)
