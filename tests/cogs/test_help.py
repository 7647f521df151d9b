import re

import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot


@pytest.mark.usefixtures("simcord_env")
async def test_help_lists_every_command_and_fits_a_message(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    await alice.send(channel, "!help")
    assert channel.last_message is not None
    text = channel.last_message.content
    assert len(text) <= 2000
    for command in simcord_bot.commands:
        assert f"`!{command.usage}`" in text


@pytest.mark.parametrize(("question", "pattern"), [("!help", r"`!(\w+)[^`]*` [A-Z]"), ("!help nothing", r"`(\w+)`")])
async def test_commands_stand_in_the_same_order_at_every_start(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, question: str, pattern: str
) -> None:
    await alice.send(channel, question)
    assert channel.last_message is not None
    others = sorted(command.name for command in simcord_bot.commands if command.name != "roll")
    assert re.findall(pattern, channel.last_message.content) == ["roll", *others]


@pytest.mark.parametrize("name", ["roll", "r", "!roll", "ROLL"])
async def test_help_for_one_command_names_its_aliases(alice: MemberActor, channel: ChannelHandle, name: str) -> None:
    await alice.send(channel, f"!help {name}")
    assert channel.last_message is not None
    assert "`!r`" in channel.last_message.content
    assert "4d6kh3" in channel.last_message.content


async def test_help_for_an_unknown_command_lists_the_known(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!help @everyone")
    assert channel.last_message is not None
    assert "`roll`" in channel.last_message.content
    assert "@everyone" not in channel.last_message.content


async def test_help_by_slash_is_for_the_asker_alone(alice: MemberActor, channel: ChannelHandle) -> None:
    result = await alice.slash(channel, "help")
    assert result.ephemeral


@pytest.mark.parametrize("text", ["<@{me}>", "<@!{me}>"])
async def test_whoever_only_calls_the_bot_by_name_is_helped(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, text: str
) -> None:
    assert simcord_bot.user is not None
    await alice.send(channel, "!help")
    assert channel.last_message is not None
    page = channel.last_message.content
    await alice.send(channel, text.format(me=simcord_bot.user.id))
    assert channel.last_message.content == page


async def test_a_message_that_only_begins_with_the_name_is_no_call_for_help(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    assert simcord_bot.user is not None
    said = await alice.send(channel, f"{simcord_bot.user.mention} is a nice bot")
    assert channel.last_message is not None
    assert channel.last_message.id == said.id
