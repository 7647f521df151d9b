"""Saved rolls, read and written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.records import Owner, SavedRoll
from modules.storage.statements import insert_all
from modules.storage.tables import saved_rolls as table
from modules.storage.texts import storable


async def read(connection: AsyncConnection, owner: Owner) -> tuple[SavedRoll, ...]:
    """Every saved roll of an owner, by name."""
    rows = await connection.execute(select(table).where(_of(owner)).order_by(table.c.name_key))
    return tuple(map(_saved_roll, rows))


async def find(connection: AsyncConnection, roll_id: int) -> SavedRoll | None:
    """A saved roll by the id of its row."""
    found = (await connection.execute(select(table).where(table.c.id == roll_id))).first()
    return _saved_roll(found) if found is not None else None


async def count(connection: AsyncConnection, owner: Owner) -> int:
    """How many an owner has."""
    counted: int = (await connection.execute(select(func.count()).where(_of(owner)))).scalar_one()
    return counted


async def add(connection: AsyncConnection, owner: Owner, named: Sequence[tuple[str, str]], now: int) -> str | None:
    """Save rolls, all or none.

    Args:
        connection: In a transaction that writes.
        owner: Whose.
        named: Names as the owner wrote them, and what they roll; no name twice.
        now: Unix time in milliseconds.

    Returns:
        The first name of which the owner has one already; None where all were saved.
    """
    keys = {storable(name).casefold(): name for name, _ in named}
    taken = select(table.c.name_key).where(_of(owner), table.c.name_key.in_(keys))
    if (found := (await connection.execute(taken)).scalar()) is not None:
        return keys[found]
    whose = {"owner_kind": owner.kind, "owner_id": owner.id, "updated_at": now}
    rows = [{**whose, "name": name, "name_key": name.casefold(), "notation": notation} for name, notation in named]
    try:
        async with connection.begin_nested():
            await insert_all(connection, table, rows)
    except IntegrityError:  # at the same moment, by another process
        return named[0][0]
    return None


async def edit(connection: AsyncConnection, owner: Owner, name: str, new: tuple[str, str], now: int) -> bool | None:
    """Give a saved roll another name and notation; the count of its uses stays.

    Args:
        connection: In a transaction that writes.
        owner: Whose.
        name: What it is called now.
        new: Its new name and notation.
        now: Unix time in milliseconds.

    Returns:
        Whether there was one; None where the new name is taken.
    """
    statement = update(table).where(_of(owner), table.c.name_key == name.casefold())
    changed = statement.values(name=new[0], name_key=new[0].casefold(), notation=new[1], updated_at=now)
    try:
        async with connection.begin_nested():
            return (await connection.execute(changed)).rowcount > 0
    except IntegrityError:
        return None


async def remove(connection: AsyncConnection, owner: Owner, name: str | None = None) -> int:
    """Delete a saved roll, or with None all of an owner's, and say how many there were."""
    named = [] if name is None else [table.c.name_key == name.casefold()]
    return (await connection.execute(delete(table).where(_of(owner), *named))).rowcount


async def count_uses(connection: AsyncConnection, roll_ids: Sequence[int]) -> None:
    """Count that saved rolls were rolled, once for each time an id is given."""
    for roll_id in set(roll_ids):
        times = roll_ids.count(roll_id)
        await connection.execute(update(table).where(table.c.id == roll_id).values(use_count=table.c.use_count + times))


def _of(owner: Owner) -> ColumnElement[bool]:
    return and_(table.c.owner_kind == owner.kind, table.c.owner_id == owner.id)


def _saved_roll(row: Row[Any]) -> SavedRoll:
    return SavedRoll(row.id, Owner(row.owner_kind, row.owner_id), row.name, row.notation, row.use_count)
