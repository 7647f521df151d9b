"""Rows D1 and D2: two processes with one token, as every deploy makes them overlap."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin
from tests.discord_standin.rest_faults import Slow
from tests.discord_standin.world import Channel
from tests.wire.process import BotProcess


@pytest.mark.fault("D1")
async def test_a_deploy_answers_every_message_once(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    async with start_bot() as old:
        await discord.ready()
        await table.is_served()
        async with start_bot() as new:
            await new.logged("standing by")
            await new.shows("/readyz", "standby: another process answers", 503)
            assert (await new.get("/healthz"))[0] == 200
            for _ in range(5):
                await table.is_served()
            assert len(discord.connections) == 1
            assert await old.stop() == 0
            await new.logged("the other process is gone")
            await discord.ready()
            for _ in range(5):
                await table.is_served()
            assert discord.connections[0].closed_at is not None
            assert discord.connections[0].closed_at <= discord.connections[1].at, "never both at once"
            await table.all_are_served()


@pytest.mark.fault("D1")
async def test_whatever_is_said_during_a_handover_is_never_answered_twice(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as old:
        await discord.ready()
        async with start_bot() as new:
            await new.logged("standing by")

            async def chatter() -> None:
                while True:
                    await table.roll()
                    await asyncio.sleep(0.02)

            talking = asyncio.create_task(chatter())
            assert await old.stop() == 0
            await discord.until(lambda: len(discord.journal.identifies()) == 2, 40.0, "the successor's IDENTIFY")
            await discord.ready()
            talking.cancel()
            await table.is_served()
            unanswered = [message for message in table.rolled if not discord.replies_to(message)]
            handover = discord.connections[0].closed_at or 0, discord.connections[1].at + 1
            assert all(handover[0] - 1 <= each.created_at.timestamp() <= handover[1] for each in unanswered)
            assert await new.stop() == 0


@pytest.mark.fault("D1")
async def test_a_process_that_is_killed_is_succeeded_at_once(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as old:
        await discord.ready()
        async with start_bot() as new:
            await new.logged("standing by")
            await old.stop(signal.SIGKILL)
            await discord.until(lambda: len(discord.journal.identifies()) == 2, 40.0, "the successor's IDENTIFY")
            await discord.ready()
            await table.is_served()


@pytest.mark.fault("D1")
async def test_two_processes_that_share_no_disk_answer_once_all_the_same(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    async with start_bot(tmp_path / "a") as first, start_bot(tmp_path / "b") as second:
        await discord.ready(sessions=2, timeout_seconds=40)
        for _ in range(5):
            await table.roll()
        await table.all_are_served()
        for bot in (first, second):
            await bot.logged("command finished")
            assert await bot.stop() == 0
        table.nobody_was_answered_twice()


@pytest.mark.fault("D1")
async def test_two_shards_do_not_wait_for_each_other(start_bot: StartBot, discord: DiscordStandin) -> None:
    async with start_bot(SHARD_COUNT="2", SHARD_ID="0"), start_bot(SHARD_COUNT="2", SHARD_ID="1"):
        await discord.ready(sessions=2, timeout_seconds=40)


async def counted(bot: BotProcess, metric: str) -> None:
    """Wait until a counter of `/metrics` is no longer zero."""
    await bot.shows("/metrics", "\n# HELP", 200)
    async with asyncio.timeout(20):
        while f"\n{metric} 0.0" in (page := (await bot.get("/metrics"))[1]):  # noqa: ASYNC110 - a page
            await asyncio.sleep(0.05)
    assert metric in page


def is_quiet(bot: BotProcess) -> bool:
    """Whether nothing it said is worth waking a person for."""
    return not [line for line in bot.lines if line.get("log.level") in ("error", "critical")]


@pytest.mark.fault("D2")
async def test_an_interaction_that_two_processes_acknowledge_is_answered_once_and_quietly(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, tmp_path: Path
) -> None:
    async with start_bot(tmp_path / "a") as first, start_bot(tmp_path / "b") as second:
        await discord.ready(sessions=2, timeout_seconds=40)
        interaction = await discord.slash(channel, "roll", {"dice": "2d6"})
        await discord.until(lambda: interaction.refused_codes == [40060], 40.0, "a second acknowledgement")
        assert "# " in (await interaction.response()).text
        assert interaction.followups == []
        for bot in (first, second):
            assert await bot.stop() == 0
            assert is_quiet(bot), bot.story()


@pytest.mark.fault("D2")
async def test_an_interaction_that_is_acknowledged_too_late_is_counted_and_quiet(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.rest(Slow(3.2), method="POST", path="/interactions/*")
    async with start_bot() as bot:
        await discord.ready()
        interaction = await discord.slash(table.channel, "roll", {"dice": "2d6"})
        await discord.until(lambda: 10062 in interaction.refused_codes, 40.0, "a refusal")
        await counted(bot, "nazh_interactions_expired_total")
        await table.is_served()
        assert await bot.stop() == 0
        assert is_quiet(bot), bot.story()
