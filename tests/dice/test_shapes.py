"""Messages filled into their shape: the same rolls, the same lines and the same refusals as if each were read."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS
from modules.dice.rolling.prepared_roll import FilledRoll
from modules.dice.rolling.shapes import ADDED
from modules.dice.rolling.source import Faces, RandomSource
from modules.dice_roll import DiceEngine
from modules.rendering.errors import plain_error
from modules.rendering.explain import explain
from modules.rendering.rolls import render_rolls
from tests.dice.strategies import MESSAGE

DATA = Path(__file__).parent / "data"
LINES = [
    json.loads(line)["typed"]
    for name in ("typed.jsonl", "lines.jsonl")
    for line in (DATA / name).read_text("utf-8").splitlines()
]
"""What people type."""
often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Repeatable(RandomSource):
    """Faces that come again after `restart`."""

    def __init__(self) -> None:
        self._random = random.Random()  # noqa: S311 - repeatable on purpose

    def restart(self) -> None:
        self._random.seed(1)

    def roll(self, sides: int, count: int) -> Faces:
        return tuple(self._random.choices(range(1, sides + 1), k=count))


def told(engine: DiceEngine, notation: str) -> list[object]:
    """Everything there is to know of what a message comes to."""
    assert isinstance(engine.source, Repeatable)
    engine.source.restart()
    try:
        rolls = engine.roll(notation)
    except DiceError as refusal:
        return [refusal.code, refusal.span, refusal.suggestion, refusal.parameters, plain_error(refusal, notation)]
    stories = [
        (roll, hash(roll), roll.as_dict(), str(roll.node), roll.prepared.pieces, explain(roll)) for roll in rolls
    ]
    return [str(stories), render_rolls(rolls), rolls]


def with_numbers(notation: str, numbers: list[int]) -> str:
    """The notation with other numbers added, as many digits as they may have."""
    given_numbers = iter(numbers * (len(notation) // len(numbers) + 1))
    return ADDED.sub(lambda found: f"{found[1]}{next(given_numbers)}", notation)


def assert_same_as_read(engine: DiceEngine, notation: str, numbers: list[int]) -> None:
    """Hold three messages of one shape against an engine that has seen none of them."""
    for shift in (0, 1, 2):
        text = with_numbers(notation, numbers[shift:] + numbers[:shift])
        fresh = DiceEngine(engine.limits, Repeatable(), dialect=engine.dialect)
        assert told(engine, text) == told(fresh, text), text


NUMBERS = st.lists(st.integers(1, 99_999) | st.integers(1, 20), min_size=3, max_size=5, unique=True)


@often
@given(MESSAGE, NUMBERS)
def test_whatever_the_grammar_allows_is_filled_as_it_would_be_read(notation: str, numbers: list[int]) -> None:
    assert_same_as_read(DiceEngine(source=Repeatable()), notation, numbers)


@pytest.mark.parametrize("notation", sorted({line for line in LINES if ADDED.search(line)}))
def test_what_people_type_is_filled_as_it_would_be_read(notation: str) -> None:
    for dialect in DIALECTS:
        assert_same_as_read(DiceEngine(source=Repeatable(), dialect=dialect), notation, [7, 123, 41, 8])


@pytest.mark.parametrize(
    "notation",
    [
        "1d20+5",
        "1d20 - 5 to hit",
        "(2d6+3)*2+1d8-4d6kh3+1",
        "8d6!+5",
        "2d20kh1+5 to hit; 1d8+3[slashing]",
        "1d8+2[fire]+1d6+3[cold]",
        "3#1d20+5",
        "4d6 drop lowest +2",
        "1d20+5 with advantage",
        "(1d20+5) vs 15",
        "floor((1d6+3)/2)",
        "-(1d6+2)^2",
        "2d20kh1 + 3 + 4 dc 12",
        "d66+2",
        "1d6+1; &+2",
        "1d20+1dP+4",
    ],
)
def test_messages_of_a_known_shape_are_filled(notation: str) -> None:
    engine = DiceEngine(source=Repeatable())
    assert_same_as_read(engine, notation, [4, 31, 9, 250])
    assert all(type(roll.prepared) is FilledRoll for roll in engine.roll(with_numbers(notation, [77])))


@pytest.mark.parametrize("start", ["coc", "coc+1d6", "cod 5"])
def test_numbers_that_shortcuts_take_are_read_each_time(start: str) -> None:
    engine = DiceEngine(source=Repeatable())
    for number in (10_000, 20_000, 1, 2, 30_000, 3):
        text = f"{start}+{number}[fire]"
        assert told(engine, text) == told(DiceEngine(source=Repeatable()), text), text


@pytest.mark.parametrize(
    "notation",
    [
        "1d20+5 # rage +2",
        "(1d4+2)d6",
        "{1d6+3}kh1",
    ],
)
def test_where_a_number_is_more_than_added_every_message_is_read(notation: str) -> None:
    engine = DiceEngine(source=Repeatable())
    assert_same_as_read(engine, notation, [2, 3, 5, 7])
    assert not any(type(roll.prepared) is FilledRoll for roll in engine.roll(with_numbers(notation, [4])))


def test_a_refusal_points_into_its_own_text() -> None:
    engine = DiceEngine(source=Repeatable())
    for number in (5, 60, 70_000, 8):
        notation = f"1d6+{number} + 7/(2d1-2) + {number}"
        with pytest.raises(DiceError) as refused:
            engine.roll(notation)
        assert refused.value.code == "division_by_zero"
        assert refused.value.span is not None
        assert notation[slice(*refused.value.span)].strip() == "7/(2d1-2)"


def test_a_refusal_without_a_place_stays_without_one() -> None:
    engine = DiceEngine(Limits(steps=40), Repeatable())
    for number in (5, 60, 70):
        refusal = told(engine, f"30d2r1+{number}")
        assert refusal[:2] == ["work_limit", None]
        assert refusal == told(DiceEngine(engine.limits, Repeatable()), f"30d2r1+{number}")


@pytest.mark.parametrize("limits", [Limits(digits=3), Limits(notation_length=6)])
def test_limits_hold_for_every_message(limits: Limits) -> None:
    engine = DiceEngine(limits, Repeatable())
    for text in ("1d20+5", "1d20+9", "1d20+8", "1d20+15", "1d20+150", "1d20+1500"):
        assert told(engine, text) == told(DiceEngine(limits, Repeatable()), text)
