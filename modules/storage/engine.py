"""SQLAlchemy engines, set up for the two databases."""

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another process to let go of the file."""
CONNECT_SECONDS: Final = 3.0
STATEMENT_SECONDS: Final = 10.0
"""Longest wait for the answer to one statement; a server that has stopped answering looks just like a slow one."""
CONNECTIONS: Final = 5
"""Of one process; PostgreSQL has a hundred for everybody by default."""

WAL_PAGES: Final = 10_000
"""Pages in SQLite's write-ahead log from which on a commit copies it: `modules.storage.checkpoints` did not keep up."""

WRITES: Final = "nazh_writes"
"""Execution option of a transaction that is going to write."""

_SQLITE_ARGUMENTS: Final = {"timeout": BUSY_SECONDS, "isolation_level": None}
_SQLITE_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    f"wal_autocheckpoint={WAL_PAGES}",
)


def sqlite_url(path: Path) -> URL:
    """The URL of an SQLite file."""
    return URL.create("sqlite+aiosqlite", database=str(path))


def postgres_url(text: str) -> URL:
    """The URL of a PostgreSQL database, for asyncpg, from the `postgres://` form that platforms hand out."""
    url = make_url(text).set(drivername="postgresql+asyncpg")
    query = dict(url.query)
    # libpq's name for it, which is what hosts put into their URLs; asyncpg calls it ssl.
    if (mode := query.pop("sslmode", None)) is not None:
        query["ssl"] = mode
    for unknown in ("channel_binding", "application_name"):
        query.pop(unknown, None)
    return url.set(query=query)


def make_engine(url: URL) -> AsyncEngine:
    """An engine for either database; nothing is connected yet."""
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)


def make_sync_engine(url: URL) -> Engine:
    """An engine of one connection without an event loop, for the SQLite file of an asynchronous URL."""
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        pool_size=1,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args=_SQLITE_ARGUMENTS,
    )
    _set_up_sqlite(engine)
    return engine


def create_private(path: Path) -> None:
    """Create the file, if there is none, so that only its owner can read it; SQLite's own files beside it follow suit.

    Raises:
        OSError: The folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0, connect_args=_SQLITE_ARGUMENTS)
    _set_up_sqlite(engine.sync_engine)
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's, or SQLAlchemy's wrapper
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once when another has written in between.
        immediate = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgres(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {"application_name": "nazh-engine", "timezone": "UTC"},
        },
    )
