"""Secret rolls: nobody else sees them before they are revealed, and nothing gets lost."""

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, UserHandle

from modules.bot import NazhBot
from tests.cogs.reading import said


@pytest.fixture
def user(simcord_env: Env, channel: ChannelHandle) -> UserHandle:
    assert channel is not None, "the guild comes with the channel"
    return simcord_env.create_user("alice")


@pytest.fixture
def alice(simcord_env: Env, user: UserHandle) -> MemberActor:
    return simcord_env.guild.add_member(user)


@pytest.fixture
def bob(simcord_env: Env, channel: ChannelHandle) -> MemberActor:
    assert channel is not None, "the guild comes with the channel"
    return simcord_env.guild.add_member(simcord_env.create_user("bob"))


def den(env: Env, *, may_delete: bool) -> ChannelHandle:
    """A channel where the bot may delete messages, or may not."""
    rights = discord.PermissionOverwrite(manage_messages=may_delete)
    return env.guild.create_text_channel("den", overwrites={env.guild.default_role: rights})


def texts(channel: ChannelHandle) -> list[str]:
    return [said(message) for message in channel.history()]


async def test_by_slash_it_is_seen_by_the_roller_until_revealed_once(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    result = await alice.slash(channel, "roll", dice="2d6+3", label="stealth", secret=True)
    assert result.ephemeral
    assert result.response is not None
    assert "# 11" in said(result.response)
    revealed = await alice.click(result.response, label="Reveal")
    assert not revealed.ephemeral
    assert revealed.response is not None
    text = said(revealed.response)
    assert "# 11" in text
    assert "stealth" in text
    assert f"Rolled in secret by <@{alice.id}> at <t:" in text
    assert "Only you" not in text
    again = await alice.click(result.response, label="Reveal")
    assert again.ephemeral
    assert again.response is not None
    assert "revealed already" in said(again.response)


async def test_by_message_it_comes_as_private_message_and_the_command_goes(
    alice: MemberActor, user: UserHandle, simcord_env: Env
) -> None:
    channel = den(simcord_env, may_delete=True)
    await alice.send(channel, "!roll 2d6+3 stealth secret")
    assert texts(channel) == []
    told = user.dm_channel.last_message
    assert told is not None
    assert "# 11" in said(told)
    assert said(told).endswith("-# Only you can see this.")
    pressed = await user.click(told, label="Reveal")
    assert pressed.response is not None
    assert said(pressed.response) == f"Revealed in <#{channel.id}>."
    (shown,) = texts(channel)
    assert "# 11" in shown
    assert f"Rolled in secret by <@{alice.id}>" in shown


async def test_where_the_command_cannot_be_deleted_the_roller_is_told(
    alice: MemberActor, user: UserHandle, simcord_env: Env
) -> None:
    channel = den(simcord_env, may_delete=False)
    await alice.send(channel, "!roll secret 2d6")
    assert texts(channel) == ["!roll secret 2d6"]
    told = user.dm_channel.last_message
    assert told is not None
    assert "Manage Messages" in said(told)
    assert not [each for each in simcord_env.http_requests if each.method == "DELETE"], "it knows without asking"


async def test_closed_private_messages_lose_nothing(
    alice: MemberActor, bob: MemberActor, user: UserHandle, channel: ChannelHandle, simcord_env: Env
) -> None:
    path = f"/channels/{user.dm_channel.id}/messages"
    simcord_env.inject_error("POST", path, status=403, code=50007, times=1)
    await alice.send(channel, "!roll 2d6+3 secret")
    message = channel.last_message
    assert message is not None
    assert "closed" in said(message)
    assert "11" not in said(message)
    curious = await bob.click(message, label="Show my roll")
    assert curious.ephemeral
    assert curious.response is not None
    assert "somebody else" in said(curious.response)
    own = await alice.click(message, label="Show my roll")
    assert own.ephemeral
    assert own.response is not None
    assert "# 11" in said(own.response)
    revealed = await alice.click(own.response, label="Reveal")
    assert not revealed.ephemeral


async def test_a_result_that_is_gone_is_told(
    alice: MemberActor, user: UserHandle, channel: ChannelHandle, simcord_env: Env, simcord_bot: NazhBot
) -> None:
    path = f"/channels/{user.dm_channel.id}/messages"
    simcord_env.inject_error("POST", path, status=403, code=50007, times=1)
    await alice.send(channel, "!roll 2d6+3 secret")
    simcord_bot.get_cog("SecretRollsCog")._undelivered._values.clear()  # type: ignore[union-attr]
    message = channel.last_message
    assert message is not None
    result = await alice.click(message, label="Show my roll")
    assert result.response is not None
    assert "nobody saw it" in said(result.response)


async def test_a_mistake_in_a_secret_roll_is_mended_in_secret(alice: MemberActor, channel: ChannelHandle) -> None:
    result = await alice.slash(channel, "roll", dice="4d6hk3", secret=True)
    assert result.response is not None
    pressed = await alice.click(result.response, label="Roll 4d6kh3")
    assert pressed.ephemeral
    assert pressed.response is not None
    assert "# 14" in said(pressed.response)


async def test_a_channel_that_is_gone_is_told_when_revealing(
    alice: MemberActor, user: UserHandle, channel: ChannelHandle, simcord_env: Env
) -> None:
    await alice.send(channel, "!roll 2d6+3 secret")
    simcord_env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50001, times=1)
    told = user.dm_channel.last_message
    assert told is not None
    pressed = await user.click(told, label="Reveal")
    assert pressed.response is not None
    assert "no longer have permission to write" in said(pressed.response)
    again = await user.click(told, label="Reveal")
    assert again.response is not None
    assert said(again.response).startswith("Revealed"), "what could not be shown can be tried again"


async def test_in_private_nothing_needs_hiding(user: UserHandle, simcord_env: Env) -> None:
    assert simcord_env is not None
    await user.send_dm("!roll 2d6+3 secret")
    told = user.dm_channel.last_message
    assert told is not None
    assert "# 11" in said(told)
    assert "Only you" not in said(told)
