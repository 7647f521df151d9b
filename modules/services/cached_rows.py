"""Rows kept in memory until somebody changes them."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from modules.services.bounded_map import BoundedMap
from modules.services.database import Database

Key = TypeVar("Key")
Value = TypeVar("Value")

KEYS_KEPT: Final = 5_000


class CachedRows(Generic[Key, Value]):
    """Reads what belongs to a key once, and again after it was changed.

    Args:
        database: Where the rows are.
        read: Reads what belongs to a key.
    """

    def __init__(self, database: Database, read: Callable[[AsyncConnection, Key], Awaitable[Value]]) -> None:
        self._database, self._read = database, read
        self._change_count = 0
        self.forget_all()
        # Changed by another process while this one could not hear of it.
        database.on_open.append(self._reopened)

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

    def forget(self, key: Key) -> None:
        """Read this anew when it is wanted next: it was changed."""
        self._change_count += 1
        self._kept.remove(key)

    def forget_all(self) -> None:
        """Read everything anew."""
        self._change_count += 1
        self._kept: BoundedMap[Key, Value] = BoundedMap(KEYS_KEPT)

    async def _reopened(self) -> None:
        self.forget_all()
