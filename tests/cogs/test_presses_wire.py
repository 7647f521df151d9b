"""Presses over real sockets: late, twice, on a message that is gone, during a drain."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from discord.ui import ActionRow, LayoutView

from modules.cogs.support.answers import DICE_FILE
from modules.commands.context import Context
from modules.dice.rolling.source import ScriptedSource
from modules.services.rolls import Rolled, RollRequest, RollService
from modules.telemetry.snapshot import Count
from tests.discord_standin.interactions import CHOICES, DEFERRED_MESSAGE, EPHEMERAL_FLAG, OPEN_MODAL
from tests.discord_standin.rest_faults import Status
from tests.discord_standin.validation import LAYOUT_FLAG
from tests.discord_standin.world import TEXT_DISPLAY, Message
from tests.wire_table import WireTable, wire_table

AGAIN = "again:=1d20+5"
FILE = 13
"""Type of the component that shows an attachment."""


@pytest.fixture
def no_garbage() -> Iterator[None]:
    """The garbage collector runs only when it is told to."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[WireTable]:
    async with wire_table(tmp_path, ScriptedSource(range(1, 20))) as table:
        yield table


async def test_the_custom_ids_on_the_wire_carry_the_roll(table: WireTable) -> None:
    message = await table.rolled()
    _card, row = message.body["components"]
    assert [each["custom_id"].partition(":")[0] for each in row["components"]] == [
        "again",
        "adv",
        "dis",
        "mod",
        "extras",
    ]
    assert row["components"][0]["custom_id"] == AGAIN


async def test_pressed_twice_it_rolls_twice(table: WireTable) -> None:
    message = await table.rolled()
    presses = [await table.discord.press(message, AGAIN) for _ in range(2)]
    texts = {(await each.response()).text for each in presses}
    assert len(texts) == 2, "two rolls, not one shown twice"
    await table.ended({("roll", "ok"): 1, ("again", "ok"): 2})


async def test_a_press_that_comes_too_late_ends_quietly_and_is_counted(table: WireTable) -> None:
    message = await table.rolled()
    table.discord.faults.rest(Status(404, 10062, "Unknown interaction"), path="/interactions/*")
    await table.discord.press(message, AGAIN)
    await table.ended({("roll", "ok"): 1, ("again", "refused"): 1})
    assert table.recorder.publish().totals.counts[Count.INTERACTIONS_EXPIRED] == 1


async def test_a_press_on_a_message_that_is_gone_is_answered(table: WireTable) -> None:
    message = await table.rolled()
    message.deleted = True
    pressed = await table.discord.press(message, AGAIN)
    assert "by <@" in (await pressed.response()).text


async def test_a_press_during_a_drain_is_refused_kindly_and_rolls_nothing(table: WireTable) -> None:
    message = await table.rolled()
    table.bot.handling.drain.draining = True
    pressed = await table.discord.press(message, AGAIN)
    answer = await pressed.response()
    assert "restarting" in answer.text
    assert pressed.callback_data["flags"] & EPHEMERAL_FLAG
    await table.ended({("roll", "ok"): 1, ("again", "refused"): 1})


async def test_a_modifier_is_asked_for_and_added(table: WireTable) -> None:
    message = await table.rolled()
    pressed = await table.discord.press(message, "mod:=1d20+5")
    assert await pressed.acknowledged() == OPEN_MODAL
    sent = await table.discord.submit(pressed, {"answer": "-1d4"})
    text = (await sent.response()).text
    assert "# 4" in text
    assert "\\- (3)" in text


async def test_a_secret_roll_stays_with_its_roller_until_it_is_revealed(table: WireTable) -> None:
    interaction = await table.discord.slash(table.channel, "roll", {"dice": "1d20+5", "secret": True})
    secret = await interaction.response()
    assert interaction.callback_data["flags"] & EPHEMERAL_FLAG
    pressed = await table.discord.press(secret, "reveal:")
    assert "Rolled in secret by" in (await pressed.response()).text
    assert not pressed.callback_data.get("flags", 0) & EPHEMERAL_FLAG


async def test_suggestions_come_while_typing(table: WireTable) -> None:
    interaction = await table.discord.autocomplete(table.channel, "roll", {"dice": "2d6+3"}, "dice")
    assert await interaction.acknowledged() == CHOICES
    assert interaction.callback_data["choices"] == [{"name": "✓ 2d6+3 · 5 to 15, average 10", "value": "2d6+3"}]


async def test_what_is_too_long_for_a_card_comes_as_a_file_in_it(table: WireTable) -> None:
    notation = "1d6+" + "+".join(["1000"] * 120)
    message = await table.discord.reply_to(await table.discord.say(table.channel, f"!roll {notation}"))
    (attached,) = message.attachments
    assert (attached.filename, attached.content.decode()) == (
        DICE_FILE,
        f"{notation.replace('6', '6 (1)', 1)} = 120001\n",
    )
    shown = [each["type"] for each in message.body["components"][0]["components"]]
    assert shown == [TEXT_DISPLAY, FILE]
    assert message.text.startswith("# 120001\n")


async def test_a_card_stays_a_card_through_edits(table: WireTable) -> None:
    asked = await table.discord.say(table.channel, "!roll 1d6+5")
    answer = await table.discord.reply_to(asked)
    for text, expected in (("!roll 1d6hk1", "hk"), ("!roll 1d6+7", "# 9\n")):
        await table.discord.edit(asked, text)
        await table.discord.until(partial(_says, answer, expected), what="an edited answer")
        assert answer.text.endswith("First roll: 1d6 (1)+5 = **6**")


def _says(message: Message, text: str) -> bool:
    return text in message.text


@pytest.mark.usefixtures("no_garbage")
async def test_rolls_leave_nothing_to_the_garbage_collector(table: WireTable) -> None:
    await table.rolled()
    gc.collect()
    for _ in range(5):
        await table.rolled()
    await table.ended({("roll", "ok"): 6})
    left = [type(each) for each in gc.get_objects() if isinstance(each, Context | LayoutView | ActionRow)]
    assert len(left) <= 3, "what the last one left may be in use still"


async def test_a_card_takes_the_place_of_thinking(table: WireTable, monkeypatch: pytest.MonkeyPatch) -> None:
    release, roll = asyncio.Event(), RollService.roll

    async def slowly(service: RollService, request: RollRequest) -> Rolled:
        await release.wait()
        return await roll(service, request)

    monkeypatch.setattr(RollService, "roll", slowly)
    table.bot.handling.defer_after_seconds = 0
    interaction = await table.discord.slash(table.channel, "roll", {"dice": "1d6+5"})
    assert await interaction.acknowledged() == DEFERRED_MESSAGE
    release.set()
    answer = await interaction.response()
    assert answer.text.startswith("# 6\n")
    assert answer.flags & LAYOUT_FLAG
