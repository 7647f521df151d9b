"""The other player of the demo rolls and presses buttons, a few times, and then stops."""

import asyncio

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

import demo
from modules.bot import NazhBot
from modules.telemetry.recorder import Recorder
from tests.cogs.conftest import alice, channel, latest, new_bot, recorder, simcord_bot

__all__ = ["alice", "channel", "latest", "new_bot", "recorder", "simcord_bot"]


@pytest.fixture
def faces() -> list[int]:
    return [1] * 200


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(demo, "QUIET_SECONDS", 0.0)


async def test_each_turn_is_answered_and_then_there_is_quiet(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    shown: list[int] = []

    async def refresh() -> None:
        shown.append(len(channel.history()))

    quiet = demo.Quiet()
    await quiet.broken("the visitor has begun")
    await demo._play(alice, channel, refresh, quiet)
    assert len(shown) == len(demo.TURNS)
    endings = {name: count for (name, _status), count in recorder.publish().totals.commands.items()}
    rolls = sum(turn.startswith("!") for turn in demo.TURNS)
    assert endings == {"roll": rolls, "again": 2, "adv": 1, "dis": 1}


async def test_it_can_be_stopped_at_any_time(
    alice: MemberActor, channel: ChannelHandle, monkeypatch: pytest.MonkeyPatch, simcord_env: Env
) -> None:
    monkeypatch.setattr(demo, "TURN_SECONDS", 3_600.0)
    quiet = demo.Quiet()
    playing = asyncio.create_task(demo._play(alice, channel, simcord_env.settle, quiet))
    await asyncio.sleep(0)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert channel.history() == []
    assert simcord_env is not None


async def test_it_waits_while_the_visitor_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = demo.Quiet()
    await quiet.fall()
    monkeypatch.setattr(demo, "QUIET_SECONDS", 3_600.0)
    waiting = asyncio.create_task(quiet.fall())
    for _ in range(3):
        await asyncio.sleep(0)
        await quiet.broken("a press")
        await asyncio.sleep(0)
        assert not waiting.done()
    waiting.cancel()


async def test_a_refused_command_is_no_error_of_the_page(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env, simcord_bot: NazhBot
) -> None:
    demo.hide_refusals(simcord_bot)
    await alice.send(channel, "!save")
    assert channel.last_message is not None
    assert "Write it like this" in channel.last_message.content
    assert simcord_env.errors == []


def test_nothing_to_press_is_passed_over(channel: ChannelHandle) -> None:
    assert demo._button(channel, "again:") is None
