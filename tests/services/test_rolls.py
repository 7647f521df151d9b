import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.source import Faces, RandomSource, ScriptedSource
from modules.services.rolls import RollService
from modules.telemetry.board import Board
from modules.telemetry.recorder import Recorder


class BrokenSource(RandomSource):
    """Has a bug."""

    def roll(self, sides: int, count: int) -> Faces:
        raise ZeroDivisionError(f"{count} dice of {sides} sides")


def test_dice_are_counted_by_their_sides() -> None:
    recorder = Recorder(Board())
    rolls = RollService(ScriptedSource([1, 2, 3, 4, 20]), recorder)
    assert [roll.total for roll in rolls.roll("4d6; 1d20")] == [10, 20]
    totals = recorder.publish().totals
    assert dict(totals.dice) == {"6": 4, "20": 1}
    assert dict(totals.rolls) == {"ok": 1}


def test_a_refusal_is_counted_and_passed_on() -> None:
    recorder = Recorder(Board())
    with pytest.raises(DiceError):
        RollService(ScriptedSource([]), recorder).roll("4d6hk3")
    assert dict(recorder.publish().totals.rolls) == {"refused": 1}


def test_a_bug_is_counted_as_an_error_and_no_refusal() -> None:
    recorder = Recorder(Board())
    with pytest.raises(ZeroDivisionError):
        RollService(BrokenSource(), recorder).roll("4d6")
    assert dict(recorder.publish().totals.rolls) == {"error": 1}
