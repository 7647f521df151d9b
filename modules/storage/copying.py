"""Everything of one database copied into another, empty one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.errors import DatabaseRefused
from modules.storage.statements import insert_all
from modules.storage.store import Store
from modules.storage.tables import characters, ledger, metadata, saved_rolls

ROWS_AT_ONCE: Final = 1_000


class Shown(Protocol):
    """Says how far something is."""

    def show(self, done: int) -> None:
        """So many rows are copied."""


Progress = Callable[[str, int], AbstractContextManager[Shown]]
"""Given what is copied and how many rows there are."""


async def copy(source: Store, target: Store, progress: Progress) -> None:
    """Copy every row, in one transaction of each database: all of it, or nothing.

    Args:
        source: Nothing can be written there meanwhile, where it is an SQLite file.
        target: Open, and without rows.
        progress: Shows how far it is.

    Raises:
        DatabaseRefused: The target has rows already.
        DatabaseAway: One of the two failed.
    """
    async with source.writing() as reading, target.writing() as writing:
        for table in metadata.sorted_tables:
            if await _count(writing, table):
                raise DatabaseRefused(f"the database {target.shown} is not empty: its table {table.name} has rows")
        for table in metadata.sorted_tables:
            with progress(f"copying {table.name}", await _count(reading, table)) as bar:
                await _copy_table(reading, writing, table, bar)
        await _move_serials(writing)


async def _copy_table(reading: AsyncConnection, writing: AsyncConnection, table: Table, bar: Shown) -> None:
    count = 0
    ordered = select(table).order_by(*table.primary_key.columns)
    async with reading.stream(ordered, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        async for some in rows.mappings().partitions():
            await insert_all(writing, table, [dict(row) for row in some])
            count += len(some)
            bar.show(count)


async def _move_serials(connection: AsyncConnection) -> None:
    """Have new rows numbered after those that came with a number."""
    if connection.dialect.name == "postgresql":
        for table in (ledger, saved_rolls, characters):
            last = select(func.max(table.c.id)).scalar_subquery()
            await connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))


async def _count(connection: AsyncConnection, table: Table) -> int:
    counted: int = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return counted
