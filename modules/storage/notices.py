"""Changes told to every process at once: PostgreSQL's LISTEN and NOTIFY. SQLite is one process's alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

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
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.add_listener(CHANNEL, lambda *told: heard(*json.loads(told[-1])))
        yield connection


async def until_lost(connection: AsyncConnection) -> None:
    """Return never, and raise once the connection is lost.

    Raises:
        DatabaseAway: It is.
    """
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        await connection.execute(text("SELECT 1"))
