"""What-if from the menu under a roll: the dice stay, and the answer says which are new."""

from pathlib import Path

import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.dice.rolling.source import ScriptedSource
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot
from tests.cogs.reading import said
from tests.cogs.test_roll_buttons import answer


@pytest.fixture
def faces() -> list[int]:
    return [1, 14, 20, 6]


async def menu_of(player: MemberActor, channel: ChannelHandle) -> simcord.ResponseMessage:
    menu = await player.click(answer(channel), label="⋯ More")
    assert menu.response is not None
    return menu.response


def offered(menu: simcord.ResponseMessage) -> list[str]:
    return [
        each["value"] for each in menu.components[0]["components"][0]["options"] if each["value"].startswith("keep")
    ]


async def test_advantage_keeps_the_die(alice: MemberActor, channel: ChannelHandle, recorder: Recorder) -> None:
    await alice.send(channel, "!roll 1d20+5 to hit")
    menu = await menu_of(alice, channel)
    assert offered(menu) == ["keep add", "keep adv", "keep dis", "keep ones"]
    changed = await alice.select(menu, ["keep adv"])
    assert changed.response is not None
    assert said(changed.response).splitlines() == [
        "**to hit**",
        "# 19",
        "(~~1~~, 14) + 5",
        "-# 2d20kh1+5",
        f"-# With advantage, by <@{alice.id}> · kept 1 · new 14",
    ]
    assert dict(recorder.publish().totals.dice) == {"20": 2}, "what stayed is not counted again"
    again = await alice.click(changed.response, label="Roll again")
    assert again.response is not None
    assert "2d20kh1+5" in said(again.response)


async def test_ones_are_rerolled_and_what_came_of_it_can_be_changed_on(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!roll 1d20")
    rerolled = await alice.select(await menu_of(alice, channel), ["keep ones"])
    assert rerolled.response is not None
    assert "# 14" in said(rerolled.response)
    assert said(rerolled.response).endswith("· kept 1 · new 14")
    menu = await alice.click(rerolled.response, label="⋯ More")
    assert menu.response is not None
    form = await alice.select(menu.response, ["keep add"])
    added = await alice.submit_modal(form, {"answer": "+2"})
    assert added.response is not None
    assert "# 16" in said(added.response)
    assert said(added.response).endswith("· kept 1, 14 · new nothing")


@pytest.mark.parametrize("typed", ["lots", "+1d0"])
async def test_what_is_no_modifier_is_said(alice: MemberActor, channel: ChannelHandle, typed: str) -> None:
    await alice.send(channel, "!roll 1d20")
    form = await alice.select(await menu_of(alice, channel), ["keep add"])
    refused = await alice.submit_modal(form, {"answer": typed})
    assert refused.ephemeral
    assert refused.response is not None
    assert "like `+2`" in said(refused.response)


async def test_several_rolls_keep_no_dice(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll 2#1d20")
    assert offered(await menu_of(alice, channel)) == []


async def test_dice_that_are_forgotten_cannot_stay(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, source=ScriptedSource([1]))
    async with simcord.run(bot) as env:
        channel = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        await alice.send(channel, "!roll 1d20")
        menu = await menu_of(alice, channel)
        bot.get_cog("RollCog")._roller.recent._values.clear()  # type: ignore[union-attr]
        assert offered(await menu_of(alice, channel)) == []
        for choice in ("keep adv", "keep ones"):
            late = await alice.select(menu, [choice])
            assert late.response is not None
            assert "do not have the dice" in said(late.response)
