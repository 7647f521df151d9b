"""Dice that stand in a message already are rolled or explained from its menu."""

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.cogs.message_menus import EXPLAIN, ROLL_DICE
from tests.cogs.reading import said


async def test_the_only_dice_of_a_message_are_rolled(alice: MemberActor, channel: ChannelHandle) -> None:
    told = await alice.send(channel, "that would be 2d6+3 fire damage")
    result = await alice.context_menu(channel, ROLL_DICE, told)
    assert not result.ephemeral
    assert result.response is not None
    assert "# 11" in said(result.response)


async def test_of_several_dice_one_is_chosen(alice: MemberActor, channel: ChannelHandle) -> None:
    told = await alice.send(channel, "1d20+7 to hit, 2d6+4 damage")
    result = await alice.context_menu(channel, ROLL_DICE, told)
    assert result.ephemeral
    assert result.response is not None
    chosen = await alice.select(result.response, ["2d6+4"])
    assert not chosen.ephemeral
    assert chosen.response is not None
    assert "# 12" in said(chosen.response)
    assert f"by <@{alice.id}>" in said(chosen.response)


async def test_without_dice_it_says_so(alice: MemberActor, channel: ChannelHandle) -> None:
    told = await alice.send(channel, "no dice")
    result = await alice.context_menu(channel, ROLL_DICE, told)
    assert result.ephemeral
    assert result.response is not None
    assert "no dice" in said(result.response)


async def test_a_roll_is_explained_on_its_question_its_answer_and_the_answer_of_a_slash_command(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    question = await alice.send(channel, "!roll 2d6")
    answer = channel.last_message
    assert answer is not None
    await alice.slash(channel, "roll", dice="2d6")
    by_slash = channel.last_message
    assert by_slash is not None
    for message, dice in ((question, "5, 3"), (answer, "5, 3"), (by_slash, "6, 2")):
        result = await alice.context_menu(channel, EXPLAIN, message)
        assert result.ephemeral
        assert result.response is not None
        assert dice in said(result.response)


async def test_what_is_no_roll_of_late_is_not_explained(alice: MemberActor, channel: ChannelHandle) -> None:
    told = await alice.send(channel, "hello")
    result = await alice.context_menu(channel, EXPLAIN, told)
    assert result.response is not None
    assert "do not have the dice" in said(result.response)


async def test_the_dice_of_an_answer_are_found_on_its_card(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 2d6-1 # [fire]")
    answer = channel.last_message
    assert answer is not None
    result = await alice.context_menu(channel, ROLL_DICE, answer)
    assert result.response is not None
    assert said(result.response).startswith("# 7\n")


async def test_the_latest_roll_is_explained_by_command_and_another_by_a_reply_to_it(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!explain")
    assert "do not have the dice" in latest(channel)
    await alice.send(channel, "!roll 1d20")
    first = channel.last_message
    await alice.send(channel, "!roll 2d20kh1")
    await alice.send(channel, "!explain")
    assert "kh1\\: keep the highest → \\[3\\], 6" in latest(channel)
    await alice.send(channel, "!explain", reply_to=first)
    assert "thrown → 5" in latest(channel)
    by_slash = await alice.slash(channel, "explain")
    assert by_slash.ephemeral
    assert by_slash.response is not None
    assert "keep the highest" in said(by_slash.response)


async def test_a_secret_roll_is_explained_to_its_roller_where_nobody_else_reads_along(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    await alice.slash(channel, "roll", dice="1d20", secret=True)
    await alice.send(channel, "!explain")
    assert "do not have the dice" in latest(channel)
    by_slash = await alice.slash(channel, "explain")
    assert by_slash.response is not None
    assert "thrown → 5" in said(by_slash.response)


def latest(channel: ChannelHandle) -> str:
    message = channel.last_message
    assert message is not None
    return said(message)
