import re

import discord
import pytest
from discord.ext import commands
from simcord import ResponseMessage
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.services.readings import Reader
from modules.ui.topics import TOPICS, Topic
from tests.cogs.reading import said


async def ask(alice: MemberActor, channel: ChannelHandle, text: str) -> discord.Message:
    await alice.send(channel, text)
    message = channel.last_message
    assert message is not None
    return message


async def choose(alice: MemberActor, message: discord.Message | ResponseMessage, topic: str) -> ResponseMessage:
    """Choose a topic from the menu of a page of help."""
    chosen = await alice.select(message, [topic], custom_id="help:")
    assert chosen.response is not None
    assert chosen.response.ephemeral
    return chosen.response


async def test_the_first_page_says_what_to_type_and_fits_a_phone(alice: MemberActor, channel: ChannelHandle) -> None:
    message = await ask(alice, channel, "!help")
    lines = said(message).splitlines()
    assert lines[1].startswith("`!roll 1d20+5`"), "what to type comes first"
    assert len(lines) <= 10
    assert "options" in str([row.to_dict() for row in message.components])
    assert buttons(message) == ["Roll 1d20+5", "Roll 4d6kh3", "Build a roll"]
    rolled = await alice.click(message, label="Roll 1d20+5")
    assert rolled.response is not None
    assert "10" in said(rolled.response)


@pytest.mark.usefixtures("simcord_env")
def test_every_command_is_in_one_topic(simcord_bot: NazhBot) -> None:
    listed = [name for topic in TOPICS for name in topic.commands]
    assert sorted(listed) == sorted(each.name for each in simcord_bot.commands if not each.hidden)


async def test_the_list_of_all_commands_names_each(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    listed = said(await ask(alice, channel, "!help commands"))
    for command in simcord_bot.commands:
        assert (f"`!{command.name}`" in listed) is not command.hidden


async def test_a_group_lists_its_subcommands(alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot) -> None:
    text = said(await ask(alice, channel, "!help saved"))
    group = simcord_bot.get_command("saved")
    assert isinstance(group, commands.Group)
    assert [f"`!{each.usage}` {each.description}" in text for each in group.commands] == [True] * 6


async def test_commands_stand_in_the_same_order_at_every_start(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    others = sorted(command.name for command in simcord_bot.commands if command.name != "roll" and not command.hidden)
    assert re.findall(r"`(\w+)`", said(await ask(alice, channel, "!help nothing"))) == ["roll", *others]


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


async def test_every_topic_is_in_the_menu_and_has_what_to_read(alice: MemberActor, channel: ChannelHandle) -> None:
    message = await ask(alice, channel, "!help")
    for each in TOPICS:
        page = await choose(alice, message, each.name)
        title, *text = said(page).splitlines()
        assert title == f"**{each.title}**"
        assert text
        assert len(text) <= 10, "a phone shows it whole"
        assert "{prefix}" not in said(page)


async def test_one_page_gives_way_to_the_next_where_only_its_reader_sees_it(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    message = await ask(alice, channel, "!help")
    page = await choose(alice, message, "rolling")
    assert said(page).startswith("**Rolling**")
    await choose(alice, page, "games")
    assert said(page).startswith("**Games**"), "in the same place"
    assert said(message).startswith("**Nazh Engine**"), "what everybody sees stays"


async def test_examples_of_odds_show_odds(alice: MemberActor, channel: ChannelHandle) -> None:
    page = await choose(alice, await ask(alice, channel, "!help"), "chances")
    odds = await alice.click(page, label="Odds of 1d20+5 vs 15")
    assert odds.response is not None
    assert "55" in said(odds.response)


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
    assert {"name": "Advantage and checks", "value": "advantage"} in await alice.autocomplete(
        channel, "help", "topic", "adv"
    )
    assert any("Vampire" in each["name"] for each in await alice.autocomplete(channel, "help", "topic", "vamp"))
    everything = await alice.autocomplete(channel, "help", "topic", "")
    assert {each.name for each in TOPICS} <= {each["value"] for each in everything}
