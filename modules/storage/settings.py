"""Settings of guilds and users, read and written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.records import GuildSettings, UserSettings
from modules.storage.statements import upsert
from modules.storage.tables import guild_settings, user_settings


async def read_guild(connection: AsyncConnection, guild_id: int) -> GuildSettings:
    """What one guild chose."""
    found = (await connection.execute(select(guild_settings).where(guild_settings.c.guild_id == guild_id))).first()
    return _guild(found) if found is not None else GuildSettings()


async def read_guilds(connection: AsyncConnection) -> dict[int, GuildSettings]:
    """What every guild chose that chose anything, by its id."""
    return {row.guild_id: _guild(row) for row in await connection.execute(select(guild_settings))}


async def read_user(connection: AsyncConnection, user_id: int) -> UserSettings:
    """What one user chose."""
    found = (await connection.execute(select(user_settings).where(user_settings.c.user_id == user_id))).first()
    return UserSettings(**_fields(found, "user_id")) if found is not None else UserSettings()


async def change_guild(connection: AsyncConnection, guild_id: int, changes: Mapping[str, object], now: int) -> None:
    """Change some settings of a guild; the others stay.

    Args:
        connection: In a transaction that writes.
        guild_id: Whose.
        changes: New values by field of `GuildSettings`; None for the default.
        now: Unix time in milliseconds.
    """
    values = dict(changes)
    if "allowed_channel_ids" in values:
        values["allowed_channel_ids"] = list(values["allowed_channel_ids"] or ()) or None  # type: ignore[call-overload]  # a tuple of ids
    await upsert(connection, guild_settings, {"guild_id": guild_id}, {**values, "updated_at": now})


async def change_user(connection: AsyncConnection, user_id: int, changes: Mapping[str, object], now: int) -> None:
    """Change some settings of a user; as `change_guild` with fields of `UserSettings`."""
    await upsert(connection, user_settings, {"user_id": user_id}, {**changes, "updated_at": now})


async def forget_user(connection: AsyncConnection, user_id: int) -> None:
    """Remove everything that a user chose."""
    await connection.execute(delete(user_settings).where(user_settings.c.user_id == user_id))


def _guild(row: Row[Any]) -> GuildSettings:
    fields = _fields(row, "guild_id")
    return GuildSettings(**{**fields, "allowed_channel_ids": tuple(fields["allowed_channel_ids"] or ())})


def _fields(row: Row[Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in (key, "updated_at")}  # noqa: SLF001 - SQLAlchemy's public name
