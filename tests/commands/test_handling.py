"""Errors outside of a command: nothing that a person does ends without an answer, an incident and a count."""

import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.telemetry.recorder import Recorder


async def test_a_message_that_fails_before_it_is_a_command_is_answered_and_counted(
    alice: MemberActor,
    channel: ChannelHandle,
    simcord_bot: NazhBot,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(simcord_bot, "get_context", broken)
        await alice.send(channel, "!roll")
    (failure,) = recorder.publish().failures
    assert failure.kind == "RuntimeError"
    assert channel.last_message is not None
    assert f"incident `{failure.incident}`" in channel.last_message.content
    assert [record for record in caplog.records if getattr(record, "incident_id", None) == failure.incident]
    assert recorder.publish().totals.commands["unknown", "error"] == 1


async def test_a_slash_command_that_is_not_ours_any_more_is_refused_and_counted(
    alice: MemberActor,
    channel: ChannelHandle,
    simcord_bot: NazhBot,
    recorder: Recorder,
) -> None:
    command = simcord_bot.tree.get_command("about")
    assert command is not None
    simcord_bot.tree.remove_command("about")
    result = await alice.slash(channel, "about")
    assert result.response is not None
    assert "reload Discord" in result.response.content
    assert recorder.publish().totals.commands["unknown", "refused"] == 1
