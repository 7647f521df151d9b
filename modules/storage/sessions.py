"""Connections to PostgreSQL that are kept for long: their end is noticed on both sides, and they may hold a lock."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

LEADER_LOCKS: Final = 0x4E617A68
"""First half of the keys of the advisory locks; the second is the shard."""

KEEPALIVE: Final = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""The server gives up a client that has vanished, and its locks, after 25 s in place of two hours."""


async def driver_of(connection: AsyncConnection) -> Any:  # noqa: ANN401 - asyncpg's connection, without importing it
    """What SQLAlchemy's connection stands on."""
    adapted: Any = (await connection.get_raw_connection()).dbapi_connection
    return adapted.driver_connection


async def watch(connection: AsyncConnection, ended: Callable[[], None]) -> None:
    """Have `ended` called once the connection is closed, and the server notice if we vanish."""
    (await driver_of(connection)).add_termination_listener(lambda _connection: ended())
    await connection.execute(select(*(func.set_config(name, value, False) for name, value in KEEPALIVE.items())))


async def ping(connection: AsyncConnection) -> None:
    """Make sure that the server answers; errors are SQLAlchemy's."""
    await connection.execute(text("SELECT 1"))


async def try_lock(connection: AsyncConnection, shard_id: int) -> bool:
    """Take a shard's lock, unless another connection has it; it is held until this one ends."""
    return bool((await connection.execute(select(func.pg_try_advisory_lock(LEADER_LOCKS, shard_id)))).scalar())
