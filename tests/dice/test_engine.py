"""The front door: what integrators rely on."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from modules.dice.errors import ArithmeticFault, DiceError, LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine


def rolled(notation: str, *faces: int) -> tuple[int | Fraction, str]:
    (roll,) = DiceEngine(source=ScriptedSource(faces)).roll(notation)
    return roll.total, roll.expression


@pytest.mark.parametrize(
    ("notation", "faces", "total", "expression"),
    [
        ("2d6+3", (3, 4), 10, "2d6+3"),
        ("D20", (20,), 20, "1d20"),
        ("d%", (77,), 77, "1d100"),
        ("4d6kh3", (6, 2, 5, 4), 15, "4d6kh3"),
        ("4d6k3", (6, 2, 5, 4), 15, "4d6kh3"),
        ("4d6dl1", (6, 2, 5, 4), 15, "4d6dl1"),
        ("4d6d1", (6, 2, 5, 4), 15, "4d6dl1"),
        ("2 + 3 * 4", (), 14, "2+3*4"),
        ("(2+3)*4", (), 20, "(2+3)*4"),
        ("-2^2", (), -4, "-2^2"),
        ("7/2", (), Fraction(7, 2), "7/2"),
        ("7//2", (), 3, "7//2"),
        ("2d6 \N{MINUS SIGN} 1", (3, 4), 6, "2d6-1"),
        ("2\N{MULTIPLICATION SIGN}1d4", (3,), 6, "2*1d4"),
        ("2d6[fire] + 1d4[cold]", (3, 4, 2), 9, "2d6[fire]+1d4[cold]"),
    ],
)
def test_first_vocabulary(notation: str, faces: tuple[int, ...], total: int | Fraction, expression: str) -> None:
    assert rolled(notation, *faces) == (total, expression)


def test_several_rolls_have_a_total_each() -> None:
    rolls = DiceEngine(source=ScriptedSource([12, 4, 5])).roll("1d20+5 to hit, 2d6+3 damage")
    assert [(roll.total, roll.comment, roll.faces) for roll in rolls] == [(17, "to hit", (12,)), (12, "damage", (4, 5))]


def test_faces_replay_the_roll() -> None:
    (roll,) = DiceEngine().roll("8d6!kh3 + (1d4)d20")
    assert rolled(roll.expression, *roll.faces) == (roll.total, roll.expression)


@pytest.mark.parametrize(
    ("notation", "kind", "span"),
    [
        ("4d6hk3", NotationError, (3, 5)),
        ("2d6+", NotationError, (3, 4)),
        ("1/0", ArithmeticFault, (0, 3)),
        ("10001d6", LimitError, (0, 7)),
        ("1d1000001", LimitError, (2, 9)),
        ("1" * 16, LimitError, (0, 16)),
        ("(" * 51 + "1" + ")" * 51, LimitError, (50, 51)),
        ("1" * 1001, LimitError, None),
    ],
)
def test_refusals_say_where(notation: str, kind: type[DiceError], span: tuple[int, int] | None) -> None:
    with pytest.raises(kind) as caught:
        DiceEngine().roll(notation)
    assert type(caught.value) is kind
    assert caught.value.span == span


def test_limits_are_the_callers() -> None:
    with pytest.raises(LimitError):
        DiceEngine(Limits(dice=3)).roll("4d6")


@pytest.mark.parametrize("asked", [DiceEngine.roll, DiceEngine.odds])
def test_a_stack_that_is_nearly_full_is_told_like_any_limit(asked: Callable[[DiceEngine, str], object]) -> None:
    engine = DiceEngine()
    notation = "abs(" * 20 + "1d6" + ")" * 20
    engine.roll(notation)  # remembered from now on: only rolling is left to do

    def down() -> list[Exception]:
        refused: list[Exception] = []
        try:
            refused += down()
        except RecursionError:
            return refused
        try:
            asked(engine, notation)
        except DiceError as error:
            refused.append(error)
        return refused

    refused = down()
    assert refused
    assert all(isinstance(error, LimitError) for error in refused)
