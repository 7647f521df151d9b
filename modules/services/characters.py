"""Characters of players, who plays whom where, and what guilds ask new characters for."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from modules.services.cached_rows import CachedRows
from modules.services.database import Database
from modules.services.saved_rolls import NameTaken, TooMany
from modules.storage import characters as rows
from modules.storage.records import Character, TemplateValue

MOST: Final = 50
"""Characters of one player."""
NOWHERE: Final = 0
"""Stands for the guild of a private channel."""


class _Cast(NamedTuple):
    """Every character of a player, and which of them is played where."""

    characters: tuple[Character, ...]
    active: dict[int, int]

    def played_in(self, guild_id: int | None) -> Character | None:
        """Whom the player plays in a guild, or in private channels (None); None where nobody was chosen."""
        active_id = self.active.get(guild_id or NOWHERE)
        return next((each for each in self.characters if each.id == active_id), None)


async def _read(connection: AsyncConnection, user_id: int) -> _Cast:
    return _Cast(await rows.read(connection, user_id), await rows.read_active(connection, user_id))


class Characters:
    """Who is at the table. A change is committed before it holds, and holds at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.kept = CachedRows(database, "characters", _read, int)

    async def of(self, user_id: int) -> tuple[Character, ...]:
        """Every character of a player, by name.

        Raises:
            DatabaseAway: They are not in memory and cannot be read.
        """
        return (await self.kept.get(user_id)).characters

    async def active(self, user_id: int, guild_id: int | None) -> Character | None:
        """Whom a player plays in a guild, or in private channels (None); None where nobody was chosen.

        Raises:
            DatabaseAway: It is not in memory and cannot be read.
        """
        return (await self.kept.get(user_id)).played_in(guild_id)

    async def add(self, user_id: int, guild_id: int | None, name: str, values: Mapping[str, str]) -> Character:
        """Make a character, played in this guild from now on.

        Raises:
            DatabaseAway: Nothing was changed.
            NameTaken: The player has one of that name.
            TooMany: The player has as many as anybody may have.
        """
        async with self.kept.changing(user_id) as connection:
            if len(await rows.read(connection, user_id)) >= MOST:
                raise TooMany(MOST)
            new_id = await rows.add(connection, user_id, name, self.database.now())
            if new_id is None:
                raise NameTaken(name)
            await rows.write_values(connection, new_id, values, self.database.now())
            await rows.activate(connection, user_id, guild_id or NOWHERE, new_id)
        return Character(new_id, user_id, name, dict(values))

    async def change(self, character: Character, values: Mapping[str, str]) -> None:
        """Put these values in the place of all that a character has.

        Raises:
            DatabaseAway: Nothing was changed.
        """
        async with self.kept.changing(character.user_id) as connection:
            await rows.write_values(connection, character.id, values, self.database.now())

    async def switch(self, character: Character, guild_id: int | None) -> None:
        """Have its player play this character in a guild, or in private channels (None).

        Raises:
            DatabaseAway: Nothing was changed.
        """
        async with self.kept.changing(character.user_id) as connection:
            await rows.activate(connection, character.user_id, guild_id or NOWHERE, character.id)

    async def remove(self, user_id: int, name: str | None = None) -> int:
        """Delete a character, or with None all of a player's, and say how many there were.

        Raises:
            DatabaseAway: None was deleted.
        """
        async with self.kept.changing(user_id) as connection:
            return await rows.remove(connection, user_id, name)

    async def template(self, guild_id: int) -> tuple[TemplateValue, ...]:
        """What a guild asks new characters for.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await rows.read_template(connection, guild_id)

    async def set_template(self, guild_id: int, values: Sequence[TemplateValue]) -> None:
        """Put this template in the place of the guild's; empty for none.

        Raises:
            DatabaseAway: Nothing was changed.
        """
        async with self.database.writing() as connection:
            await rows.write_template(connection, guild_id, values)
