"""What SQLAlchemy says differently for each of the two databases."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def upsert(
    connection: AsyncConnection, table: Table, key: Mapping[str, object], values: Mapping[str, object]
) -> None:
    """Insert a row, or change the one that has its key; columns that are not named keep what they have.

    Args:
        connection: In a transaction that writes.
        table: Where.
        key: The primary key.
        values: The other columns.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values({**key, **values})
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


async def insert_all(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one go; without any, do nothing."""
    if rows:
        await connection.execute(table.insert(), rows)


async def insert_tuples(connection: AsyncConnection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as the driver takes them, in a quarter of the time of `insert_all`; without any, do nothing.

    Args:
        connection: In a transaction that writes.
        table: Its first column is numbered by the database, and its types need no conversion.
        rows: All other columns, in order.
    """
    if rows:
        await connection.exec_driver_sql(_insert_of(table, type(connection.dialect)), list(rows))  # type: ignore[arg-type]  # hashable


@lru_cache(maxsize=8)
def _insert_of(table: Table, dialect: type[Dialect]) -> str:
    names = [column.name for column in table.columns][1:]
    return str(table.insert().inline().compile(dialect=dialect(), column_keys=names))


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, except those whose key is there already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    await connection.execute(insert(table).on_conflict_do_nothing(), rows)
