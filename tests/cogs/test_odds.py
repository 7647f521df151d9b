"""`!odds`, `/odds` and the odds in the menu under a roll."""

from collections.abc import Callable
from typing import Any

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.storage.records import GuildSettings
from tests.cogs.reading import said
from tests.cogs.test_roll_buttons import answer


def chart_of(message: Any) -> Any:
    (attachment,) = message.attachments
    assert attachment.filename == "odds.png"
    return attachment


async def test_odds_are_told_in_words_with_a_picture_of_them(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    before = len(simcord_env.http_requests)
    await alice.send(channel, "!odds 4d6kh3")
    message = answer(channel)
    assert message.content.startswith("**4d6kh3**\nmean 12.2446, standard deviation 2.847\n3 to 18, most likely 13")
    assert chart_of(message).description == (
        "Bar chart of odds. 4d6kh3: mean 12.2446, standard deviation 2.847, 3 to 18, most likely 13 (13.3 %), "
        "quartiles 10, 12, 14."
    )
    posts = [entry for entry in simcord_env.http_requests[before:] if entry.method == "POST"]
    assert len([entry for entry in posts if entry.path.endswith("/messages")]) <= 2, "the question and one answer"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dice": "1d20+5", "target": 15}, "15 or more: 55.0 %"),
        ({"dice": "2d6", "given": ">=10"}, "2d6 given >=10"),
        ({"dice": "4d6kh3 vs 3d6"}, "higher 62.2 %, the same 8.6 %, lower 29.2 %"),
    ],
)
async def test_options(alice: MemberActor, channel: ChannelHandle, options: dict[str, object], told: str) -> None:
    result = await alice.slash(channel, "odds", **options)
    assert result.response is not None
    assert told in result.response.content.replace("\\", "")
    assert chart_of(result.response)
    assert not result.ephemeral


async def test_dice_of_words_have_no_picture(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!odds boost+setback")
    message = answer(channel)
    assert not message.attachments
    assert "22.2 %: nothing" in message.content


async def test_the_button_rolls(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!odds 2d6+3")
    pressed = await alice.click(answer(channel), label="Roll it")
    assert pressed.response is not None
    assert "# 11" in said(pressed.response)


async def test_refusals_are_those_of_a_roll_with_what_was_meant(
    alice: MemberActor, channel: ChannelHandle, raised: Callable[[], list[str]]
) -> None:
    await alice.send(channel, "!odds 4d6hk3")
    message = answer(channel)
    assert "Did you mean" in message.content
    pressed = await alice.click(message, label="Odds of 4d6kh3")
    assert pressed.response is not None
    assert "mean 12.2446" in pressed.response.content
    await alice.send(channel, "!odds 500d20kh250")
    assert "at most " in answer(channel).content
    assert raised() == []


async def test_nothing_asked_is_told_what_can_be(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!odds")
    assert "`4d6kh3 vs 3d6`" in answer(channel).content


async def test_the_menu_under_a_roll_has_its_odds(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 2d6+3 fire")
    menu = await alice.click(answer(channel), label="⋯ More")
    assert menu.response is not None
    chosen = await alice.select(menu.response, ["odds"])
    assert chosen.response is not None
    assert chosen.ephemeral
    assert "mean 10" in chosen.response.content
    assert chart_of(chosen.response)


async def test_dice_are_suggested_as_for_a_roll(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 2d6+3")
    choices = await alice.autocomplete(channel, "odds", "dice", "2d6")
    assert [choice["value"] for choice in choices] == ["2d6", "2d6+3"]


async def test_a_roll_tells_how_it_stands_to_its_odds(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 2d6+3")
    assert "-# better than 58.3 % of rolls" in said(answer(channel))
    result = await alice.slash(channel, "roll", dice="1d20 vs 5", secret=True)
    assert result.response is not None
    assert "-# had a 80.0 % chance" in said(result.response)


async def test_a_single_die_needs_no_line(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 1d20+5")
    assert "%" not in said(answer(channel))


async def test_the_line_can_be_turned_off(alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot) -> None:
    roller = simcord_bot.get_cog("RollCog")._roller  # type: ignore[union-attr]
    roller.requests.players.settings.of_guild = lambda _guild_id: GuildSettings(odds_line=False)
    await alice.send(channel, "!roll 2d6+3")
    assert "%" not in said(answer(channel))
