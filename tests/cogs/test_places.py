"""Rolls and their buttons wherever people talk: threads, forum posts, the text of voice channels, private messages."""

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from tests.cogs.reading import said


@pytest.fixture
def faces() -> list[int]:
    return [5, 3, 6, 2, 1, 4]


async def rolls_and_rolls_again(player: MemberActor, place: ChannelHandle) -> None:
    await player.send(place, "!roll 1d6")
    answer = place.last_message
    assert answer is not None
    assert "5" in said(answer)
    slash = await player.slash(place, "roll", dice="1d6")
    assert slash.response is not None
    assert "3" in said(slash.response)
    pressed = await player.click(answer, label="Roll again")
    assert pressed.response is not None
    assert "6" in said(pressed.response)


async def test_in_a_thread(alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot) -> None:
    room = simcord_bot.get_channel(channel.id)
    assert isinstance(room, discord.TextChannel)
    await room.create_thread(name="ambush", type=discord.ChannelType.public_thread)
    (thread,) = channel.threads
    await rolls_and_rolls_again(alice, thread)


async def test_in_a_forum_post(alice: MemberActor, simcord_bot: NazhBot, simcord_env: Env) -> None:
    forum = simcord_env.guild.create_forum_channel("campaigns")
    await simcord_env.settle()
    room = simcord_bot.get_channel(forum.id)
    assert isinstance(room, discord.ForumChannel)
    await room.create_thread(name="chapter one", content="begin")
    (post,) = forum.threads
    await rolls_and_rolls_again(alice, post)


async def test_in_the_text_of_a_voice_channel(alice: MemberActor, simcord_env: Env) -> None:
    voice = simcord_env.guild.create_voice_channel("tavern")
    await simcord_env.settle()
    await rolls_and_rolls_again(alice, voice)


async def test_in_private_messages(simcord_env: Env) -> None:
    carol = simcord_env.create_user("carol")
    await carol.send_dm("!roll 1d6")
    answer = carol.dm_channel.last_message
    assert answer is not None
    assert "5" in said(answer)
    slash = await carol.slash("roll", dice="1d6")
    assert "3" in said(slash.response)
    pressed = await carol.click(answer, label="Roll again")
    assert "6" in said(pressed.response)
