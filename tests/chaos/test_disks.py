"""Row S3 on real disks: really full, and really read-only."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.chaos.test_storage import all_that_say_so_are, is_recorded, recorded, server, until_recorded
from tests.discord_standin import DiscordStandin
from tests.disks import Disk, small_disk
from tests.postgres_server import PostgresServer
from tests.wire.process import BotProcess

__all__ = ["server"]

FULL = "the disk of the database is full: rolls are not recorded"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "data", 8) as disk:
        yield disk


async def until_unrecorded(discord: DiscordStandin, table: Table) -> None:
    """Roll until an answer says that it is not recorded."""
    async with asyncio.timeout(60):
        while await is_recorded(discord, table):
            pass


async def is_told(bot: BotProcess, reason: str) -> None:
    """Wait until readiness and the dashboard give the reason; commands are answered, so it is ready."""
    await bot.shows("/readyz", reason, 200)
    await bot.shows("/", reason, 200)


@pytest.mark.fault("S3")
async def test_sqlite_on_a_disk_that_fills_up(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, disk: Disk
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await until_recorded(discord, table)
        await asyncio.to_thread(disk.fill)
        await until_unrecorded(discord, table)
        await is_told(bot, FULL)
        for _ in range(3):
            assert not await is_recorded(discord, table)
        await asyncio.to_thread(disk.empty)
        await bot.logged("the database is back")
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    assert all_that_say_so_are(discord, table, await recorded(None, tmp_path))
    table.nobody_was_answered_twice()


@pytest.mark.fault("S3")
async def test_sqlite_on_a_disk_that_is_read_only_until_it_is_not(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, disk: Disk
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    disk.remount("ro")
    async with start_bot() as bot:
        await discord.ready()
        await is_told(bot, "the database file is read-only: rolls are not recorded")
        for _ in range(3):
            assert not await is_recorded(discord, table)
        disk.remount("rw")
        await bot.logged("the database is back")
        await until_recorded(discord, table)
        assert await bot.stop() == 0
    assert all_that_say_so_are(discord, table, await recorded(None, tmp_path))


@pytest.mark.fault("S3")
async def test_postgresql_on_a_disk_that_fills_up(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, server: PostgresServer
) -> None:
    if server.user is None:
        pytest.skip("only who may mount a disk can fill one up")
    with small_disk(server.folder / "disk", 20) as disk:
        place = disk.path / "tables"
        place.mkdir()
        shutil.chown(place, server.user)
        # Its log of changes stays on the other disk: where that one is full, the server stops altogether (row S2).
        server.sql(f"CREATE TABLESPACE small LOCATION '{place}'")
        server.sql("CREATE DATABASE filled TABLESPACE small")
        url = f"{server.url}/filled"
        async with start_bot(DATABASE_URL=url) as bot:
            await discord.ready()
            await until_recorded(discord, table)
            await asyncio.to_thread(disk.fill)
            await until_unrecorded(discord, table)
            await is_told(bot, FULL)
            for _ in range(3):
                assert not await is_recorded(discord, table)
            await is_told(bot, FULL)
            await asyncio.to_thread(disk.empty)
            await bot.logged("the database is back")
            await until_recorded(discord, table)
            assert await bot.stop() == 0
        assert all_that_say_so_are(discord, table, await recorded(url, tmp_path))
        table.nobody_was_answered_twice()
        server.sql("DROP DATABASE filled")
        server.sql("DROP TABLESPACE small")
