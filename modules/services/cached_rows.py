"""Rows kept in memory until somebody changes them, in this process or another."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from modules.services.bounded_map import BoundedMap
from modules.services.database import Database
from modules.storage.notices import notify

Key = TypeVar("Key")
Value = TypeVar("Value")

KEYS_KEPT: Final = 5_000


class CachedRows(Generic[Key, Value]):
    """Reads what belongs to a key once, and again after it was changed.

    Args:
        database: Where the rows are.
        kind: What processes call them among themselves.
        read: Reads what belongs to a key.
        key_of: Makes a key of its form in JSON.
    """

    def __init__(
        self,
        database: Database,
        kind: str,
        read: Callable[[AsyncConnection, Key], Awaitable[Value]],
        key_of: Callable[[Any], Key],
    ) -> None:
        self._database, self._kind, self._read = database, kind, read
        self._change_count = 0
        self._kept: BoundedMap[Key, Value] = BoundedMap(KEYS_KEPT)
        database.on_open.append(self._reopened)
        database.on_notice[kind] = lambda key: self._forget(key_of(key))

    async def get(self, key: Key) -> Value:
        """What belongs to a key.

        Raises:
            DatabaseAway: It is not in memory and cannot be read.
        """
        if (known := self._kept.get(key)) is not None:
            return known
        before = self._change_count
        async with self._database.reading() as connection:
            found = await self._read(connection, key)
        # What was changed while it was read may have been read as it was before.
        if self._change_count == before:
            self._kept.put(key, found)
        return found

    def known(self, key: Key) -> Value | None:
        """What belongs to a key, if it is in memory."""
        return self._kept.get(key)

    @asynccontextmanager
    async def changing(self, key: Key) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes what belongs to a key, on every process once it is committed.

        Raises:
            DatabaseAway: Nothing was changed, as far as is known.
        """
        try:
            async with self._database.writing() as connection:
                yield connection
                await notify(connection, self._kind, key)
        finally:
            self._forget(key)

    def _forget(self, key: Key) -> None:
        self._change_count += 1
        self._kept.remove(key)

    async def _reopened(self) -> None:
        self._change_count += 1
        self._kept = BoundedMap(KEYS_KEPT)
