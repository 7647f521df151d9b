"""A command edited within two minutes is rolled anew in the same answer, which keeps the first result in sight."""

from collections.abc import Callable

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.telemetry.recorder import Recorder
from tests.cogs.reading import said


def only_answer(channel: ChannelHandle) -> discord.Message:
    (message,) = [each for each in channel.history() if each.author.bot]
    return message


async def test_an_edited_roll_is_rolled_anew_in_the_same_answer(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    question = await alice.send(channel, "!roll 2d6")
    answer = only_answer(channel)
    assert "# 8" in said(answer)
    await alice.edit(question, "!roll 2d6+10")
    edited = only_answer(channel)
    assert edited.id == answer.id
    assert "# 18" in said(edited)
    assert said(edited).endswith("-# Edited. First roll: 2d6 (5, 3) = **8**")
    assert edited.components, "with buttons for the new roll"
    assert dict(recorder.publish().totals.commands) == {("roll", "ok"): 1, ("edited roll", "ok"): 1}


async def test_the_very_first_result_stays_however_often_it_is_edited(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    question = await alice.send(channel, "!roll 1d6")
    for bonus in (1, 2):
        await alice.edit(question, f"!roll 1d6+{bonus}")
    assert said(only_answer(channel)).endswith("-# Edited. First roll: 1d6 (5) = **5**")


async def test_a_mistake_is_mended_by_an_edit_and_may_be_made_by_one(
    alice: MemberActor, channel: ChannelHandle, raised: Callable[[], list[str]]
) -> None:
    question = await alice.send(channel, "!roll 2d6hk1")
    assert "^" in said(only_answer(channel))
    await alice.edit(question, "!roll 2d6kh1")
    mended = said(only_answer(channel))
    assert "# 5" in mended
    assert mended.endswith("-# Edited.")
    await alice.edit(question, "!roll 2d6hk1")
    refused = said(only_answer(channel))
    assert "^" in refused
    assert "**5**" in refused.partition("First roll: ")[2]
    assert raised() == []


@pytest.mark.parametrize("text", ["never mind", "!help", "!roll 2d6 secret", "!roll 2d6"])
async def test_an_edit_that_asks_for_no_open_roll_changes_nothing(
    alice: MemberActor, channel: ChannelHandle, text: str
) -> None:
    question = await alice.send(channel, "!roll 2d6")
    before = said(only_answer(channel))
    await alice.edit(question, text)
    assert said(only_answer(channel)) == before


async def test_after_two_minutes_the_roll_stands(alice: MemberActor, channel: ChannelHandle, simcord_env: Env) -> None:
    question = await alice.send(channel, "!roll 2d6")
    before = said(only_answer(channel))
    await simcord_env.advance_time(121)
    await alice.edit(question, "!roll 2d6+10")
    assert said(only_answer(channel)) == before


async def test_an_answer_that_was_deleted_is_not_given_again(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env, recorder: Recorder
) -> None:
    question = await alice.send(channel, "!roll 2d6")
    answer = only_answer(channel)
    simcord_env.backend.delete_message(channel.id, answer.id)
    await alice.edit(question, "!roll 2d6+10")
    assert not [each for each in channel.history() if each.author.bot]
    assert dict(recorder.publish().totals.commands)["edited roll", "ok"] == 1


async def test_a_message_that_asked_for_nothing_is_left_alone(alice: MemberActor, channel: ChannelHandle) -> None:
    said = await alice.send(channel, "hello")
    await alice.edit(said, "!roll 2d6")
    assert not [each for each in channel.history() if each.author.bot]
