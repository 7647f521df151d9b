"""The database goes away, in every way that it can, and comes back: rolls never wait for it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from modules.services.ledger import WAIT_SECONDS
from modules.services.services import Memory
from modules.storage.chain import LedgerEntry
from modules.storage.errors import DatabaseAway
from modules.storage.verification import verify
from modules.telemetry.recorder import Recorder
from tests.databases import memory_at
from tests.postgres_server import PostgresServer, running_server
from tests.storage.stalling_proxy import StallingProxy
from tests.storage.test_chains import rolls
from tests.storage.test_ledger import ENTRY

SLACK_SECONDS = 0.75
"""What a busy machine may add to a wait."""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that this file stops and starts."""
    with running_server() as server:
        yield server


@pytest.fixture
def url(server: PostgresServer, request: pytest.FixtureRequest) -> str:
    name = f"db_{abs(hash(request.node.name))}"
    server.sql(f"CREATE DATABASE {name}")
    return f"{server.url}/{name}"


async def record(memory: Memory, entry: LedgerEntry) -> bool:
    """Record a roll, which takes no longer than it may, and say whether that succeeded."""
    async with asyncio.timeout(WAIT_SECONDS + SLACK_SECONDS):
        return await memory.ledger.record([entry]) is not None


async def until_recorded(memory: Memory, entries: Iterator[LedgerEntry]) -> int:
    """Roll until a roll is recorded, and say how many it took; on a busy machine the first may be too slow."""
    async with asyncio.timeout(40):
        count = 1
        while not await record(memory, next(entries)):
            count += 1
            await asyncio.sleep(0.02)
    return count


async def until_away(memory: Memory, entries: Iterator[LedgerEntry]) -> None:
    """Roll until it is known that the database is away; no roll is recorded meanwhile."""
    async with asyncio.timeout(40):
        while memory.database.away is None:
            assert not await record(memory, next(entries))


async def sound(memory: Memory) -> int:
    """Rows of a ledger without a broken chain."""
    async with memory.database.reading() as connection:
        found = await verify(connection)
    assert found.breaks == []
    return found.rows


def faults(recorder: Recorder) -> list[str]:
    return [each.reason for each in recorder.publish().faults]


async def test_a_server_that_is_stopped_and_started_again(
    server: PostgresServer, url: str, tmp_path: Path, recorder: Recorder
) -> None:
    entries = iter(rolls(5_000))
    async with memory_at(url, tmp_path, recorder, WAIT_SECONDS) as memory:
        await until_recorded(memory, entries)
        await asyncio.to_thread(server.stop)
        try:
            await until_away(memory, entries)
            assert faults(recorder) == [f"{memory.database.away}: rolls are not recorded"]
            assert all(not each.blocking for each in recorder.publish().faults)
            with pytest.raises(DatabaseAway):
                await memory.settings.change_guild(1, {"prefix": "?"})
        finally:
            await asyncio.to_thread(server.start)
        await until_recorded(memory, entries)
        assert faults(recorder) == []
        await sound(memory)


async def test_a_server_that_is_not_there_when_the_bot_starts(
    server: PostgresServer, url: str, tmp_path: Path, recorder: Recorder
) -> None:
    await asyncio.to_thread(server.stop)
    try:
        async with memory_at(url, tmp_path, recorder, WAIT_SECONDS) as memory:
            assert faults(recorder) == ["the database cannot be reached: rolls are not recorded"]
            assert not await record(memory, ENTRY)
            assert memory.settings.of_guild(1).prefix is None
            await asyncio.to_thread(server.start)
            await until_recorded(memory, iter(rolls(5_000)))
    finally:
        if not (server.data / "postmaster.pid").exists():
            await asyncio.to_thread(server.start)


async def test_a_server_that_restarts_in_the_middle_of_a_transaction_records_nothing_twice(
    server: PostgresServer, url: str, tmp_path: Path
) -> None:
    entries = rolls(300)
    async with memory_at(url, tmp_path, wait_seconds=WAIT_SECONDS) as memory:

        async def keep_rolling() -> list[LedgerEntry]:
            recorded = []
            for entry in entries:
                if await record(memory, entry):
                    recorded.append(entry)
                await asyncio.sleep(0.005)
            return recorded

        rolling = asyncio.create_task(keep_rolling())
        for mode in ("fast", "immediate"):
            await asyncio.sleep(0.2)
            await asyncio.to_thread(server.stop, mode)
            await asyncio.to_thread(server.start)
        recorded = await rolling
        await until_recorded(memory, repeat(entries[0]))
        # An answer that said "not recorded" may have been recorded all the same, but never twice.
        assert len(recorded) <= await sound(memory) <= len(entries)
        for entry in entries:
            await until_recorded(memory, repeat(entry))
        assert await sound(memory) == len(entries)


async def test_connections_that_stop_carrying_anything(
    server: PostgresServer, url: str, tmp_path: Path, recorder: Recorder
) -> None:
    entries = iter(rolls(5_000))
    async with StallingProxy(server.port).running() as proxy:
        stalled_url = url.replace(str(server.port), str(proxy.port))
        async with memory_at(stalled_url, tmp_path, recorder, WAIT_SECONDS) as memory:
            await until_recorded(memory, entries)
            proxy.flowing.clear()
            await until_away(memory, entries)
            assert faults(recorder)
            with pytest.raises(DatabaseAway):
                await memory.saved_rolls.by_id(1)
            proxy.flowing.set()
            await until_recorded(memory, entries)
            await sound(memory)


async def test_a_process_ends_while_its_connections_carry_nothing(
    server: PostgresServer, url: str, tmp_path: Path
) -> None:
    async with StallingProxy(server.port).running() as proxy:
        async with asyncio.timeout(10):
            async with memory_at(
                url.replace(str(server.port), str(proxy.port)), tmp_path, wait_seconds=WAIT_SECONDS
            ) as memory:
                await until_recorded(memory, repeat(ENTRY))
                proxy.flowing.clear()
                assert not await record(memory, ENTRY._replace(source_id=1))


async def test_an_sqlite_file_that_another_program_holds(tmp_path: Path, recorder: Recorder) -> None:
    entries = iter(rolls(5_000))
    async with memory_at(None, tmp_path, recorder, WAIT_SECONDS) as memory:
        other = sqlite3.connect(tmp_path / "nazh.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await until_away(memory, entries)
        assert faults(recorder)
        other.execute("COMMIT")
        other.close()
        await until_recorded(memory, entries)
        await sound(memory)


async def test_a_disk_that_is_full(tmp_path: Path, recorder: Recorder) -> None:
    entries = iter(rolls(5_000))
    async with memory_at(None, tmp_path, recorder, WAIT_SECONDS) as memory:
        await until_recorded(memory, entries)
        # SQLite's own way to be full, for every connection from now on.
        with_pragma(memory, "max_page_count=1")
        while memory.database.away is None:
            await record(memory, next(entries))
        assert faults(recorder) == ["the disk of the database is full: rolls are not recorded"]
        with_pragma(memory, "max_page_count=1000000")
        await until_recorded(memory, entries)
        await sound(memory)


async def test_a_file_that_becomes_read_only(tmp_path: Path, recorder: Recorder) -> None:
    entries = iter(rolls(5_000))
    async with memory_at(None, tmp_path, recorder, WAIT_SECONDS) as memory:
        await until_recorded(memory, entries)
        with_pragma(memory, "query_only=ON")
        await until_away(memory, entries)
        assert faults(recorder) == ["the database file is read-only: rolls are not recorded"]
        with_pragma(memory, "query_only=OFF")
        await until_recorded(memory, entries)
        await sound(memory)


def with_pragma(memory: Memory, pragma: str) -> None:
    """Set something on every connection of the store whenever it is used from now on."""
    store = memory.database.store
    assert store._engine is not None
    assert store._sync_engine is not None
    for engine in (store._engine.sync_engine, store._sync_engine):

        @event.listens_for(engine, "checkout")
        def set_up(connection: Any, _record: object, _proxy: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
