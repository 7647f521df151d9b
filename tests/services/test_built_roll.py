import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.dice_roll import DiceEngine
from modules.services.built_roll import STEPS_LENGTH, BuiltRoll

STEPS = st.sampled_from(
    ["d4", "d6", "d20", "d100", "n8", "n1", "h1", "h3", "l1", "x1", "e", "r", "a", "v", "+1", "-1", "+9999", "-50"]
)


def built(steps: str) -> str:
    return BuiltRoll.unpack(steps).notation


@pytest.mark.parametrize(
    ("steps", "notation"),
    [
        ("", ""),
        ("d6", "1d6"),
        ("d6d6", "2d6"),
        ("d6d20d6", "1d6+1d20+1d6"),
        ("d6n8", "8d6"),
        ("d6n4h3d6", "4d6kh3+1d6"),
        ("d6n4x1", "4d6dl1"),
        ("d20a+5", "2d20kh1+5"),
        ("d20v-1-1", "2d20kl1-2"),
        ("d6er", "1d6!ro1"),
        ("d6ee", "1d6"),
        ("d6h1l1", "1d6kl1"),
        ("d8+1-1", "1d8"),
        ("+3", ""),
        ("h1d6", "1d6"),
    ],
)
def test_steps_make_a_notation(steps: str, notation: str) -> None:
    assert built(steps) == notation


@given(st.lists(STEPS, max_size=15))
def test_whatever_is_put_together_can_be_rolled_packed_and_undone(steps: list[str]) -> None:
    roll = BuiltRoll()
    for step in steps:
        longer = roll.with_step(step)
        if longer is None:
            assert len(roll.packed) + len(step) > STEPS_LENGTH
            break
        assert longer.undone() == roll
        assert BuiltRoll.unpack(longer.packed) == longer
        roll = longer
    if roll.notation:
        (rolled,) = DiceEngine().roll(roll.notation)
        assert rolled.expression == roll.notation, "it is canonical as it is"


def test_what_is_no_step_is_not_taken() -> None:
    assert BuiltRoll().with_step("d6; drop") is None
    assert BuiltRoll().with_step("") is None
    assert built("d6zzz?d6") == "2d6"


def test_a_pool_ends_where_a_hundred_dice_are() -> None:
    assert built("d6n100d6") == "100d6+1d6"
