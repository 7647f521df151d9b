"""History is read by index, however large the ledger is, and a page after the other without a gap."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from modules.services.services import Memory
from modules.storage import history
from modules.storage.history import HistoryQuery, statement
from modules.storage.store import Store
from modules.storage.tables import ledger
from tests.storage.test_chains import rolls

START = 1_764_000_000_000
QUERIES = [
    HistoryQuery(chain_id=10),
    HistoryQuery(chain_id=10, before_id=7),
    HistoryQuery(chain_id=10, user_id=30),
    HistoryQuery(chain_id=10, user_id=30, text="20", since=5),
    HistoryQuery(channel_id=20),
    HistoryQuery(chain_id=10, channel_id=20, before_id=7),
    HistoryQuery(chain_id=10, user_id=30, since=5, until=9),
]


@pytest.mark.parametrize(
    "query",
    [
        *[statement(each).limit(10) for each in QUERIES],
        select(ledger).where(ledger.c.source_id == 1).order_by(ledger.c.source_index),
        select(ledger).where(ledger.c.user_id == 1).limit(100),
        select(ledger).where(ledger.c.answer_id == 1),
        select(ledger).order_by(ledger.c.id).limit(100),
    ],
)
async def test_every_query_goes_by_an_index(store: Store, query: object) -> None:
    dialect = sqlite.dialect() if store.is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    async with store.writing() as connection:
        if store.is_sqlite:
            plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
            assert not [step for step in plan if step == "SCAN ledger" and "ORDER BY ledger.id" not in sql]
            assert not [step for step in plan if "TEMP B-TREE" in step and "source_index" not in sql]
        else:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = [row[0] for row in await connection.execute(text(f"EXPLAIN {sql}"))]
            assert not [step for step in plan if "Seq Scan" in step or "Sort" in step]


MANY_ROWS = """
INSERT INTO ledger (chain_id, position, rolled_at, guild_id, channel_id, user_id, source_id, source_index, canonical,
    faces, salt, commitment, previous_hash)
SELECT n % 10, n / 10, n, n % 10, n % 600, n % 997, n, 0, '2d6+3', '4,5', 'salt', repeat('c', 32)::bytea,
    repeat('p', 32)::bytea
FROM generate_series(1, 30000) AS n
"""


@pytest.mark.parametrize(
    "query",
    [
        HistoryQuery(chain_id=5),
        HistoryQuery(chain_id=5, channel_id=15),
        HistoryQuery(chain_id=5, channel_id=15, is_open=True, before_id=29_000),
    ],
)
async def test_a_page_of_a_large_ledger_is_read_without_the_rest(postgres_database: str, query: HistoryQuery) -> None:
    dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
    sql = str(statement(query).limit(11).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    store = Store.at(postgres_database, Path())
    await store.open()
    try:
        async with store.writing() as connection:
            await connection.execute(text(MANY_ROWS))
            await connection.execute(text("ANALYZE ledger"))
            plan = (await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")).scalar_one()
    finally:
        await store.close()
    (page,) = plan[0]["Plan"]["Plans"]
    assert page["Node Type"] == "Index Scan"
    assert page["Actual Rows"] + page.get("Rows Removed by Filter", 0) <= 31


@pytest.mark.parametrize("query", QUERIES[:1] + QUERIES[2:3] + QUERIES[4:5])
async def test_pages_follow_each_other_without_a_gap(memory: Memory, query: HistoryQuery) -> None:
    await memory.ledger.record(rolls(60))
    whole = await memory.ledger.page(query, 100)
    assert [row.id for row in whole] == sorted((row.id for row in whole), reverse=True)
    paged: list[int] = []
    while page := await memory.ledger.page(replace(query, before_id=paged[-1] if paged else None), 7):
        paged += [row.id for row in page]
    assert paged == [row.id for row in whole]
    assert len(paged) >= 15


async def test_filters_take_what_they_are_given_to_the_letter(memory: Memory) -> None:
    first, second, third = rolls(3)
    await memory.ledger.record([first._replace(canonical="1d%"), second._replace(canonical="1d6_"), third])
    for wanted, count in (("d%", 1), ("_", 1), ("d6", 2), ("'; --", 0)):
        assert len(await memory.ledger.page(HistoryQuery(text=wanted), 10)) == count
    assert len(await memory.ledger.page(HistoryQuery(since=third.rolled_at), 10)) == 1


async def test_a_stretch_of_time_is_found_to_the_millisecond_even_where_the_clock_was_set_back(memory: Memory) -> None:
    hour = 3_600_000
    moments = [0, 10 * hour, 9 * hour, 11 * hour, 100 * hour, 99 * hour, 1000 * hour]
    entries = [each._replace(rolled_at=START + at) for each, at in zip(rolls(len(moments)), moments, strict=True)]
    await memory.ledger.record(entries)
    for since in (None, *moments):
        for until in (None, *moments):
            query = HistoryQuery(
                since=None if since is None else START + since, until=None if until is None else START + until
            )
            found = {row.entry.rolled_at - START for row in await memory.ledger.page(query, 100) if row.entry}
            assert found == {at for at in moments if (since or 0) <= at < (until if until is not None else 10**12)}


async def test_a_stretch_of_time_of_an_empty_ledger_is_empty(memory: Memory) -> None:
    assert await memory.ledger.page(HistoryQuery(since=1, until=2), 10) == ()


async def test_a_day_of_a_long_ledger_is_found_in_a_few_looks(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    day = 86_400_000
    monkeypatch.setattr(history, "NEAR_IDS", 10)
    await memory.ledger.record([each._replace(rolled_at=START + each.rolled_at) for each in rolls(400)])
    read = 0

    def count(*_statement: object) -> None:
        nonlocal read
        read += 1

    engine = memory.database.store._engine
    assert engine is not None
    event.listen(engine.sync_engine, "after_cursor_execute", count)
    query = HistoryQuery(since=START + 10 * day, until=START + 11 * day)
    (row,) = await memory.ledger.page(query, 10)
    assert row.entry is not None
    assert row.entry.rolled_at == START + 10 * day
    assert read < 20
