"""What is taken out of the ledger again, a little at a time, with the chains left whole."""

import os
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.chain import link_hash
from modules.storage.tables import ledger, ledger_chains

ROOM_BYTES: Final = 1_900
"""Room that there has to be for the ledger to count as writable; a few rolls."""

PRIVATE: Final = (
    "channel_id",
    "user_id",
    "source_id",
    "source_index",
    "canonical",
    "faces",
    "total",
    "verdict",
    "comment",
    "details",
    "salt",
    "answer_id",
)
"""Columns that say who rolled what where. Without them, and without the salt, the commitment tells nothing."""


def prune(connection: Connection, before: int, limit: int) -> int:
    """Delete the oldest rolls, and note in their chains where to check from.

    Args:
        connection: In a transaction that writes.
        before: Only rolls older than this Unix time, in milliseconds.
        limit: How many rolls at most.

    Returns:
        How many were deleted; fewer than `limit` where no more are old enough.
    """
    columns = ledger.c
    wanted = (columns.id, columns.chain_id, columns.position, columns.rolled_at, columns.guild_id)
    oldest = select(*wanted, columns.commitment, columns.previous_hash).order_by(columns.id).limit(limit)
    last_id, count, ends = 0, 0, {}
    for row in connection.execute(oldest):
        # From the oldest on, without a gap, so that what is left of each chain is its end.
        if row.rolled_at >= before:
            break
        last_id, count = row.id, count + 1
        ends[row.chain_id] = row
    if not count:
        return 0
    starts = [
        {
            "chain": chain_id,
            "last": row.position,
            "last_hash": link_hash(
                row.previous_hash, (chain_id, row.position), row.rolled_at, row.guild_id, row.commitment
            ),
        }
        for chain_id, row in ends.items()
    ]
    chain = update(ledger_chains).where(ledger_chains.c.chain_id == bindparam("chain"))
    moved = chain.values(pruned_position=bindparam("last"), pruned_hash=bindparam("last_hash"))
    connection.execute(moved, starts)
    connection.execute(delete(ledger).where(columns.id <= last_id))
    return count


async def find_room(connection: AsyncConnection) -> None:
    """Make sure that the ledger can grow; nothing is left of it but, until it is swept, the room it took.

    On a full disk PostgreSQL goes on changing small rows in place, and only a table that has to grow fails. SQLite
    writes everything to the end of its log first.

    Args:
        connection: In a transaction that writes.
    """
    if connection.dialect.name != "postgresql":
        return
    trial = await connection.begin_nested()
    # Incompressible, and just short of what PostgreSQL would move into a table of its own.
    row = {"id": -1, "chain_id": -1, "position": -1, "rolled_at": 0, "commitment": b"", "previous_hash": b""}
    await connection.execute(ledger.insert(), {**row, "salt": os.urandom(ROOM_BYTES)})
    await trial.rollback()


async def extent(connection: AsyncConnection) -> tuple[int, int]:
    """About how many rolls the ledger has, and how many bytes the database; both without reading it."""
    first = (await connection.execute(select(func.min(ledger.c.id)))).scalar() or 0
    last = (await connection.execute(select(func.max(ledger.c.id)))).scalar() or 0
    if connection.dialect.name == "postgresql":
        size = select(func.pg_database_size(func.current_database()))
    else:
        size = select(text("page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    return (last - first + 1 if last else 0), int((await connection.execute(size)).scalar_one())


def blank(connection: Connection, user_id: int, limit: int) -> int:
    """Delete what some of a user's rolls say; that there was a roll, and when, stays.

    Args:
        connection: In a transaction that writes.
        user_id: Whose.
        limit: How many rolls at most.

    Returns:
        How many there were; fewer than `limit` where none are left.
    """
    chosen = select(ledger.c.id).where(ledger.c.user_id == user_id).limit(limit).scalar_subquery()
    nothing = dict.fromkeys(PRIVATE, null())
    return connection.execute(update(ledger).where(ledger.c.id.in_(chosen)).values(nothing)).rowcount
