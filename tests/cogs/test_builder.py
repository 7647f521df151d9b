"""A roll put together with buttons, by its owner alone."""

from datetime import timedelta
from pathlib import Path

import discord
import pytest
import simcord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult, ResponseMessage

from modules.cogs.builder import CLOSED_AFTER
from modules.dice.rolling.source import ScriptedSource
from tests.bots import make_bot
from tests.cogs.reading import said


@pytest.fixture
def faces() -> list[int]:
    return [5, 3, 6, 2, 1, 4]


@pytest.fixture
def bob(simcord_env: Env, channel: ChannelHandle) -> MemberActor:
    assert channel is not None, "the guild comes with the channel"
    return simcord_env.guild.add_member(simcord_env.create_user("bob"))


def shown(result: InteractionResult) -> ResponseMessage:
    assert result.response is not None
    return result.response


def buttons(message: discord.Message) -> dict[str, bool]:
    """Labels → whether it can be pressed."""
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    found = [each for row in rows for each in row.children if isinstance(each, discord.Button)]
    return {each.label or "": not each.disabled for each in found}


def menus(message: discord.Message) -> list[discord.SelectMenu]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [each for row in rows for each in row.children if isinstance(each, discord.SelectMenu)]


async def test_an_empty_panel_is_for_its_owner_and_offers_only_what_works(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    panel = await alice.slash(channel, "build")
    assert panel.ephemeral
    assert "Tap a die" in said(shown(panel))
    can = buttons(shown(panel).message)
    assert [label for label, works in can.items() if works] == ["d4", "d6", "d8", "d10", "d12", "d20", "d100"]
    assert [label for label, works in can.items() if not works] == [
        "−1",
        "+1",
        "±",
        "Roll",
        "Secretly",
        "Undo",
        "Clear",
    ]
    assert not menus(shown(panel).message)


async def test_dice_modifier_and_advantage_are_shown_with_what_to_expect_and_rolled(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    panel = shown(await alice.slash(channel, "build"))
    for label in ("d20", "+1", "+1"):
        changed = await alice.click(panel, label=label)
        assert shown(changed).id == panel.id, "the panel changes in place"
    assert "`1d20+2`\n3 to 22, average 12.5" in said(panel)
    await alice.select(panel, ["a"], custom_id=menus(panel.message)[1].custom_id)
    assert "`2d20kh1+2`" in said(panel)
    rolled = await alice.click(panel, label="Roll")
    assert not rolled.ephemeral
    assert "# 7" in said(shown(rolled))
    assert f"-# Rolled, by <@{alice.id}>" in said(shown(rolled))
    assert buttons(shown(rolled).message)["Roll again"]


async def test_a_pool_is_counted_shaped_added_to_and_undone(alice: MemberActor, channel: ChannelHandle) -> None:
    panel = shown(await alice.slash(channel, "build"))
    await alice.click(panel, label="d6")
    await alice.select(panel, ["n4"], custom_id=menus(panel.message)[0].custom_id)
    await alice.select(panel, ["h3"], custom_id=menus(panel.message)[1].custom_id)
    await alice.click(panel, label="d8")
    await alice.select(panel, ["e"], custom_id=menus(panel.message)[1].custom_id)
    assert "`4d6kh3+1d8!`" in said(panel)
    for expected in ("`4d6kh3+1d8`", "`4d6kh3`", "`4d6`"):
        await alice.click(panel, label="Undo")
        assert expected in said(panel)
    await alice.click(panel, label="Clear")
    assert "Tap a die" in said(panel)


async def test_a_modifier_is_filled_in_and_nonsense_loses_nothing(alice: MemberActor, channel: ChannelHandle) -> None:
    panel = shown(await alice.slash(channel, "build"))
    await alice.click(panel, label="d8")
    refused = await alice.submit_modal(await alice.click(panel, label="±"), {"answer": "lots"})
    assert refused.ephemeral
    assert "whole number" in said(shown(refused))
    await alice.submit_modal(await alice.click(panel, label="±"), {"answer": "\N{MINUS SIGN} 12"})
    assert "`1d8-12`" in said(panel)


async def test_a_secret_roll_is_seen_by_its_owner_alone(alice: MemberActor, channel: ChannelHandle) -> None:
    panel = shown(await alice.slash(channel, "build"))
    await alice.click(panel, label="d6")
    secret = await alice.click(panel, label="Secretly")
    assert secret.ephemeral
    assert "Only you can see this." in said(shown(secret))


async def test_a_panel_in_the_channel_belongs_to_whoever_asked(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!build")
    panel = channel.last_message
    assert panel is not None
    assert f"Only <@{alice.id}> can use these buttons." in said(panel)
    foreign = await bob.click(panel, label="d6")
    assert foreign.ephemeral
    assert "somebody else's" in said(shown(foreign))
    own = await alice.click(panel, label="d6")
    assert not own.ephemeral
    assert "`1d6`" in said(shown(own))
    assert f"Only <@{alice.id}>" in said(shown(own))


async def test_a_bare_roll_offers_a_panel_to_anyone(
    alice: MemberActor, bob: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!roll")
    rolled = channel.last_message
    assert rolled is not None
    panel = await bob.click(rolled, label="Build a roll")
    assert panel.ephemeral
    await bob.click(shown(panel), label="d4")
    assert "`1d4`" in said(shown(panel))
    await alice.send(channel, "!roll 1d20")
    assert channel.last_message is not None
    assert "Build a roll" not in buttons(channel.last_message)


async def test_what_does_not_fit_is_refused_and_the_panel_stays(alice: MemberActor, channel: ChannelHandle) -> None:
    panel = shown(await alice.slash(channel, "build"))
    for _ in range(30):
        await alice.click(panel, label="d6")
    refused = await alice.click(panel, label="d6")
    assert refused.ephemeral
    assert "cannot grow any longer" in said(shown(refused))
    assert "`30d6`" in said(panel)
    await alice.click(panel, label="Undo")
    assert "`29d6`" in said(panel)


async def test_an_unused_panel_closes_without_losing_anything(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    panel = shown(await alice.slash(channel, "build"))
    await alice.click(panel, label="d6")
    await simcord_env.advance_time(CLOSED_AFTER.total_seconds() - 60)
    await alice.click(panel, label="d6")
    assert "`2d6`" in said(panel), "it was used meanwhile, so it is open"
    await simcord_env.advance_time((CLOSED_AFTER + timedelta(minutes=1)).total_seconds())
    await alice.click(panel, label="d6")
    assert "closed" in said(panel)
    assert "`2d6`" in said(panel)
    assert list(buttons(panel.message)) == ["Go on"]
    await alice.click(panel, label="Go on")
    await alice.click(panel, label="d6")
    assert "`3d6`" in said(panel)


async def test_a_panel_survives_a_restart(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, source=ScriptedSource([3, 4]))
    async with simcord.run(bot) as env:
        table = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        panel = shown(await alice.slash(table, "build"))
        await alice.click(panel, label="d6")
        # As after a restart: other cogs, registered anew, that never saw the message.
        bot.handling.components._handlers.clear()
        for name in list(bot.cogs):
            await bot.remove_cog(name)
        await bot.setup_hook()
        await alice.click(panel, label="d6")
        assert "# 7" in said(shown(await alice.click(panel, label="Roll")))
