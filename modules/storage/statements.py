"""What SQLAlchemy says differently for each of the two databases."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    UpdateBase,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
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
    statement = _insert(connection.dialect, table).values({**key, **values})
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


async def insert_all(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one go; without any, do nothing."""
    if rows:
        await connection.execute(table.insert(), rows)


def is_among(column: Column[int], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column has one of the values of the list parameter `name`.

    They are one parameter, so that the statement is prepared once, however many there are.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value))


def execute_tuples(connection: Connection, statement: UpdateBase, rows: Sequence[tuple[Any, ...]]) -> None:
    """Execute a statement for many rows as the driver takes them, in a quarter of the time of SQLAlchemy's own way.

    Args:
        connection: In a transaction that writes.
        statement: A constant, with parameters whose types need no conversion.
        rows: Its parameters, in the order in which they stand in it; of at least one row.
    """
    connection.exec_driver_sql(_sql_of(statement, type(connection.dialect)), list(rows))  # type: ignore[arg-type]  # hashable


def copy_tuples(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows by PostgreSQL's COPY, which takes half the time of as many INSERTs.

    Args:
        connection: In a transaction that writes, and in which a statement was executed: else there is none yet.
        table: Where.
        names: The columns that are given.
        rows: Their values.

    Raises:
        IntegrityError: A key is there already.
        DBAPIError: It failed for any other reason.
    """
    # Some megabytes that a bot on SQLite does without.
    import asyncpg  # noqa: PLC0415

    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda raw: raw.copy_records_to_table(table.name, records=rows, columns=names))
    except asyncpg.UniqueViolationError as error:
        raise IntegrityError("COPY", None, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError("COPY", None, error) from error


@lru_cache(maxsize=8)
def _sql_of(statement: UpdateBase, dialect: type[Dialect]) -> str:
    return str(statement.compile(dialect=dialect()))


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, except those whose key is there already."""
    connection.execute(_insert(connection.dialect, table).on_conflict_do_nothing(), rows)


def _insert(dialect: Dialect, table: Table) -> Any:  # noqa: ANN401 - an `Insert` of either dialect, which are alike
    # Looked up when it is needed: a bot on SQLite does without the megabytes of PostgreSQL's.
    return import_module(f"sqlalchemy.dialects.{dialect.name}").insert(table)
