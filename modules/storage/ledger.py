"""The ledger, written in batches and read a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.chain import GENESIS, LedgerEntry, link_hash
from modules.storage.statements import insert_missing, insert_tuples
from modules.storage.tables import ledger, ledger_chains

_FIELDS: Final = tuple(LedgerEntry.__dataclass_fields__)
_values: Final = attrgetter(*_FIELDS)
"""The fields of an entry in their order, which is that of the columns from `rolled_at` to `details`."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One roll, as it was recorded.

    Attributes:
        id: Of the row; later rolls have higher ones.
        chain_id: The chain it is a link of.
        position: In the chain, counted from 1.
        rolled_at: Unix time in milliseconds.
        guild_id: Where; None in a private channel.
        entry: Everything else; None where its player had it deleted.
        answer_id: The message that answered; None where that is not known.
    """

    id: int
    chain_id: int
    position: int
    rolled_at: int
    guild_id: int | None
    entry: LedgerEntry | None
    answer_id: int | None


class Head(NamedTuple):
    """The end of a chain: the position of its last row, and that row's hash."""

    position: int
    hash: bytes


async def append(
    connection: AsyncConnection, entries: Sequence[LedgerEntry], salts: Iterable[bytes]
) -> dict[tuple[int, int], LedgerEntry]:
    """Record rolls, in the order given, all in one transaction that writes.

    A roll whose source and index are in the ledger already is not recorded a second time: another process was quicker.

    Args:
        connection: In a transaction that writes.
        entries: What was rolled.
        salts: One for each, of `SALT_BYTES` random bytes.

    Returns:
        What had been recorded before under the same key, by source and index.
    """
    heads = await _locked_heads(connection, sorted({entry.chain_id for entry in entries}))
    earlier = await _recorded(connection, {entry.source_id for entry in entries})
    known, rows = set(earlier), []
    for entry, salt in zip(entries, salts, strict=True):
        key = entry.source_id, entry.source_index
        if key not in known:
            known.add(key)
            rows.append(_linked(entry, salt, heads))
    await insert_tuples(connection, ledger, rows)
    moved = {row[0] for row in rows}
    if moved:
        await connection.execute(
            update(ledger_chains)
            .where(ledger_chains.c.chain_id == bindparam("chain"))
            .values(position=bindparam("new_position"), hash=bindparam("new_hash")),
            [{"chain": each, "new_position": heads[each].position, "new_hash": heads[each].hash} for each in moved],
        )
    return earlier


async def note_answers(connection: AsyncConnection, answers: Mapping[int, int]) -> None:
    """Note which message answered which source."""
    if answers:
        await connection.execute(
            update(ledger).where(ledger.c.source_id == bindparam("source")).values(answer_id=bindparam("answer")),
            [{"source": source_id, "answer": answer_id} for source_id, answer_id in answers.items()],
        )


async def of_source(connection: AsyncConnection, source_id: int) -> tuple[LedgerRow, ...]:
    """The rolls that a message or interaction asked for, in order."""
    found = select(ledger).where(ledger.c.source_id == source_id).order_by(ledger.c.source_index)
    return tuple(map(read_row, await connection.execute(found)))


async def of_answer(connection: AsyncConnection, answer_id: int) -> tuple[LedgerRow, ...]:
    """The rolls that a message of ours shows, in order."""
    found = select(ledger).where(ledger.c.answer_id == answer_id).order_by(ledger.c.source_index)
    return tuple(map(read_row, await connection.execute(found)))


async def _locked_heads(connection: AsyncConnection, chain_ids: Sequence[int]) -> dict[int, Head]:
    """The ends of these chains, which no other process moves until this transaction ends."""
    # In order, so that two processes never wait for each other.
    wanted = (
        select(ledger_chains.c.chain_id, ledger_chains.c.position, ledger_chains.c.hash)
        .where(ledger_chains.c.chain_id.in_(chain_ids))
        .order_by(ledger_chains.c.chain_id)
        .with_for_update()
    )
    heads = {row.chain_id: Head(row.position, row.hash) for row in await connection.execute(wanted)}
    if missing := [each for each in chain_ids if each not in heads]:
        start = {"position": 0, "hash": GENESIS, "pruned_position": 0, "pruned_hash": GENESIS}
        await insert_missing(connection, ledger_chains, [{"chain_id": each, **start} for each in missing])
        heads = {row.chain_id: Head(row.position, row.hash) for row in await connection.execute(wanted)}
    return heads


async def _recorded(connection: AsyncConnection, source_ids: Iterable[int]) -> dict[tuple[int, int], LedgerEntry]:
    found = await connection.execute(select(ledger).where(ledger.c.source_id.in_(sorted(source_ids))))
    return {(row.source_id, row.source_index): entry_of(row) for row in found}


def _linked(entry: LedgerEntry, salt: bytes, heads: dict[int, Head]) -> tuple[Any, ...]:
    """The row of an entry, from `chain_id` on, and the end of its chain moved on."""
    chain_id = entry.chain_id
    before = heads[chain_id]
    position, commitment = before.position + 1, entry.commitment(salt)
    own_hash = link_hash(before.hash, (chain_id, position), entry.rolled_at, entry.guild_id, commitment)
    heads[chain_id] = Head(position, own_hash)
    return (chain_id, position, *_values(entry), salt, None, commitment, before.hash)


def entry_of(row: Row[Any]) -> LedgerEntry:
    """The roll of a row that was not blanked."""
    return LedgerEntry(*(getattr(row, name) for name in _FIELDS))


def read_row(row: Row[Any]) -> LedgerRow:
    """A row of the table, as people may see it."""
    entry = entry_of(row) if row.salt is not None else None
    return LedgerRow(row.id, row.chain_id, row.position, row.rolled_at, row.guild_id, entry, row.answer_id)
