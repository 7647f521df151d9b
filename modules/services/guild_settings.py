"""Settings of guilds, in memory for whoever must know at once, and of users, on demand."""

from collections.abc import Mapping
from typing import Final

from modules.services.cached_rows import CachedRows
from modules.services.database import Database
from modules.storage import settings
from modules.storage.errors import DatabaseAway
from modules.storage.notices import notify
from modules.storage.records import GuildSettings, UserSettings

GUILDS: Final = "guilds"
"""What processes call settings of guilds among themselves."""

_DEFAULTS: Final = GuildSettings()


class SettingsService:
    """What guilds and users chose. A change is committed before it holds, and holds at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.users = CachedRows(database, "users", settings.read_user, int)
        self._guilds: dict[int, GuildSettings] = {}
        database.on_open.append(self.read_all)
        database.on_notice[GUILDS] = self._changed_elsewhere

    def of_guild(self, guild_id: int | None) -> GuildSettings:
        """What a guild chose, without waiting; the defaults in private channels, and while nothing could be read."""
        return _DEFAULTS if guild_id is None else self._guilds.get(guild_id, _DEFAULTS)

    async def of_user(self, user_id: int) -> UserSettings:
        """What a user chose; the defaults while the database is away."""
        try:
            return await self.users.get(user_id)
        except DatabaseAway:
            return UserSettings()

    async def change_guild(self, guild_id: int, changes: Mapping[str, object]) -> GuildSettings:
        """Change some settings of a guild; the others stay.

        Args:
            guild_id: Whose.
            changes: New values by field of `GuildSettings`; None (of channels, an empty tuple) for the default.

        Returns:
            All of its settings, as they are from now on.

        Raises:
            DatabaseAway: Nothing was changed.
        """
        async with self.database.writing() as connection:
            await settings.change_guild(connection, guild_id, changes, self.database.now())
            changed = await settings.read_guild(connection, guild_id)
            await notify(connection, GUILDS, guild_id)
        self._guilds[guild_id] = changed
        return changed

    async def change_user(self, user_id: int, changes: Mapping[str, object]) -> UserSettings:
        """Change some settings of a user; as `change_guild`, with fields of `UserSettings`."""
        async with self.users.changing(user_id) as connection:
            await settings.change_user(connection, user_id, changes, self.database.now())
            return await settings.read_user(connection, user_id)

    async def forget_user(self, user_id: int) -> None:
        """Remove everything that a user chose.

        Raises:
            DatabaseAway: Nothing was removed.
        """
        async with self.users.changing(user_id) as connection:
            await settings.forget_user(connection, user_id)

    def _changed_elsewhere(self, _guild_id: int) -> None:
        # All of them, by one query at a time however many notices come: they are few and small.
        self.database.refresh(self.read_all)

    async def read_all(self) -> None:
        """Read the settings of every guild; done whenever the database is there again."""
        async with self.database.reading() as connection:
            self._guilds = await settings.read_guilds(connection)
