"""The ledger's speed: rolls recorded a second beside the bare drivers, what a lone roll waits, a million rows.

Both databases, on one loop as in the bot: SQLite in a temporary folder, and the PostgreSQL that the tests use.

The bare drivers insert the very rows that the service wrote, hashes and all, into the same table with its indexes: by
`executemany`, 200 rows a transaction, one transaction after the other, with nobody who waits for one. Theirs is not the
hashing, nor the ends of the chains, nor 200 players of whom each has to be told; and ours is free to use COPY, and to
copy SQLite's log into the database beside its transactions.

What recording adds to an answer of the whole bot: `python -m benchmarks.load recording`; its memory with 2,500 guilds,
storage included: `python -m benchmarks.load guilds`.

    python -m benchmarks.storage [--rolls 20000] [--rows 1000000] [--write]
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiosqlite
import asyncpg
from sqlalchemy import select

from benchmarks.sidecar import table
from modules.services.database import Database
from modules.services.ledger import BATCH_ROWS
from modules.services.services import Memory
from modules.storage import ledger as rows_of
from modules.storage.chain import SALT_BYTES, LedgerEntry
from modules.storage.history import HistoryQuery
from modules.storage.store import Store
from modules.storage.tables import ledger, ledger_chains
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.postgres_server import running_server

RATIO_AT_LEAST: Final = 0.5
LONE_P50_MILLISECONDS: Final = 8.0
LONE_P99_MILLISECONDS: Final = 25.0
HISTORY_MILLISECONDS: Final = 50.0
PRUNING_MILLISECONDS: Final = 20.0
LONE_ROLLS: Final = 500
PLAYERS: Final = 200
"""Who roll at the same time: one group's worth."""
GUILDS: Final = 50
BEGIN, END = "<!-- storage -->\n", "<!-- /storage -->"
README: Final = Path(__file__).with_name("README.md")

Row = tuple[str, str, str, bool]


def entry(number: int) -> LedgerEntry:
    """A roll like any other."""
    return LedgerEntry(
        rolled_at=1_700_000_000_000 + number,
        guild_id=1_000 + number % GUILDS,
        channel_id=2_000 + number % (3 * GUILDS),
        user_id=3_000 + number % 997,
        source_id=1_200_000_000_000_000_000 + number,
        source_index=0,
        canonical="2d6+3",
        faces="4,5",
        total="12",
        details='{"version":2,"shortcuts":[],"cancels":[],"said":[],"total":12,"paid":[0,0],"bonus":0,"shared":0}',
    )


async def throughput(
    record: Callable[[Sequence[LedgerEntry]], Awaitable[Any]], entries: Sequence[LedgerEntry]
) -> float:
    """Rolls recorded a second by players who each wait for one before they make the next."""
    left = iter(entries)
    begun = time.perf_counter()

    async def play() -> None:
        for each in left:
            # Nothing is given up here: what was too slow is asked for again, and takes the longer.
            while await record([each]) is None:
                pass

    await asyncio.gather(*(play() for _ in range(PLAYERS)))
    return len(entries) / (time.perf_counter() - begun)


async def recorded_rows(memory: Memory) -> list[tuple[Any, ...]]:
    """The rows as the service wrote them, for the bare driver to write again."""
    columns = [column for column in ledger.columns if column.name != "id"]
    async with memory.database.store.reading() as connection:
        return [tuple(row) for row in await connection.execute(select(*columns).order_by(ledger.c.id))]


async def bare_sqlite(file: Path, rows: Sequence[tuple[Any, ...]]) -> float:
    """Rows a second that aiosqlite inserts in groups of the same size, into a table of the same shape."""
    async with aiosqlite.connect(file, isolation_level=None) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            await connection.execute(f"PRAGMA {pragma}")
        insert = f"INSERT INTO ledger ({names()}) VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - our columns
        begun = time.perf_counter()
        for start in range(0, len(rows), BATCH_ROWS):
            await connection.execute("BEGIN IMMEDIATE")
            await connection.executemany(insert, rows[start : start + BATCH_ROWS])
            await connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - begun)


async def bare_postgres(url: str, rows: Sequence[tuple[Any, ...]]) -> float:
    """The same with asyncpg."""
    connection = await asyncpg.connect(url)
    try:
        places = ", ".join(f"${number + 1}" for number in range(len(rows[0])))
        insert = f"INSERT INTO ledger ({names()}) VALUES ({places})"  # noqa: S608 - our columns
        begun = time.perf_counter()
        for start in range(0, len(rows), BATCH_ROWS):
            async with connection.transaction():
                await connection.executemany(insert, rows[start : start + BATCH_ROWS])
        return len(rows) / (time.perf_counter() - begun)
    finally:
        await connection.close()


def names() -> str:
    """The columns that are written, in order."""
    return ", ".join(column.name for column in ledger.columns if column.name != "id")


async def clear(memory: Memory) -> None:
    """Empty the ledger."""
    async with memory.database.store.writing() as connection:
        await connection.execute(ledger.delete())
        await connection.execute(ledger_chains.delete())


async def fill(memory: Memory, count: int) -> None:
    """Have so many rolls in the ledger."""
    for start in range(0, count, 2_000):
        entries = [entry(number) for number in range(start, min(count, start + 2_000))]
        salts = os.urandom(SALT_BYTES * len(entries))
        await memory.database.store.write(partial(rows_of.append, entries=entries, salts=salts))


async def timed(work: Callable[[], Awaitable[Any]], times: int) -> list[float]:
    """How long it took, in milliseconds, from the shortest to the longest."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


async def speed(name: str, memory: Memory, rolls: int, bare: Callable[[Sequence[Any]], Awaitable[float]]) -> list[Row]:
    """Throughput beside the bare driver, and the wait of a lone roll."""
    await throughput(memory.ledger.record, [entry(-1 - number) for number in range(BATCH_ROWS)])
    await clear(memory)
    ours = await throughput(memory.ledger.record, [entry(number) for number in range(rolls)])
    rows = await recorded_rows(memory)
    await clear(memory)
    theirs = await bare(rows)
    await clear(memory)
    numbers = iter(range(10**6, 10**7))
    lone = await timed(lambda: memory.ledger.record([entry(next(numbers))]), LONE_ROLLS)
    p50, p99 = lone[len(lone) // 2], lone[int(len(lone) * 0.99)]
    text = f"{ours:,.0f}/s, the bare driver {theirs:,.0f}/s: {ours / theirs:.2f}"
    waits = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    wanted = f"p50 < {LONE_P50_MILLISECONDS:.0f} ms, p99 < {LONE_P99_MILLISECONDS:.0f} ms"
    return [
        (f"{name}: rolls recorded", text, f"≥ {RATIO_AT_LEAST}", ours / theirs >= RATIO_AT_LEAST),
        (f"{name}: a lone roll waits", waits, wanted, p50 < LONE_P50_MILLISECONDS and p99 < LONE_P99_MILLISECONDS),
    ]


async def scale(name: str, memory: Memory, count: int) -> list[Row]:
    """History and pruning with a large ledger."""
    await clear(memory)
    await fill(memory, count)
    queries = (
        HistoryQuery(chain_id=1_001),
        HistoryQuery(chain_id=1_001, user_id=3_001),
        HistoryQuery(chain_id=1_001, channel_id=2_001),
        HistoryQuery(chain_id=1_001, user_id=3_001, text="20d20"),
    )
    slowest = max([(await timed(partial(memory.ledger.page, query, 10), 20))[-2] for query in queries])
    numbers = iter(range(10**7, 10**8))
    pruning = asyncio.create_task(memory.ledger.prune(entry(count // 20).rolled_at))
    waits = []
    while not pruning.done():
        waits += await timed(lambda: memory.ledger.record([entry(next(numbers))]), 1)
        await asyncio.sleep(0.005)
    alone = await timed(lambda: memory.ledger.record([entry(next(numbers))]), len(waits))
    held = sorted(waits)[int(len(waits) * 0.99)] - alone[len(alone) // 2]
    return [
        (
            f"{name}: a page of history of {count:,} rolls",
            f"{slowest:.1f} ms",
            f"< {HISTORY_MILLISECONDS:.0f} ms",
            slowest < HISTORY_MILLISECONDS,
        ),
        (
            f"{name}: pruning {await pruning:,} of them holds a roll",
            f"{max(0.0, held):.1f} ms (p99)",
            f"< {PRUNING_MILLISECONDS:.0f} ms",
            held < PRUNING_MILLISECONDS,
        ),
    ]


@asynccontextmanager
async def opened(url: str | None, folder: Path) -> AsyncIterator[Memory]:
    """Everything that outlives the process, without its own pruning."""
    memory = Memory.of(Database(Store.at(url, folder), Recorder(LatestSnapshot())), retention_days=36_500)
    async with memory.running():
        yield memory


async def measure(rolls: int, count: int, folder: Path, server: str) -> list[Row]:
    """The rows of the table."""
    rows: list[Row] = []
    async with opened(None, folder) as memory:
        rows += await speed("SQLite", memory, rolls, lambda found: bare_sqlite(folder / "nazh.db", found))
        rows += await scale("SQLite", memory, count)
    async with opened(server, folder) as memory:
        rows += await speed("PostgreSQL", memory, rolls, lambda found: bare_postgres(server, found))
        rows += await scale("PostgreSQL", memory, count)
    return rows


def write(text: str) -> None:
    """Put the table between its marks in README.md."""
    before, mark, rest = README.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    README.write_text(f"{before}{mark}{text}\n{end}{after}")


def main() -> int:
    """Print the table, and write it if asked; 1 when anything is slower than wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rolls", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        server.sql("CREATE DATABASE bench")
        rows = asyncio.run(measure(chosen.rolls, chosen.rows, Path(folder), f"{server.url}/bench"))
    text = table(rows)
    print(text)
    if chosen.write:
        write(text)
    return 0 if all(holds for *_, holds in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
