from dataclasses import replace
from itertools import repeat

from modules.storage import ledger
from modules.storage.chain import LedgerEntry
from modules.storage.store import Store

ENTRY = LedgerEntry(
    rolled_at=1_700_000_000_000,
    guild_id=10,
    channel_id=20,
    user_id=30,
    source_id=(1 << 63) - 1,
    source_index=0,
    canonical="2d6+3",
    faces="4,5",
    total="12",
)


async def append(store: Store, *entries: LedgerEntry) -> dict[tuple[int, int], LedgerEntry]:
    async with store.writing() as connection:
        return await ledger.append(connection, entries, repeat(b"salt" * 4, len(entries)))


async def test_what_is_recorded_is_read_back_letter_for_letter(store: Store) -> None:
    hostile = replace(ENTRY, canonical="1d20 # '; DROP TABLE ledger; -- \\ % _ 😈 \u202e", comment="a\tb\n\x1b[31m")
    assert not await append(store, hostile)
    async with store.reading() as connection:
        (row,) = await ledger.of_source(connection, hostile.source_id)
    assert row.entry == hostile
    assert (row.chain_id, row.position, row.answer_id) == (10, 1, None)


async def test_the_same_roll_is_recorded_once_and_the_first_one_is_told(store: Store) -> None:
    await append(store, ENTRY)
    again = replace(ENTRY, faces="1,1", total="5")
    assert await append(store, again) == {(ENTRY.source_id, 0): ENTRY}
    async with store.reading() as connection:
        assert len(await ledger.of_source(connection, ENTRY.source_id)) == 1
