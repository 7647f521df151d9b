"""The database as the rest of the program sees it: transactions to read, transactions to write."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from modules.storage.checkpoints import Checkpoints
from modules.storage.engine import WRITES, create_private, make_engine, make_sync_engine, postgres_url, sqlite_url
from modules.storage.errors import DatabaseAway, DatabaseRefused, is_damage, reason_of
from modules.storage.sessions import driver_of
from modules.storage.upgrade import check_file, needs_migrations, upgrade

FILE_NAME: Final = "nazh.db"
"""The SQLite file in `DATA_DIR`."""

Result = TypeVar("Result")

NOT_OPEN: Final = "the database is not open yet"


@dataclass(slots=True)
class Store:
    """One database. Made at once, opened when it can be: until then, and after `close`, it is away.

    Attributes:
        url: Where it is.
    """

    url: URL
    _engine: AsyncEngine | None = field(default=None, repr=False)
    _sync_engine: Engine | None = field(default=None, repr=False)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _checkpoints: Checkpoints | None = field(default=None, repr=False)

    @classmethod
    def at(cls, database_url: str | None, data_dir: Path) -> Self:
        """The database that the settings name: PostgreSQL by URL, else SQLite in a folder.

        Args:
            database_url: `postgres://` or `postgresql://`; None for SQLite.
            data_dir: Where the SQLite file is, or will be.
        """
        return cls(postgres_url(database_url) if database_url else sqlite_url(data_dir / FILE_NAME))

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of ours, rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def is_open(self) -> bool:
        """Whether it was opened; it may be away all the same."""
        return self._engine is not None

    @property
    def path(self) -> Path | None:
        """The SQLite file; None for a server."""
        return Path(self.url.database or "") if self.is_sqlite else None

    @property
    def shown(self) -> str:
        """Where it is, fit for the log: without user and password."""
        return str(self.path) if self.is_sqlite else f"{self.url.host}/{self.url.database}"

    async def open(self) -> None:
        """Connect, check what is there, and run the migrations that are missing.

        Raises:
            DatabaseRefused: It is damaged, newer than this program, or another program's. Nothing was changed.
            DatabaseAway: It cannot be reached or written now; another attempt may be made later.
        """
        engine = make_engine(self.url)
        try:
            await self._prepare(engine)
            self._checkpoints = Checkpoints(self.path, self._writing) if self.path is not None else None
        except BaseException as error:
            await engine.dispose()
            if is_damage(error):
                raise DatabaseRefused(f"the database {self.shown} is damaged, or is no SQLite database") from error
            if isinstance(error, DatabaseRefused):
                raise DatabaseRefused(f"the database {self.shown} {error}") from error
            if isinstance(error, (SQLAlchemyError, OSError)):
                raise DatabaseAway(reason_of(error)) from error
            raise
        self._engine = engine
        self._sync_engine = make_sync_engine(self.url) if self.is_sqlite else None

    async def close(self) -> None:
        """Let go of every connection; what SQLite wrote ahead is moved into its file."""
        engine, self._engine = self._engine, None
        checkpoints, self._checkpoints = self._checkpoints, None
        if engine is None:
            return
        try:
            if checkpoints is not None:
                await checkpoints.wait()
            if self._sync_engine is not None:
                await asyncio.to_thread(self._sync_engine.dispose)
                async with engine.connect() as connection:
                    autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except SQLAlchemyError:
            pass  # what was committed is in the write-ahead log, and is read from there at the next start
        finally:
            await engine.dispose()
            if checkpoints is not None:
                checkpoints.close()

    @asynccontextmanager
    async def reading(self, *, snapshot: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads.

        Args:
            snapshot: Whether all of it sees one moment of the database; SQLite's always do.

        Raises:
            DatabaseAway: The database failed within the block, or could not be reached.
        """
        with _translated():
            async with self._opened().connect() as connection:
                if snapshot and not self.is_sqlite:
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; committed at the end of the block, rolled back by any exception.

        Raises:
            DatabaseAway: The database failed within the block or at the commit, or could not be reached.
        """
        # SQLite takes one writer at a time, and would have the others poll for their turn.
        async with self._writing if self.is_sqlite else nullcontext():
            with _translated():
                async with self._opened().connect() as connection:
                    await connection.execution_options(**{WRITES: True})
                    async with connection.begin():
                        yield connection

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run a function in a transaction that writes.

        On SQLite all of it runs in a thread at once: through aiosqlite every step of a statement is a message to a
        thread and back, some twenty a transaction, which cost the event loop more than the work itself. Where this is
        cancelled, a transaction that has begun still goes on to its end there.

        Args:
            work: Needs no more than the connection, and no event loop.

        Raises:
            DatabaseAway: The database failed, or could not be reached.
        """
        if self._sync_engine is None:
            async with self.writing() as connection:
                return await connection.run_sync(work)
        async with self._writing:
            self._opened()
            with _translated():
                running = asyncio.get_running_loop().run_in_executor(None, _in_transaction, self._sync_engine, work)
                result, changes = await running
        if self._checkpoints is not None:
            self._checkpoints.written(changes)
        return result

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own to PostgreSQL, without transactions; it is closed at the end of the block.

        Raises:
            DatabaseAway: The connection failed within the block, or could not be made.
        """
        with _translated():
            async with self._opened().connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                # It may hold locks, and listen: it takes no place in the pool, and never comes back to it.
                driver = await driver_of(connection)
                await connection.run_sync(Connection.detach)
                try:
                    yield connection
                finally:
                    # Not closed politely: a server that is silent would be waited for, and its locks with it.
                    driver.terminate()

    def _opened(self) -> AsyncEngine:
        if self._engine is None:
            raise DatabaseAway(NOT_OPEN)
        return self._engine

    async def _prepare(self, engine: AsyncEngine) -> None:
        path = self.path
        if path is not None:
            await asyncio.to_thread(create_private, path)
        async with engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                if path is not None:
                    await connection.run_sync(check_file, path.stat().st_size)
                if await connection.run_sync(needs_migrations):
                    await asyncio.to_thread(import_module, "alembic.command")
                await connection.run_sync(upgrade)


def _in_transaction(engine: Engine, work: Callable[[Connection], Result]) -> tuple[Result, int]:
    """What the function returned, and how many rows it changed."""
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        before = driver.total_changes
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            result = work(connection)
        return result, driver.total_changes - before


@contextmanager
def _translated() -> Iterator[None]:
    """Faults of the database as `DatabaseAway`; a broken constraint is a matter of the caller's."""
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseAway(reason_of(error)) from error
