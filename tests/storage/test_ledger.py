import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from modules.services.services import Memory
from modules.storage import ledger
from modules.storage.chain import GENESIS, LedgerEntry, link_hash
from modules.storage.checkpoints import DUE_PAGES, LONG_LOG_PAGES
from modules.storage.engine import WAL_PAGES
from modules.storage.errors import DatabaseAway
from modules.storage.store import NOT_OPEN, Store
from modules.storage.verification import verify

ENTRY = LedgerEntry(
    rolled_at=1_700_000_000_000,
    guild_id=10,
    channel_id=20,
    user_id=30,
    source_id=(1 << 63) - 1,
    source_index=0,
    canonical="2d6+3",
    faces="4,5",
    total="12",
)


async def append(store: Store, *entries: LedgerEntry) -> dict[tuple[int, int], LedgerEntry]:
    return await store.write(lambda connection: ledger.append_missing(connection, entries, b"salt" * 4 * len(entries)))


async def test_what_is_recorded_is_read_back_letter_for_letter(store: Store) -> None:
    hostile = ENTRY._replace(canonical="1d20 # '; DROP TABLE ledger; -- \\ % _ 😈 \u202e", comment="a\tb\n\x1b[31m")
    assert not await append(store, hostile)
    async with store.reading() as connection:
        (row,) = await ledger.of_source(connection, hostile.source_id)
    assert row.entry == hostile
    assert (row.chain_id, row.position, row.answer_id) == (10, 1, None)


async def test_the_same_roll_is_recorded_once_and_the_first_one_is_told(store: Store) -> None:
    await append(store, ENTRY)
    again = ENTRY._replace(faces="1,1", total="5")
    assert await append(store, again) == {(ENTRY.source_id, 0): ENTRY}
    async with store.reading() as connection:
        assert len(await ledger.of_source(connection, ENTRY.source_id)) == 1


async def test_a_roll_that_is_there_already_is_refused_with_all_that_came_with_it(store: Store) -> None:
    await append(store, ENTRY)
    entries = [ENTRY._replace(source_id=1), ENTRY]
    with pytest.raises(IntegrityError):
        await store.write(lambda connection: ledger.append(connection, entries, b"salt" * 8))
    async with store.reading() as connection:
        found = await verify(connection)
    assert (found.rows, found.breaks) == (1, [])


async def test_a_group_with_rolls_of_another_process_is_recorded_without_them(memory: Memory) -> None:
    await memory.ledger.record([ENTRY])
    other, same = ENTRY._replace(source_id=1), ENTRY._replace(faces="1,1", total="5")
    twice = other._replace(total="4")
    assert await asyncio.gather(*(memory.ledger.record([each]) for each in (other, same))) == [(other,), (ENTRY,)]
    assert await memory.ledger.record([twice, ENTRY._replace(source_id=2)]) == (other, ENTRY._replace(source_id=2))
    async with memory.database.reading() as connection:
        found = await verify(connection)
    assert (found.rows, found.breaks) == (3, [])


async def test_a_large_group_is_recorded_like_a_small_one(store: Store) -> None:
    hostile = "1d20 # '; DROP TABLE ledger; -- \\ \\N %s $1 \t \n 😈"
    entries = [ENTRY._replace(source_id=number, canonical=hostile, guild_id=number % 3 or None) for number in range(99)]
    await store.write(lambda connection: ledger.append(connection, entries, b"salt" * 4 * 99))
    again = [each._replace(source_id=each.source_id + 50) for each in entries]
    assert await append(store, *again) == {(each.source_id, 0): each for each in entries[50:]}
    async with store.reading() as connection:
        found = await verify(connection)
        rows = [await ledger.of_source(connection, number) for number in (0, 98, 148)]
    assert (found.rows, found.chains, found.breaks) == (149, 3, [])
    assert [row.entry for (row,) in rows] == [entries[0], entries[98], again[98]]


async def test_a_large_group_that_postgresql_refuses_changes_nothing(postgres_database: str) -> None:
    store = Store.at(postgres_database, Path())
    await store.open()
    entries = [ENTRY._replace(source_id=number) for number in range(50)]
    try:
        with pytest.raises(DatabaseAway, match="the database refuses to work"):
            await append(store, *entries, ENTRY._replace(canonical="\0"))
        assert await append(store, *entries) == {}
    finally:
        await store.close()


async def test_a_function_that_fails_changes_nothing_and_the_next_one_is_run(store: Store) -> None:
    def fail(connection: Connection) -> None:
        ledger.append(connection, [ENTRY], b"salt" * 4)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(fail)
    assert await append(store, ENTRY) == {}
    await store.close()
    with pytest.raises(DatabaseAway, match=NOT_OPEN):
        await append(store, ENTRY)


async def test_a_transaction_that_nobody_waits_for_any_more_ends_before_the_next_one(tmp_path: Path) -> None:
    store = Store.at(None, tmp_path)
    await store.open()
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slowly(connection: Connection) -> None:
        ledger.append(connection, [ENTRY], b"salt" * 4)
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(30)

    async with asyncio.timeout(30):
        waiting = asyncio.create_task(store.write(slowly))
        await begun.wait()
        waiting.cancel()
        following = asyncio.create_task(append(store, ENTRY._replace(faces="1,1")))
        go_on.set()
        # What the other one recorded is seen, rather than recorded a second time.
        assert await following == {(ENTRY.source_id, 0): ENTRY}
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await store.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store.at(None, tmp_path)
    await store.open()
    yield store
    await store.close()


def log_pages(store: Store) -> float:
    return Path(f"{store.path}-wal").stat().st_size / 4_120


async def fill(store: Store, groups: range) -> float:
    """Record groups of 200 rolls, none before the checkpoint that is due has ended; pages of the log."""
    for number in groups:
        entries = [ENTRY._replace(source_id=number * 200 + at, guild_id=at % 50) for at in range(200)]
        await store.write(partial(ledger.append, entries=entries, salts=b"salt" * 4 * 200))
        assert store._checkpoints is not None
        await store._checkpoints.wait()
    return log_pages(store)


async def test_the_log_of_sqlite_is_used_again_after_each_checkpoint(sqlite: Store) -> None:
    pages = await fill(sqlite, range(20))
    assert await fill(sqlite, range(20, 40)) <= 2 * pages
    assert pages < 2 * DUE_PAGES


@pytest.mark.parametrize(("pages", "writers_wait"), [(LONG_LOG_PAGES + 1, True), (LONG_LOG_PAGES, False)])
async def test_writers_wait_for_a_checkpoint_only_where_the_log_grew_long(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch, pages: int, writers_wait: bool
) -> None:
    waiting: list[bool] = []

    def checkpoint(_path: Path) -> int:
        waiting.append(sqlite._writing.locked())
        return pages

    monkeypatch.setattr("modules.storage.checkpoints.checkpoint", checkpoint)
    await fill(sqlite, range(DUE_PAGES // 200))
    assert waiting == ([False, False, True] if writers_wait else [False])


async def test_lone_rolls_come_to_a_checkpoint_too(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[Path] = []

    def checkpoint(path: Path) -> int:
        copied.append(path)
        return 0

    monkeypatch.setattr("modules.storage.checkpoints.checkpoint", checkpoint)
    for number in range(DUE_PAGES // 7 + 1):
        await sqlite.write(partial(ledger.append, entries=[ENTRY._replace(source_id=number)], salts=b"salt" * 4))
    assert sqlite._checkpoints is not None
    await sqlite._checkpoints.wait()
    assert copied == [sqlite.path]


async def test_the_log_of_sqlite_has_an_end_where_no_checkpoint_keeps_up(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.storage.checkpoints.checkpoint", lambda _path: 0)
    assert await fill(sqlite, range(80)) < WAL_PAGES + 1_000


TEXT = st.text(st.characters(exclude_categories=[]))
NUMBER = st.integers(0, (1 << 63) - 1)
ENTRIES = st.builds(LedgerEntry, *[NUMBER, st.none() | NUMBER, *[NUMBER] * 4, TEXT, TEXT, *[st.none() | TEXT] * 4])


@given(ENTRIES)
def test_what_is_hashed_is_the_json_that_it_always_was(entry: LedgerEntry) -> None:
    def encoded(*values: object) -> bytes:
        return json.dumps(values, separators=(",", ":")).encode("ascii")

    rolled_at, guild_id, *private = entry
    commitment = entry.commitment(b"salt")
    assert commitment == hashlib.sha256(b"salt" + encoded(*private)).digest()
    public = encoded(entry.chain_id, 7, rolled_at, guild_id)
    wanted = hashlib.sha256(GENESIS + public + commitment).digest()
    assert link_hash(GENESIS, (entry.chain_id, 7), rolled_at, guild_id, commitment) == wanted
