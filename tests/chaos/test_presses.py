"""Rows I1 to I5: buttons under rolls, pressed late, twice, on dead messages, while draining, by everybody at once."""

import asyncio
import signal

import pytest

from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.chaos.test_deploys import counted, is_quiet
from tests.chaos.test_process import SENDS
from tests.discord_standin import DiscordStandin
from tests.discord_standin.interactions import EPHEMERAL_FLAG
from tests.discord_standin.rest_faults import Reset, Slow
from tests.discord_standin.world import Message

AGAIN = "again:=2d6+3"
CALLBACKS = "/interactions/*"
PRESSES, AT_ONCE = 1_000, 50
ANSWERED_WITHIN_SECONDS = 40.0


async def rolled(table: Table) -> Message:
    """A roll to press the buttons of."""
    return await table.discord.reply_to(await table.roll(), ANSWERED_WITHIN_SECONDS)


def references_to(table: Table, asked: Message) -> int:
    """How many messages reply to this one; answers to presses reply to none."""
    return sum(each.reference_id == asked.id for each in table.channel.messages.values())


@pytest.mark.fault("I1")
async def test_a_press_that_is_answered_too_late_is_counted_and_quiet(start_bot: StartBot, table: Table) -> None:
    async with start_bot() as bot:
        await table.discord.ready()
        message = await rolled(table)
        table.discord.faults.rest(Slow(3.2), method="POST", path=CALLBACKS)
        late = await table.discord.press(message, AGAIN)
        await table.discord.until(lambda: 10062 in late.refused_codes, ANSWERED_WITHIN_SECONDS, "a refusal")
        await counted(bot, "nazh_interactions_expired_total")
        again = await table.discord.press(message, AGAIN)
        assert f"<@{again.author.id}>" in (await again.response(ANSWERED_WITHIN_SECONDS)).text
        assert is_quiet(bot), bot.story()


@pytest.mark.fault("I2", "I3")
async def test_each_press_is_answered_once_on_a_message_that_is_gone_too(start_bot: StartBot, table: Table) -> None:
    async with start_bot() as bot:
        await table.discord.ready()
        message = await rolled(table)
        twice = [await table.discord.press(message, AGAIN) for _ in range(2)]
        answers = {(await each.response(ANSWERED_WITHIN_SECONDS)).id for each in twice}
        assert len(answers) == 2, "two rolls"
        # Pressed once, but the first answer's confirmation is lost: it must not be given again.
        table.discord.faults.rest(Reset(after_effect=True), method="POST", path=CALLBACKS)
        lost = await table.discord.press(message, AGAIN)
        await table.discord.until(lambda: lost.refused_codes == [40060], ANSWERED_WITHIN_SECONDS, "a second try")
        message.deleted = True
        dead = await table.discord.press(message, AGAIN)
        assert f"<@{dead.author.id}>" in (await dead.response(ANSWERED_WITHIN_SECONDS)).text
        assert not [each for each in (*twice, lost, dead) if each.followups]
        assert is_quiet(bot), bot.story()


@pytest.mark.fault("I4")
async def test_a_press_during_a_drain_is_told_so_and_rolls_nothing(start_bot: StartBot, table: Table) -> None:
    async with start_bot() as bot:
        await table.discord.ready()
        message = await rolled(table)
        table.discord.faults.rest(Slow(1.0), method="POST", path=SENDS)
        under_way = await table.roll()
        await table.discord.until(
            lambda: len(table.discord.journal.requests_to("POST", SENDS)) == 2, ANSWERED_WITHIN_SECONDS, "a POST"
        )
        bot.process.send_signal(signal.SIGTERM)
        await bot.logged("stopping")
        pressed = await table.discord.press(message, AGAIN)
        assert "restarting" in (await pressed.response(ANSWERED_WITHIN_SECONDS)).text
        assert pressed.callback_data["flags"] & EPHEMERAL_FLAG
        assert await bot.ended() == 0
        assert references_to(table, under_way) == 1


@pytest.mark.fault("I5")
async def test_a_thousand_presses_are_all_answered_in_time(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        message = await rolled(table)
        sends = len(discord.journal.requests_to("POST", SENDS))
        for _ in range(PRESSES // AT_ONCE):
            pressed = [await discord.press(message, AGAIN) for _ in range(AT_ONCE)]
            await asyncio.gather(*(each.response(ANSWERED_WITHIN_SECONDS) for each in pressed))
            assert not [each for each in pressed if each.refused_codes or each.followups]
        assert len(discord.journal.requests_to("POST", SENDS)) == sends, "none took a turn of the channel's"
        await bot.shows("/readyz", "ready", 200)
        assert is_quiet(bot), bot.story()
