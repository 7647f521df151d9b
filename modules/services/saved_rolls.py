"""Saved rolls of players and guilds: kept, counted and found by name. What a notation means is the callers' affair."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from modules.services.cached_rows import CachedRows
from modules.services.database import Database
from modules.storage import saved_rolls as rows
from modules.storage.errors import DatabaseAway
from modules.storage.records import Owner, OwnerKind, SavedRoll
from modules.storage.texts import storable

MOST: Final[Mapping[OwnerKind, int]] = MappingProxyType({"user": 100, "guild": 250})


class NameTaken(Exception):  # noqa: N818 - a fact about the name
    """The owner has a saved roll, or a character, of that name."""


class TooMany(Exception):  # noqa: N818 - a fact about the owner
    """The owner has as many as anybody may have.

    Attributes:
        most: How many that is.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} at most")
        self.most = most


class SavedRolls:
    """What players and guilds saved. A change is committed before it holds, and holds at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._counting: set[asyncio.Task[None]] = set()
        self.kept = CachedRows(database, "saved rolls", rows.read, lambda key: Owner(*key))

    async def of(self, owner: Owner) -> tuple[SavedRoll, ...]:
        """Every saved roll of an owner, by name.

        Raises:
            DatabaseAway: They are not in memory and cannot be read.
        """
        return await self.kept.get(owner)

    async def by_id(self, roll_id: int) -> SavedRoll | None:
        """A saved roll by its id, for buttons; None where it was deleted.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await rows.find(connection, roll_id)

    async def add(self, owner: Owner, name: str, notation: str) -> SavedRoll:
        """Save a roll.

        Raises:
            DatabaseAway: It was not saved.
            NameTaken: The owner has one of that name.
            TooMany: The owner has as many as anybody may have.
        """
        (saved,) = await self.add_all(owner, [(name, notation)])
        return saved

    async def add_all(self, owner: Owner, named: Sequence[tuple[str, str]]) -> list[SavedRoll]:
        """Save several rolls, all or none; errors as for `add`.

        Args:
            owner: Whose.
            named: Names, each another without regard to case, and notations.

        Returns:
            The saved rolls, by name.
        """
        async with self.kept.changing(owner) as connection:
            if await rows.count(connection, owner) + len(named) > MOST[owner.kind]:
                raise TooMany(MOST[owner.kind])
            taken = await rows.add(connection, owner, named, self.database.now())
            if taken is not None:
                raise NameTaken(taken)
            keys = {storable(name).casefold() for name, _ in named}
            return [each for each in await rows.read(connection, owner) if each.name.casefold() in keys]

    async def edit(self, owner: Owner, name: str, *, new_name: str, notation: str) -> bool:
        """Give a saved roll another name or notation.

        Returns:
            Whether there was one.

        Raises:
            DatabaseAway: It was not changed.
            NameTaken: The owner has another one of the new name.
        """
        async with self.kept.changing(owner) as connection:
            changed = await rows.edit(connection, owner, name, (new_name, notation), self.database.now())
        if changed is None:
            raise NameTaken(new_name)
        return changed

    async def remove(self, owner: Owner, name: str | None = None) -> int:
        """Delete a saved roll, or with None all of an owner's, and say how many there were.

        Raises:
            DatabaseAway: None was deleted.
        """
        async with self.kept.changing(owner) as connection:
            return await rows.remove(connection, owner, name)

    def note_use(self, saved: SavedRoll) -> None:
        """Have it counted that a saved roll was rolled, beside the answer."""
        task = asyncio.create_task(self.count_use(saved), name="count a saved roll")
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)

    async def count_use(self, saved: SavedRoll) -> None:
        """Count that it was rolled; not worth an error where that fails."""
        with suppress(DatabaseAway):
            async with self.kept.changing(saved.owner) as connection:
                await rows.count_uses(connection, [saved.id])
