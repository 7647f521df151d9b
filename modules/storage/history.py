"""The ledger read for people: filtered, a page at a time, the newest first."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.ledger import LedgerRow, read_row
from modules.storage.tables import ledger

SECRET: Final = '"secret":true'  # noqa: S105 - a word, not one to keep
"""Among the details of a roll that few may see."""
CLOCK_JUMP: Final = 86_400_000
"""How far back a clock may have been set for rolls to be found by time all the same, in milliseconds."""
NEAR_IDS: Final = 1_000
"""Rows that are looked through sooner than more is asked about where a stretch of time begins."""
PAGE_ROWS: Final = 500
"""Rows fetched at a time where many are wanted."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which rolls.

    Attributes:
        chain_id: The guild, or the private channel: whoever asks sees the rolls of that place only. None for every
            place, which is for a player's own data.
        user_id: Who rolled; None for anybody.
        channel_id: Where; None for anywhere.
        before_id: Only rows with lower ids: the last of the page before.
        since: Unix time in milliseconds; None for no bound.
        until: The same; only rolls before it.
        text: Part of the canonical notation; None for any.
        is_open: Only rolls that were for all to see.
    """

    chain_id: int | None = None
    user_id: int | None = None
    channel_id: int | None = None
    before_id: int | None = None
    since: int | None = None
    until: int | None = None
    text: str | None = None
    is_open: bool = False


async def read_page(connection: AsyncConnection, query: HistoryQuery, limit: int) -> tuple[LedgerRow, ...]:
    """The newest rolls that a query asks for; rows that were blanked are no roll of anybody's."""
    found = statement(query).limit(limit)
    if query.since is not None or query.until is not None:
        # Times have no index, but ids rise with them: else the whole ledger would be looked through for a day.
        ids = ledger.c.id
        if query.since is not None:
            found = found.where(ids >= (await _first_id_within(connection, query.since - CLOCK_JUMP))[0])
        if query.until is not None:
            found = found.where(ids < (await _first_id_within(connection, query.until + CLOCK_JUMP))[1])
    return tuple(map(read_row, await connection.execute(found)))


async def _first_id_within(connection: AsyncConnection, moment: int) -> tuple[int, int]:
    """Two ids, not far apart, between which rolls of this time begin, give or take what a clock was set back."""
    columns = ledger.c
    # Asked for both at once, SQLite would look at every row.
    ends = (select(end(columns.id)).scalar_subquery() for end in (func.min, func.max))
    low, high = (await connection.execute(select(*ends))).one()
    if low is None:
        return 0, 0
    high += 1
    while high - low > NEAR_IDS:
        middle = (low + high) // 2
        next_row = select(columns.id, columns.rolled_at).where(columns.id >= middle).order_by(columns.id).limit(1)
        found_id, rolled_at = (await connection.execute(next_row)).one()
        if rolled_at < moment:
            low = found_id + 1
        else:
            high = middle
    return low, high


async def count(connection: AsyncConnection, query: HistoryQuery) -> int:
    """How many rolls a query asks for."""
    counted: int = (
        await connection.execute(select(func.count()).select_from(statement(query).order_by(None).subquery()))
    ).scalar_one()
    return counted


async def read_all(connection: AsyncConnection, query: HistoryQuery) -> AsyncIterator[LedgerRow]:
    """Every roll that a query asks for, fetched a little at a time."""
    async with connection.stream(statement(query), execution_options={"yield_per": PAGE_ROWS}) as rows:
        async for row in rows:
            yield read_row(row)


def statement(query: HistoryQuery) -> Select[tuple[object, ...]]:
    """The query in SQL."""
    columns = ledger.c
    found = select(ledger).where(columns.salt.is_not(None))
    # A channel is of one place for good; asked for both, PostgreSQL would sort all rolls of the channel for each page.
    chain_id = query.chain_id if query.channel_id is None or query.user_id is not None else None
    equal = (
        (columns.chain_id, chain_id),
        (columns.user_id, query.user_id),
        (columns.channel_id, query.channel_id),
    )
    for column, wanted in equal:
        if wanted is not None:
            found = found.where(column == wanted)
    if query.since is not None:
        found = found.where(columns.rolled_at >= query.since)
    if query.until is not None:
        found = found.where(columns.rolled_at < query.until)
    if query.text is not None:
        found = found.where(columns.canonical.contains(query.text, autoescape=True))
    if query.is_open:
        found = found.where(or_(columns.details.is_(None), ~columns.details.contains(SECRET)))
    # Of a whole place, the index of positions is the one that has the order; within a chain it is that of the ids.
    by_position = query.chain_id is not None and query.user_id is None and query.channel_id is None
    order = columns.position if by_position else columns.id
    if query.before_id is not None:
        before = select(columns.position).where(columns.id == query.before_id).scalar_subquery()
        found = found.where(order < (before if by_position else query.before_id))
    return found.order_by(order.desc())
