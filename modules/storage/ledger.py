"""The ledger, written in batches and read a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.chain import GENESIS, SALT_BYTES, LedgerEntry, link_hash
from modules.storage.statements import copy_tuples, execute_tuples, insert_missing, is_among
from modules.storage.tables import ledger, ledger_chains

_COLUMNS: Final = tuple(column.name for column in ledger.columns if column.name != "id")
COPY_ROWS: Final = 16
"""From so many rows on, PostgreSQL is given a COPY."""

_INSERT: Final = ledger.insert().inline().values({name: bindparam(name) for name in _COLUMNS})
_MOVE: Final = (
    update(ledger_chains)
    .values(position=bindparam("new_position"), hash=bindparam("new_hash"))
    .where(ledger_chains.c.chain_id == bindparam("chain"))
)
_ANSWERED: Final = update(ledger).values(answer_id=bindparam("answer")).where(ledger.c.source_id == bindparam("source"))


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


def append(connection: Connection, entries: Sequence[LedgerEntry], salts: bytes) -> None:
    """Record rolls, in the order given.

    Args:
        connection: In a transaction that writes.
        entries: What was rolled.
        salts: `SALT_BYTES` random bytes for each of them.

    Raises:
        IntegrityError: The source and index of a roll are in the ledger already; the transaction can only be given up.
    """
    if not entries:
        return
    heads = _locked_heads(connection, sorted({entry.chain_id for entry in entries}))
    rows = _linked(entries, salts, heads)
    if len(rows) >= COPY_ROWS and connection.dialect.name == "postgresql":
        copy_tuples(connection, ledger, _COLUMNS, rows)
    else:
        execute_tuples(connection, _INSERT, rows)
    execute_tuples(connection, _MOVE, [(*head, chain_id) for chain_id, head in heads.items()])


def append_missing(
    connection: Connection, entries: Sequence[LedgerEntry], salts: bytes
) -> dict[tuple[int, int], LedgerEntry]:
    """Record those rolls whose source and index are not in the ledger already: another process was quicker with them.

    Args:
        connection: In a transaction that writes.
        entries: As for `append`.
        salts: As for `append`.

    Returns:
        What had been recorded before under the same key, by source and index.
    """
    _locked_heads(connection, sorted({entry.chain_id for entry in entries}))
    wanted = select(ledger).where(is_among(ledger.c.source_id, "sources", connection.dialect.name))
    found = connection.execute(wanted, {"sources": list({entry.source_id for entry in entries})})
    earlier = {(row.source_id, row.source_index): entry_of(row) for row in found}
    missing: dict[tuple[int, int], LedgerEntry] = {}
    for entry in entries:
        key = entry.source_id, entry.source_index
        if key not in earlier:
            missing.setdefault(key, entry)
    append(connection, list(missing.values()), salts)
    return earlier


def note_answers(connection: Connection, answers: Mapping[int, int]) -> None:
    """Note which message answered which source."""
    if answers:
        execute_tuples(connection, _ANSWERED, [(answer, source) for source, answer in answers.items()])


async def of_source(connection: AsyncConnection, source_id: int) -> tuple[LedgerRow, ...]:
    """The rolls that a message or interaction asked for, in order."""
    found = select(ledger).where(ledger.c.source_id == source_id).order_by(ledger.c.source_index)
    return tuple(map(read_row, await connection.execute(found)))


async def of_answer(connection: AsyncConnection, answer_id: int) -> tuple[LedgerRow, ...]:
    """The rolls that a message of ours shows, in order."""
    found = select(ledger).where(ledger.c.answer_id == answer_id).order_by(ledger.c.source_index)
    return tuple(map(read_row, await connection.execute(found)))


def _locked_heads(connection: Connection, chain_ids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    """Position and hash of the last row of each chain, which no other process moves until this transaction ends."""
    heads = _heads(connection, chain_ids)
    if missing := [each for each in chain_ids if each not in heads]:
        start = {"position": 0, "hash": GENESIS, "pruned_position": 0, "pruned_hash": GENESIS}
        insert_missing(connection, ledger_chains, [{"chain_id": each, **start} for each in missing])
        heads = _heads(connection, chain_ids)
    return heads


def _heads(connection: Connection, chain_ids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    found = connection.execute(_select_heads(connection.dialect.name), {"chains": chain_ids})
    return {chain_id: (position, last_hash) for chain_id, position, last_hash in found}


@cache
def _select_heads(dialect: str) -> Select[Any]:
    chains = ledger_chains.c
    heads = select(chains.chain_id, chains.position, chains.hash)
    # In order, so that two processes never wait for each other.
    return heads.where(is_among(chains.chain_id, "chains", dialect)).order_by(chains.chain_id).with_for_update()


def _linked(entries: Sequence[LedgerEntry], salts: bytes, heads: dict[int, tuple[int, bytes]]) -> list[tuple[Any, ...]]:
    """The rows of entries, from `chain_id` on, and the ends of their chains moved on."""
    rows: list[tuple[Any, ...]] = []
    for number, entry in enumerate(entries):
        salt = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES]
        chain_id, commitment = entry.chain_id, entry.commitment(salt)
        last_position, last_hash = heads[chain_id]
        place = chain_id, last_position + 1
        heads[chain_id] = place[1], link_hash(last_hash, place, entry.rolled_at, entry.guild_id, commitment)
        # The fields of an entry are the columns from `rolled_at` to `details`.
        rows.append((*place, *entry, salt, None, commitment, last_hash))
    return rows


def entry_of(row: Row[Any]) -> LedgerEntry:
    """The roll of a row that was not blanked."""
    return LedgerEntry(*(getattr(row, name) for name in LedgerEntry._fields))


def read_row(row: Row[Any]) -> LedgerRow:
    """A row of the table, as people may see it."""
    entry = entry_of(row) if row.salt is not None else None
    return LedgerRow(row.id, row.chain_id, row.position, row.rolled_at, row.guild_id, entry, row.answer_id)
