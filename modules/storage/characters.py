"""Characters, their values, and the templates of guilds, read and written."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.records import Character, TemplateValue
from modules.storage.statements import insert_all, upsert
from modules.storage.tables import active_characters, character_values, characters, template_values


async def read(connection: AsyncConnection, user_id: int) -> tuple[Character, ...]:
    """Every character of a user, by name."""
    found = await connection.execute(
        select(characters).where(characters.c.user_id == user_id).order_by(characters.c.name_key)
    )
    kept = {row.id: Character(row.id, row.user_id, row.name) for row in found}
    values = await connection.execute(
        select(character_values)
        .join(characters, characters.c.id == character_values.c.character_id)
        .where(characters.c.user_id == user_id)
        .order_by(character_values.c.position)
    )
    for row in values:
        kept[row.character_id].values[row.name] = row.value
    return tuple(kept.values())


async def read_active(connection: AsyncConnection, user_id: int) -> dict[int, int]:
    """Id of the character that a user plays, by guild; guild 0 is a private channel."""
    found = await connection.execute(select(active_characters).where(active_characters.c.user_id == user_id))
    return {row.guild_id: row.character_id for row in found}


async def add(connection: AsyncConnection, user_id: int, name: str, now: int) -> int | None:
    """Make a character without values.

    Returns:
        Id of its row; None where the user has one of that name.
    """
    values = {"user_id": user_id, "name": name, "name_key": name.casefold(), "updated_at": now}
    try:
        async with connection.begin_nested():
            statement = characters.insert().values(values).returning(characters.c.id)
            new_id: int = (await connection.execute(statement)).scalar_one()
    except IntegrityError:
        return None
    return new_id


async def write_values(connection: AsyncConnection, character_id: int, values: Mapping[str, str], now: int) -> None:
    """Put these values in the place of all that a character has."""
    await connection.execute(delete(character_values).where(character_values.c.character_id == character_id))
    rows = [
        {"character_id": character_id, "name": name, "value": value, "position": position}
        for position, (name, value) in enumerate(values.items())
    ]
    await insert_all(connection, character_values, rows)
    await connection.execute(update(characters).where(characters.c.id == character_id).values(updated_at=now))


async def activate(connection: AsyncConnection, user_id: int, guild_id: int, character_id: int) -> None:
    """Have a user play a character in a guild."""
    key = {"user_id": user_id, "guild_id": guild_id}
    await upsert(connection, active_characters, key, {"character_id": character_id})


async def remove(connection: AsyncConnection, user_id: int, name: str | None = None) -> int:
    """Delete a character, or with None all of a user's, and say how many there were."""
    named = [] if name is None else [characters.c.name_key == name.casefold()]
    return (await connection.execute(delete(characters).where(characters.c.user_id == user_id, *named))).rowcount


async def read_template(connection: AsyncConnection, guild_id: int) -> tuple[TemplateValue, ...]:
    """What new characters of a guild are asked for."""
    columns = template_values.c
    found = await connection.execute(
        select(template_values).where(columns.guild_id == guild_id).order_by(columns.position)
    )
    return tuple(TemplateValue(row.name, row.minimum, row.maximum, row.default_value) for row in found)


async def write_template(connection: AsyncConnection, guild_id: int, values: Sequence[TemplateValue]) -> None:
    """Put this template in the place of the guild's."""
    await connection.execute(delete(template_values).where(template_values.c.guild_id == guild_id))
    rows = [
        {
            "guild_id": guild_id,
            "name": each.name,
            "minimum": each.minimum,
            "maximum": each.maximum,
            "default_value": each.default,
            "position": position,
        }
        for position, each in enumerate(values)
    ]
    await insert_all(connection, template_values, rows)
