"""What odds cost, counted in steps, lines and bytes; milliseconds are for benchmarks to say."""

import sys
import tracemalloc
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings

from modules.dice.errors import DiceError, LimitError
from modules.dice.odds.budget import STEPS, OddsBudget
from modules.dice_roll import DiceEngine
from tests.dice.strategies import CHECKED

ENGINE = DiceEngine()
DEAR = [
    "800d20",
    "200d100",
    "2309d6",
    "6323d2",
    "60d20kh30",
    "8d6!",
    "14d6!",
    "10d10!kh5",
    "(3d6)d(2d10)",
    "200d10>=8f1",
    "50d6*50d6",
    "{20d6,20d6,20d6}kh2",
    "300d[1,7,31]",
    "10d[1,1000,30]*7",
    "100d10>=6pr10",
    "30d10t6c",
    "6d10!t8",
    "5d6ra1xo6",
    "3d12u",
    "5d4g",
    "1d1000000",
    "1d300/1d290",
    "1d7000/7",
    "1d90000+5 vs 50000",
    "1d22000/7-1d5",
    "1d7000+0.5",
    "1d90000+0.5",
    "abs(abs(abs(1d90000-5)))",
    "---1d90000",
    "1d90000*2",
    "1d200^2",
    "max(1d20000,1d30000)",
    "40d10>=8c",
    "6d[a,b+a,c,-]",
    "6proficiency+6challenge",
    "1d20; &+&; &*2",
    "ap2d6; 1d20+5 vs 15",
]
"""Accepted or refused: whatever they do, they do it within the budget."""
LINES_A_STEP = 25
"""Lines of Python that run in a step of about a microsecond, at most."""
LINES_BESIDE = 8_000
"""Lines that reading, checking and compiling may take."""


def answered(notation: str) -> bool:
    try:
        ENGINE.odds(notation)
    except LimitError:
        return False
    return True


class Lines:
    """Counts lines of Python."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _frame: FrameType, event: str, _argument: object) -> "Lines":
        self.count += event == "line"
        return self

    def of(self, notation: str) -> int:
        before = sys.gettrace()
        sys.settrace(self)
        try:
            answered(notation)
        finally:
            sys.settrace(before)
        return self.count


@pytest.fixture
def charged(monkeypatch: pytest.MonkeyPatch) -> list[OddsBudget]:
    """Every budget that was made."""
    made: list[OddsBudget] = []
    start = OddsBudget.__init__

    def noted(self: OddsBudget, *arguments: Any) -> None:
        start(self, *arguments)
        made.append(self)

    monkeypatch.setattr(OddsBudget, "__init__", noted)
    return made


@pytest.mark.parametrize("notation", DEAR)
def test_the_work_is_paid_for(notation: str, charged: list[OddsBudget]) -> None:
    answered(notation)  # what is read from files is read now
    del charged[:]
    lines = Lines().of(notation)
    paid = sum(min(STEPS, STEPS - budget.steps) for budget in charged)
    assert lines <= LINES_BESIDE + LINES_A_STEP * paid
    assert lines <= LINES_BESIDE + LINES_A_STEP * STEPS


@pytest.mark.parametrize("notation", DEAR)
def test_no_odds_take_much_memory(notation: str) -> None:
    answered(notation)
    tracemalloc.start()
    try:
        answered(notation)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50_000_000


@settings(max_examples=60)
@given(CHECKED)
def test_little_work_is_little_work(notation: str) -> None:
    try:
        ENGINE.odds(notation, steps=250)
    except DiceError:
        return
    assert Lines().of(notation) <= LINES_BESIDE + LINES_A_STEP * 250
