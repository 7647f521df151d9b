import re

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.services.readings import Reader
from modules.ui.topics import TOPICS, Topic
from tests.cogs.reading import said


@pytest.mark.usefixtures("simcord_env")
async def test_help_lists_every_command_and_fits_a_message(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    await alice.send(channel, "!help")
    assert channel.last_message is not None
    text = said(channel.last_message)
    assert len(text) <= 2000
    for command in simcord_bot.commands:
        assert (f"`!{command.usage}`" in text) is not command.hidden


@pytest.mark.parametrize(("question", "pattern"), [("!help", r"`!(\w+)[^`]*` [A-Z]"), ("!help nothing", r"`(\w+)`")])
async def test_commands_stand_in_the_same_order_at_every_start(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, question: str, pattern: str
) -> None:
    await alice.send(channel, question)
    assert channel.last_message is not None
    others = sorted(command.name for command in simcord_bot.commands if command.name != "roll" and not command.hidden)
    assert re.findall(pattern, said(channel.last_message)) == ["roll", *others]


@pytest.mark.parametrize("name", ["roll", "r", "!roll", "ROLL"])
async def test_help_for_one_command_names_its_aliases(alice: MemberActor, channel: ChannelHandle, name: str) -> None:
    await alice.send(channel, f"!help {name}")
    assert channel.last_message is not None
    assert "`!r`" in said(channel.last_message)
    assert "4d6kh3" in said(channel.last_message)


async def test_help_for_an_unknown_command_lists_the_known(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!help @everyone")
    assert channel.last_message is not None
    assert "`roll`" in said(channel.last_message)
    assert "@everyone" not in said(channel.last_message)


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
    page = said(channel.last_message)
    await alice.send(channel, text.format(me=simcord_bot.user.id))
    assert said(channel.last_message) == page


async def test_a_message_that_only_begins_with_the_name_is_no_call_for_help(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    assert simcord_bot.user is not None
    said = await alice.send(channel, f"{simcord_bot.user.mention} is a nice bot")
    assert channel.last_message is not None
    assert channel.last_message.id == said.id


def buttons(message: discord.Message) -> list[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [each.label or "" for row in rows for each in row.children if isinstance(each, discord.Button)]


async def test_every_topic_is_a_button_of_the_overview(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!help")
    message = channel.last_message
    assert message is not None
    assert buttons(message) == [each.title for each in TOPICS]
    for each in TOPICS:
        result = await alice.click(message, label=each.title)
        assert result.ephemeral
        assert result.response is not None
        assert said(result.response).startswith(f"**{each.title}**")
        assert "{prefix}" not in said(result.response)


@pytest.mark.parametrize("topic", TOPICS, ids=[each.name for each in TOPICS])
def test_every_example_can_be_rolled(topic: Topic) -> None:
    for example in topic.examples:
        assert Reader().read(example)


def test_no_word_leads_to_two_topics() -> None:
    words = [word for each in TOPICS for word in (each.name, *each.other_names)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("question", ["advantage", "ADV", "  disadvantage "])
async def test_an_example_is_rolled_by_its_button(alice: MemberActor, channel: ChannelHandle, question: str) -> None:
    await alice.send(channel, f"!help {question}")
    message = channel.last_message
    assert message is not None
    pressed = await alice.click(message, label="Roll 1d20+5 vs 15")
    assert not pressed.ephemeral
    assert pressed.response is not None
    assert "failure" in said(pressed.response)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("kh", "keep the highest"),
        ("vampire", "Vampire"),
        ("vampier", "Vampire"),
        ("call of cthulhu", "Call of Cthulhu"),
    ],
)
async def test_operators_and_games_are_found_by_name(
    alice: MemberActor, channel: ChannelHandle, question: str, expected: str
) -> None:
    result = await alice.slash(channel, "help", topic=question)
    assert result.response is not None
    assert expected in said(result.response)


async def test_names_are_suggested_while_typing(alice: MemberActor, channel: ChannelHandle) -> None:
    assert {"name": "advantage", "value": "advantage"} in await alice.autocomplete(channel, "help", "topic", "adv")
    assert any("Vampire" in each["name"] for each in await alice.autocomplete(channel, "help", "topic", "vamp"))
    everything = await alice.autocomplete(channel, "help", "topic", "")
    assert {each.name for each in TOPICS} <= {each["name"] for each in everything}
