"""Rows S1 to S7: what a database, its disk and a `kill -9` can do to the ledger of the running process."""

import asyncio
import os
import random
import resource
import signal
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.ledger import LedgerRow, read_row
from modules.storage.store import Store
from modules.storage.tables import ledger
from modules.storage.verification import verify
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.chaos.test_process import INJECT, ends_within_two_seconds
from tests.databases import database_url, postgres_database, postgres_url
from tests.discord_standin import DiscordStandin
from tests.discord_standin.rest_faults import CloudflareBan
from tests.discord_standin.world import Message
from tests.postgres_server import PostgresServer, running_server
from tests.storage.stalling_proxy import StallingProxy

__all__ = ["database_url", "postgres_database", "postgres_url"]

KILLS = int(os.environ.get("TEST_KILLS", "3"))
"""How often the process is killed under load; 50 to be thorough."""
NOT_RECORDED = "Not recorded"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that this file stops and starts."""
    with running_server() as server:
        yield server


async def recorded(url: str | None, folder: Path) -> list[LedgerRow]:
    """Everything in the ledger, whose chains hold."""
    store = Store.at(url, folder / "data")
    await store.open()
    try:
        async with store.reading() as connection:
            assert (await verify(connection)).breaks == []
            return [read_row(row) for row in await connection.execute(select(ledger).order_by(ledger.c.id))]
    finally:
        await store.close()


def sources(rows: list[LedgerRow]) -> list[int]:
    return [row.entry.source_id for row in rows if row.entry is not None]


def settings(url: str | None) -> dict[str, str]:
    return {"DATABASE_URL": url} if url else {}


async def is_recorded(discord: DiscordStandin, table: Table) -> bool:
    """Roll, and say whether the answer is recorded, as far as it tells."""
    asked = await table.roll()
    await discord.until(lambda: bool(discord.replies_to(asked)), 40.0, "an answer")
    return says_so(discord, asked)


def says_so(discord: DiscordStandin, asked: Message) -> bool:
    return NOT_RECORDED not in discord.replies_to(asked)[0].text


async def until_recorded(discord: DiscordStandin, table: Table) -> None:
    """Roll until an answer is recorded: on a busy machine, 250 ms may not be enough for the first."""
    async with asyncio.timeout(40):
        while not await is_recorded(discord, table):
            pass


def all_that_say_so_are(discord: DiscordStandin, table: Table, rows: list[LedgerRow]) -> bool:
    """Whether the ledger has each roll at most once, and each whose answer says nothing else."""
    found = sources(rows)
    wanted = {each.id for each in table.rolled if discord.replies_to(each) and says_so(discord, each)}
    return wanted <= set(found) <= {each.id for each in table.rolled} and len(set(found)) == len(found)


def are_answered(discord: DiscordStandin, asked: Sequence[Message], count: int) -> bool:
    return sum(bool(discord.replies_to(each)) for each in asked) >= count


@pytest.mark.fault("S1")
async def test_no_answered_roll_is_missing_however_often_the_process_is_killed(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, database_url: str | None
) -> None:
    moments = random.Random(1)  # noqa: S311 - when to kill, not what is rolled
    for _ in range(KILLS):
        async with start_bot(**settings(database_url)) as bot:
            await discord.ready(timeout_seconds=40)
            await until_recorded(discord, table)
            for _ in range(20):
                await table.roll()
            answered = moments.randrange(1, 12)
            await discord.until(partial(are_answered, discord, table.rolled[-20:], answered), 40.0, "some answers")
            assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
    rows = await recorded(database_url, tmp_path)
    assert all_that_say_so_are(discord, table, rows)
    assert len(rows) > KILLS
    table.nobody_was_answered_twice()


@pytest.mark.fault("S2")
async def test_a_database_that_is_stopped_and_started_again_under_the_bot(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, server: PostgresServer
) -> None:
    server.sql("CREATE DATABASE stopped")
    url = f"{server.url}/stopped"
    async with start_bot(DATABASE_URL=url) as bot:
        await discord.ready()
        await until_recorded(discord, table)
        await asyncio.to_thread(server.stop)
        assert not await is_recorded(discord, table)
        await bot.shows("/readyz", "rolls are not recorded", 200)
        await asyncio.to_thread(server.start)
        await bot.logged("the database is back")
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    rows = await recorded(url, tmp_path)
    assert all_that_say_so_are(discord, table, rows)
    assert rows[-1].answer_id == discord.replies_to(table.rolled[-1])[0].id
    assert "postgres@" not in bot.story()


@pytest.mark.fault("S2", "S7")
async def test_a_database_that_falls_silent_holds_up_neither_an_answer_nor_the_end(
    start_bot: StartBot, discord: DiscordStandin, table: Table, server: PostgresServer
) -> None:
    server.sql("CREATE DATABASE silent")
    async with StallingProxy(server.port).running() as proxy:
        async with start_bot(DATABASE_URL=f"{server.url.replace(str(server.port), str(proxy.port))}/silent") as bot:
            await discord.ready()
            await until_recorded(discord, table)
            proxy.flowing.clear()
            for _ in range(3):
                assert not await is_recorded(discord, table)
            await bot.logged(lambda line: "rolls go on and are not recorded" in str(line.get("message")))
            await ends_within_two_seconds(bot)
        table.nobody_was_answered_twice()


@pytest.mark.fault("S7")
async def test_it_stops_while_it_waits_for_a_database_that_is_silent_from_the_start(
    start_bot: StartBot, server: PostgresServer
) -> None:
    async with StallingProxy(server.port).running() as proxy:
        proxy.flowing.clear()
        async with start_bot(DATABASE_URL=f"{server.url.replace(str(server.port), str(proxy.port))}/silent") as bot:
            await bot.logged("sidecar listening")
            await ends_within_two_seconds(bot)


@pytest.mark.fault("S3")
async def test_a_disk_that_is_full_for_the_database(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await until_recorded(discord, table)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for _ in range(3):
            assert not await is_recorded(discord, table)
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, unlimited)
        await bot.logged("the database is back")
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    assert all_that_say_so_are(discord, table, await recorded(None, tmp_path))


@pytest.mark.fault("S4")
async def test_a_damaged_file_is_told_and_left_alone(start_bot: StartBot, tmp_path: Path) -> None:
    damaged = tmp_path / "data" / "nazh.db"
    damaged.parent.mkdir()
    damaged.write_bytes(b"SQLite format 3\0" + bytes(9_000))
    before = damaged.read_bytes()
    async with start_bot() as bot:
        assert await bot.ended() == 78
        line = await bot.logged(lambda line: "nazh.db is damaged" in str(line.get("message")))
        assert line["log.level"] == "critical"
    assert damaged.read_bytes() == before


@pytest.mark.fault("S5", "D1")
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
async def test_of_two_machines_with_one_database_one_answers_and_the_other_succeeds_it(
    start_bot: StartBot,
    discord: DiscordStandin,
    table: Table,
    tmp_path: Path,
    postgres_database: str,
    signum: signal.Signals,
) -> None:
    # Each has a folder of its own: only the database knows of both.
    async with start_bot(tmp_path / "one", DATABASE_URL=postgres_database) as one:
        await discord.ready()
        async with start_bot(tmp_path / "two", DATABASE_URL=postgres_database) as two:
            await two.logged("standing by")
            await two.shows("/readyz", "standby: another process answers", 503)
            for _ in range(5):
                await is_recorded(discord, table)
            assert len(discord.connections) == 1
            await one.stop(signum)
            await two.logged("the other process is gone")
            await discord.until(lambda: len(discord.journal.identifies()) == 2, 40.0, "the successor's IDENTIFY")
            await discord.ready()
            await table.is_served()
            assert await two.stop() == 0
    rows = await recorded(postgres_database, tmp_path)
    assert all_that_say_so_are(discord, table, rows)
    table.nobody_was_answered_twice()


@pytest.mark.fault("S2", "D1")
async def test_a_database_that_restarts_under_two_machines_leaves_one_that_answers(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, server: PostgresServer
) -> None:
    server.sql("CREATE DATABASE shared")
    url = f"{server.url}/shared"
    async with start_bot(tmp_path / "one", DATABASE_URL=url) as one:
        await discord.ready()
        async with start_bot(tmp_path / "two", DATABASE_URL=url) as two:
            await two.logged("standing by")
            await asyncio.to_thread(server.stop)
            assert not await is_recorded(discord, table), "players are answered meanwhile"
            await asyncio.to_thread(server.start)
            await one.logged("the database is back")
            kept = asyncio.ensure_future(one.logged("the leader lock is held again"))
            taken = asyncio.ensure_future(two.logged("the other process is gone"))
            await asyncio.wait({kept, taken}, return_when=asyncio.FIRST_COMPLETED)
            if taken.done():
                await one.logged("another process answers for this shard now")
                await two.logged("gateway ready")
            for each in (kept, taken):
                each.cancel()
            await until_recorded(discord, table)
            for bot in (one, two):
                assert await bot.stop() == 0
    connected = discord.connections
    for earlier, later in pairwise(connected):
        assert earlier.closed_at is not None
        assert earlier.closed_at <= later.at, "never both at once"
    assert all_that_say_so_are(discord, table, await recorded(url, tmp_path))
    table.nobody_was_answered_twice()


@pytest.mark.fault("P11")
async def test_a_ban_is_known_on_every_machine(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path, postgres_database: str
) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=3600), times=None)
    for folder in ("one", "two"):
        async with start_bot(tmp_path / folder, DATABASE_URL=postgres_database) as bot:
            line = await bot.logged(lambda line: line.get("wait_seconds", 0) > 3000)
            assert "again in" in line["message"]
            assert await bot.stop(signal.SIGKILL) == -9
    assert len(discord.requests) == 1


@pytest.mark.fault("S6")
async def test_a_clock_that_is_set_back_leaves_the_chain_in_order(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    async with start_bot(PYTHONPATH=INJECT, INJECT_JUMP_SECONDS="-3600") as bot:
        await discord.ready()
        await until_recorded(discord, table)
        bot.process.send_signal(signal.SIGUSR2)
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    rows = await recorded(None, tmp_path)
    assert rows[-1].rolled_at < rows[0].rolled_at - 3_000_000
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))


async def test_what_was_kept_is_there_after_a_restart(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, database_url: str | None
) -> None:
    assert table.channel.guild is not None
    guild_id = table.channel.guild.id
    memory = Memory.of(Database(Store.at(database_url, tmp_path / "data"), Recorder(LatestSnapshot())))
    async with memory.running():
        await memory.settings.change_guild(guild_id, {"prefix": "?"})
    async with start_bot(**settings(database_url)) as bot:
        await discord.ready()
        asked = await discord.say(table.channel, "?roll 2d6")
        await discord.until(lambda: bool(discord.replies_to(asked)), 40.0, "an answer")
        assert await bot.stop() == 0
    (row,) = await recorded(database_url, tmp_path)
    assert (row.answer_id, row.guild_id) == (discord.replies_to(asked)[0].id, guild_id)
