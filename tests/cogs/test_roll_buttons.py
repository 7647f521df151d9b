"""Buttons under a roll: the next roll is one tap away, for anyone at the table."""

from collections.abc import Callable
from pathlib import Path

import discord
import pytest
import simcord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.dice.rolling.source import ScriptedSource
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot
from tests.cogs.reading import said


@pytest.fixture
def faces() -> list[int]:
    return [5, 3, 6, 2, 1, 4, 2, 6, 3, 1, 5, 5, 4]


@pytest.fixture
def bob(simcord_env: Env, channel: ChannelHandle) -> MemberActor:
    assert channel is not None, "the guild comes with the channel"
    return simcord_env.guild.add_member(simcord_env.create_user("bob"))


def answer(channel: ChannelHandle) -> discord.Message:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return message


def labels(message: discord.Message) -> list[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [each.label or "" for row in rows for each in row.children if isinstance(each, discord.Button)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!r 2d6", ["Roll again", "± Modifier", "⋯ More"]),
        ("!r 1d20", ["Roll again", "Advantage", "Disadvantage", "± Modifier", "⋯ More"]),
        ("!r adv 1d20", ["Roll again", "Disadvantage", "Without", "± Modifier", "⋯ More"]),
        ("!r 1d20 dis", ["Roll again", "Advantage", "Without", "± Modifier", "⋯ More"]),
    ],
)
async def test_advantage_is_offered_where_a_d20_is(
    alice: MemberActor, channel: ChannelHandle, text: str, expected: list[str]
) -> None:
    await alice.send(channel, text)
    assert labels(answer(channel)) == expected


async def test_anyone_rolls_again_and_the_answer_says_who(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!roll 2d6+3 fire")
    first = answer(channel)
    for total in ("# 11", "# 8"):
        pressed = await bob.click(first, label="Roll again")
        assert pressed.response is not None
        assert not pressed.ephemeral
        assert total in said(pressed.response)
        assert "fire" in said(pressed.response)
        assert said(pressed.response).endswith(f"-# Again, by <@{bob.id}>")
    assert dict(recorder.publish().totals.commands) == {("roll", "ok"): 1, ("again", "ok"): 2}


async def test_a_press_is_one_request_and_pings_nobody(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    await alice.send(channel, "!roll 2d6 # @everyone")
    message = answer(channel)
    before = len(simcord_env.http_requests)
    await bob.click(message, label="Roll again")
    (sent,) = simcord_env.http_requests[before:]
    assert sent.json is not None
    assert sent.json["data"]["allowed_mentions"]["parse"] == []


async def test_advantage_and_back(alice: MemberActor, bob: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 1d20+5 to hit")
    with_advantage = await bob.click(answer(channel), label="Advantage")
    assert with_advantage.response is not None
    assert "2d20kh1" in said(with_advantage.response)
    assert "to hit" in said(with_advantage.response)
    assert f"With advantage, by <@{bob.id}>" in said(with_advantage.response)
    again = await bob.click(with_advantage.response, label="Roll again")
    assert again.response is not None
    assert "2d20kh1" in said(again.response)
    straight = await bob.click(again.response, label="Without")
    assert straight.response is not None
    assert "1d20" in said(straight.response)
    disadvantage = await bob.click(straight.response, label="Disadvantage")
    assert disadvantage.response is not None
    assert "2d20kl1" in said(disadvantage.response)


async def test_a_modifier_is_asked_for_and_added(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!roll 2d6 vs 7 # jump")
    message = answer(channel)
    for typed, expected in (("+2", "2d6+2"), ("lots", "like `+2` or `-1d4`")):
        form = await bob.click(message, label="± Modifier")
        result = await bob.submit_modal(form, {"answer": typed})
        assert result.response is not None
        assert expected in said(result.response)
    assert dict(recorder.publish().totals.commands)["modded", "refused"] == 1


async def test_the_menu_repeats_explains_and_copies(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!roll 4d6kh3")
    menu = await bob.click(answer(channel), label="⋯ More")
    assert menu.ephemeral
    assert menu.response is not None
    twice = await bob.select(menu.response, ["times 2"])
    assert twice.response is not None
    assert not twice.ephemeral
    assert said(twice.response).count("4d6kh3") >= 1
    assert f"by <@{bob.id}>" in said(twice.response)
    explained = await bob.select(menu.response, ["explain"])
    assert explained.ephemeral
    assert explained.response is not None
    assert "5, 3, 6" in said(explained.response)
    copied = await bob.select(menu.response, ["copy"])
    assert copied.response is not None
    assert said(copied.response) == "```\n4d6kh3\n```"


@pytest.mark.parametrize(
    ("typed", "expected"), [("3", "-# Rolled, by"), ("0", "1 to 50 times"), ("x", "1 to 50 times")]
)
async def test_any_number_of_times(alice: MemberActor, channel: ChannelHandle, typed: str, expected: str) -> None:
    await alice.send(channel, "!roll 1d6")
    menu = await alice.click(answer(channel), label="⋯ More")
    assert menu.response is not None
    form = await alice.select(menu.response, ["times"])
    result = await alice.submit_modal(form, {"answer": typed})
    assert result.response is not None
    assert expected in said(result.response)


async def test_a_roll_that_is_not_remembered_cannot_be_explained(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    await alice.send(channel, "!roll 1d6")
    menu = await alice.click(answer(channel), label="⋯ More")
    simcord_bot.get_cog("RollButtonsCog")._roller.recent._values.clear()  # type: ignore[union-attr]
    assert menu.response is not None
    result = await alice.select(menu.response, ["explain"])
    assert result.response is not None
    assert "do not have the dice" in said(result.response)


async def test_a_mistake_is_mended_by_one_tap(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle, raised: Callable[[], list[str]]
) -> None:
    await alice.send(channel, "!roll 4d6hk3")
    refused = answer(channel)
    assert "^^" in said(refused)
    assert labels(refused) == ["Roll 4d6kh3"]
    pressed = await bob.click(refused, label="Roll 4d6kh3")
    assert raised() == []
    assert pressed.response is not None
    assert "# 14" in said(pressed.response)
    assert f"-# Rolled, by <@{bob.id}>" in said(pressed.response)
    assert labels(answer(channel))[0] == "Roll again"


async def test_a_mistake_by_slash_is_shown_to_the_player_alone_and_the_mended_roll_to_all(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    result = await alice.slash(channel, "roll", dice="4d6hk3")
    assert result.ephemeral
    assert result.response is not None
    pressed = await alice.click(result.response, label="Roll 4d6kh3")
    assert not pressed.ephemeral


async def test_label_and_times_by_slash(alice: MemberActor, channel: ChannelHandle) -> None:
    result = await alice.slash(channel, "roll", dice="2d6", label="**bold** @everyone", times=3)
    assert result.response is not None
    assert "@everyone" not in said(result.response)
    assert r"\*\*bold\*\*" in said(result.response)
    assert said(result.response).count("(") == 3


async def test_a_long_notation_rolls_again_until_it_is_forgotten(tmp_path: Path) -> None:
    long = "+".join(["1d6"] * 40)
    bot = make_bot(tmp_path, source=ScriptedSource([1] * 200))
    async with simcord.run(bot) as env:
        table = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        await alice.send(table, f"!roll {long}")
        message = answer(table)
        pressed = await alice.click(message, label="Roll again")
        assert pressed.response is not None
        assert "# 40" in said(pressed.response)
        bot.get_cog("RollButtonsCog")._roller.specs._long._values.clear()  # type: ignore[union-attr]
        forgotten = await alice.click(message, label="Roll again")
        assert forgotten.response is not None
        assert "no longer remember" in said(forgotten.response)


async def test_a_button_survives_a_restart(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, source=ScriptedSource([1] * 20))
    async with simcord.run(bot) as env:
        table = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        await alice.send(table, "!roll 1d20+5 to hit")
        message = answer(table)
        # As after a restart: other cogs, registered anew, that never saw the message.
        bot.handling.components._handlers.clear()
        for name in list(bot.cogs):
            await bot.remove_cog(name)
        await bot.setup_hook()
        pressed = await alice.click(message, label="Advantage")
        assert pressed.response is not None
        assert "2d20kh1" in said(pressed.response)
