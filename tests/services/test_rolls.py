import json

import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.source import Faces, RandomSource, ScriptedSource
from modules.services.rolls import KEPT, RollRequest, RollService, replay
from modules.services.statistics import statistics
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


class BrokenSource(RandomSource):
    """Has a bug."""

    def roll(self, sides: int, count: int) -> Faces:
        raise ZeroDivisionError(f"{count} dice of {sides} sides")


async def test_dice_are_counted_by_their_sides() -> None:
    recorder = Recorder(LatestSnapshot())
    rolls = RollService(ScriptedSource([1, 2, 3, 4, 20]), recorder)
    assert [roll.total for roll in (await rolls.roll(RollRequest("4d6; 1d20"))).rolls] == [10, 20]
    totals = recorder.publish().totals
    assert dict(totals.dice) == {"6": 4, "20": 1}
    assert dict(totals.rolls) == {"ok": 1}


async def test_a_refusal_is_counted_and_passed_on() -> None:
    recorder = Recorder(LatestSnapshot())
    with pytest.raises(DiceError):
        await RollService(ScriptedSource([]), recorder).roll(RollRequest("4d6hk3"))
    assert dict(recorder.publish().totals.rolls) == {"refused": 1}


async def test_a_bug_is_counted_as_an_error_and_no_refusal() -> None:
    recorder = Recorder(LatestSnapshot())
    with pytest.raises(ZeroDivisionError):
        await RollService(BrokenSource(), recorder).roll(RollRequest("4d6"))
    assert dict(recorder.publish().totals.rolls) == {"error": 1}


async def test_a_record_rolls_the_same_again() -> None:
    rolls = RollService(ScriptedSource([4, 6, 2, 5]), Recorder(LatestSnapshot()))
    request = RollRequest("4d6kh3+1 str", actor_id=1, guild_id=2, channel_id=3, source_id=4)
    rolled = await rolls.roll(request)
    assert rolled.request is request
    (entry,) = rolled.entries(now=1_000)
    assert (entry.canonical, entry.faces, entry.total, entry.comment) == ("4d6kh3+1", "4,6,2,5", "16", None)
    assert (entry.user_id, entry.guild_id, entry.channel_id, entry.source_id, entry.source_index) == (1, 2, 3, 4, 0)
    assert replay(rolled.entries(now=1_000, keeps_text=True)[0]) == rolled.rolls[0]


async def test_a_dialect_is_followed() -> None:
    rolls = RollService(ScriptedSource([3, 3, 1, 6]), Recorder(LatestSnapshot()))
    (roll,) = (await rolls.roll(RollRequest("4d6k3", dialect="avrae"))).rolls
    assert roll.total == 6


async def test_labels_are_recorded_where_text_is_kept_or_where_they_name_a_value() -> None:
    rolls = RollService(ScriptedSource([3, 2, 1]), Recorder(LatestSnapshot()))
    request = RollRequest("1d6[secret plan] + 1d6[str] + d[4,8]", known_labels=frozenset({"str"}))
    rolled = await rolls.roll(request)
    (entry,) = rolled.entries(now=0)
    assert entry.canonical == "1d6+1d6[str]+1d[4,8]"
    assert replay(entry).total == rolled.rolls[0].total
    assert rolled.entries(now=0, keeps_text=True)[0].canonical == "1d6[secret plan]+1d6[str]+1d[4,8]"


async def test_the_ledger_tells_which_faces_of_a_roll_are_old() -> None:
    service = RollService(ScriptedSource([4]), Recorder(LatestSnapshot()))
    resumed = await service.resume(RollRequest("2d20kh1+5"), [9, None])
    assert (resumed.rolled.kept, resumed.fresh) == ([9], [4])
    (entry,) = resumed.rolled.entries(0)
    assert json.loads(entry.details or "")[KEPT] == [9]
    assert replay(entry).total == 14
    (thrown,) = (await RollService(ScriptedSource([4]), Recorder(LatestSnapshot())).roll(RollRequest("1d6"))).entries(0)
    assert KEPT not in (thrown.details or "")


async def test_a_roll_that_keeps_old_dice_says_nothing_of_luck() -> None:
    service = RollService(ScriptedSource([20, 1]), Recorder(LatestSnapshot()))
    (thrown,) = (await service.roll(RollRequest("1d20"))).entries(0)
    (changed,) = (await service.resume(RollRequest("2d20kh1"), [20, None])).rolled.entries(0)
    told = statistics(2, [thrown, changed])
    assert (told.roll_count, told.looked_at, told.d20_count, told.twenties, told.ones) == (2, 1, 1, 1, 0)
