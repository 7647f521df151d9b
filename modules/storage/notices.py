"""Changes told to every process at once: PostgreSQL's LISTEN and NOTIFY. SQLite is one process's alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.errors import DatabaseAway, reason_of
from modules.storage.sessions import driver_of, ping, watch
from modules.storage.store import Store

CHANNEL: Final = "nazh_changes"
CHECK_SECONDS: Final = 15.0
"""How soon it is noticed that a connection on which nothing ever comes is dead."""

Heard = Callable[[str, Any], None]
"""Given the kind of what changed, and its key."""


async def notify(connection: AsyncConnection, kind: str, key: object) -> None:
    """Tell every process that something changed, once this transaction is committed."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_notify(CHANNEL, json.dumps([kind, key]))))


@asynccontextmanager
async def listening(store: Store, heard: Heard) -> AsyncIterator[AsyncConnection]:
    """Hear of changes inside the block, on a connection of its own; to be awaited with `until_lost`.

    Raises:
        DatabaseAway: The database cannot be reached.
    """
    async with store.session() as connection:
        # Only who listens to PostgreSQL needs it, whose driver is imported by then.
        import asyncpg  # noqa: PLC0415

        driver = await driver_of(connection)
        try:
            await driver.add_listener(CHANNEL, lambda *told: heard(*json.loads(told[-1])))
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DatabaseAway(reason_of(error)) from error
        yield connection


async def until_lost(connection: AsyncConnection) -> None:
    """Return never, and raise once the connection is lost.

    Raises:
        DatabaseAway: It is.
    """
    ended = asyncio.Event()
    await watch(connection, ended.set)
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(CHECK_SECONDS):
                await ended.wait()
        await ping(connection)
