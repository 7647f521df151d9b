"""Players roll; the real bot answers."""

from collections.abc import Callable
from dataclasses import replace

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.telemetry.recorder import Recorder
from tests.cogs.reading import said


def answer(channel: ChannelHandle) -> str:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return said(message)


@pytest.mark.parametrize("text", ["!roll 2d6+3", "!r 2d6+3", "!ROLL 2D6 + 3", "!  roll 2d6+3"])
async def test_a_roll_is_answered_with_its_total_and_notation(
    alice: MemberActor, channel: ChannelHandle, text: str
) -> None:
    await alice.send(channel, text)
    assert "# 11" in answer(channel)
    assert "2d6" in answer(channel)


@pytest.mark.parametrize("text", ["!roll `2d6+3`", "!roll ```2d6+3```", "!roll ```\n2d6+3\n```"])
async def test_marks_for_code_around_a_notation_are_no_part_of_it(
    alice: MemberActor, channel: ChannelHandle, text: str
) -> None:
    await alice.send(channel, text)
    assert "# 11" in answer(channel)


async def test_a_mention_works_as_prefix(alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot) -> None:
    assert simcord_bot.user is not None
    await alice.send(channel, f"{simcord_bot.user.mention} roll 2d6+3")
    assert "# 11" in answer(channel)


async def test_the_slash_command_answers_alike(alice: MemberActor, channel: ChannelHandle) -> None:
    result = await alice.slash(channel, "roll", dice="2d6+3")
    assert result.response is not None
    assert "# 11" in said(result.response)
    assert not result.ephemeral


async def test_the_answer_replies_to_the_question(alice: MemberActor, channel: ChannelHandle) -> None:
    question = await alice.send(channel, "!roll d6")
    message = channel.last_message
    assert message is not None
    assert message.reference is not None
    assert message.reference.message_id == question.id


async def test_without_notation_a_d20_is_rolled(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll")
    assert "1d20" in answer(channel)


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_bad_notation_gets_a_caret_and_rolls_nothing(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder, raised: Callable[[], list[str]], slash: bool
) -> None:
    if slash:
        result = await alice.slash(channel, "roll", dice="4d6hk3")
        assert result.response is not None
        text = said(result.response)
        assert result.ephemeral
    else:
        await alice.send(channel, "!roll 4d6hk3")
        text = answer(channel)
    assert raised() == []
    assert dict(recorder.publish().totals.commands) == {("roll", "refused"): 1}
    assert "^^" in text
    assert "kh3" in text


async def test_nobody_is_pinged_by_what_a_player_types(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    await alice.send(channel, f"!roll 1d6 # <@{bob.id}> @everyone")
    assert answer(channel)
    (sent,) = [entry for entry in simcord_env.http_requests if entry.method == "POST" and "messages" in entry.path]
    assert sent.json is not None
    assert sent.json["allowed_mentions"] == {"parse": []}


async def test_other_bots_commands_are_left_alone(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!weather Berlin")
    assert channel.last_message is not None
    assert said(channel.last_message) == "!weather Berlin"


async def test_a_command_in_private_works(simcord_env: Env) -> None:
    carol = simcord_env.create_user("carol")
    await carol.send_dm("!roll 2d6+3")
    posts = [e for e in simcord_env.http_requests if e.method == "POST" and e.path.endswith("/messages")]
    assert posts


async def test_while_draining_a_command_is_refused_kindly(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, raised: Callable[[], list[str]]
) -> None:
    simcord_bot.handling.drain.draining = True
    await alice.send(channel, "!roll 2d6")
    assert "restarting" in answer(channel)
    result = await alice.slash(channel, "roll", dice="2d6")
    assert result.response is not None
    assert "restarting" in said(result.response)
    assert raised() == ["Refusal", "Refusal"]


async def test_a_bug_is_answered_with_an_incident_and_logged_with_it(
    alice: MemberActor,
    channel: ChannelHandle,
    simcord_bot: NazhBot,
    recorder: Recorder,
    raised: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken:
        def roll(self, _notation: str) -> None:
            raise ZeroDivisionError("the inner secret")

    cog = simcord_bot.get_cog("RollCog")
    cog._roller = replace(cog._roller, rolls=Broken())  # type: ignore[union-attr]
    await alice.send(channel, "!roll 2d6")
    text = answer(channel)
    assert "incident" in text
    assert "secret" not in text
    assert "ZeroDivision" not in text
    incident_id = text.split("`")[1]
    logged = [r for r in caplog.records if getattr(r, "incident_id", None) == incident_id]
    assert len(logged) == 1
    assert logged[0].exc_info is not None
    assert raised() == ["ZeroDivisionError"]
    (failure,) = recorder.publish().failures
    assert (failure.kind, failure.command, failure.incident) == ("ZeroDivisionError", "roll", incident_id)


async def test_in_a_channel_without_history_the_answer_comes_without_a_reference(
    simcord_env: Env, alice: MemberActor, channel: ChannelHandle
) -> None:
    simcord_env.inject_error("POST", f"/channels/{channel.id}/messages", status=400, code=160002, times=1)
    await alice.send(channel, "!roll 2d6+3")
    message = channel.last_message
    assert message is not None
    assert "# 11" in said(message)
    assert message.reference is None


async def test_a_forbidden_channel_is_asked_once_and_harms_nothing(
    simcord_env: Env,
    alice: MemberActor,
    channel: ChannelHandle,
    raised: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    simcord_env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)
    await alice.send(channel, "!roll 2d6+3")
    assert isinstance(channel.last_message, discord.Message)
    assert not channel.last_message.author.bot
    assert any("may not speak" in r.message for r in caplog.records)
    assert raised() == ["Forbidden"]
    await alice.send(channel, "!roll d6")
    assert answer(channel)
