"""The ledger keeps its promise: what was recorded cannot be changed without notice, nor be read once it was deleted."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, text

from modules.services.services import Memory
from modules.storage.chain import LedgerEntry
from modules.storage.tables import ledger
from modules.storage.upkeep import PRIVATE
from modules.storage.verification import Break, Verification, verify
from tests.storage.test_ledger import ENTRY

DAY = 86_400_000


def rolls(count: int) -> list[LedgerEntry]:
    """Rolls of two guilds and two users, a day apart."""
    start = ENTRY.source_id - 1_000
    return [
        ENTRY._replace(
            source_id=start + number,
            guild_id=10 + number % 2,
            user_id=30 + number // 2 % 2,
            rolled_at=number * DAY,
        )
        for number in range(count)
    ]


async def verified(memory: Memory) -> Verification:
    async with memory.database.reading() as connection:
        return await verify(connection)


async def tamper(memory: Memory, *statements: str) -> Sequence[Break]:
    async with memory.database.writing() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    return (await verified(memory)).breaks


async def test_an_empty_ledger_is_sound(memory: Memory) -> None:
    assert await verified(memory) == Verification()


async def test_a_ledger_is_sound_however_its_rolls_came_in(memory: Memory) -> None:
    entries = rolls(20)
    for start in range(0, 20, 3):
        await memory.ledger.record(entries[start : start + 3])
    private = ENTRY._replace(guild_id=None, channel_id=99)
    await memory.ledger.record([private])
    assert await verified(memory) == Verification(rows=21, chains=3)


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("UPDATE ledger SET faces = '6,6' WHERE chain_id = 10 AND position = 3", Break(10, 3, "it was changed")),
        ("UPDATE ledger SET user_id = 1 WHERE chain_id = 10 AND position = 3", Break(10, 3, "it was changed")),
        (
            "UPDATE ledger SET rolled_at = 1 WHERE chain_id = 10 AND position = 3",
            Break(10, 4, "the roll before it was changed"),
        ),
        ("DELETE FROM ledger WHERE chain_id = 10 AND position = 3", Break(10, 4, "rolls before it are missing")),
        ("DELETE FROM ledger WHERE chain_id = 10 AND position = 5", Break(10, 5, "rolls are missing at the end")),
        ("DELETE FROM ledger WHERE chain_id = 10", Break(10, 1, "rolls are missing at the end")),
        ("DELETE FROM ledger_chains WHERE chain_id = 10", Break(10, 1, "the chain is not registered")),
        ("UPDATE ledger SET rolled_at = 1 WHERE chain_id = 10 AND position = 5", Break(10, 5, "it was changed")),
        # Blanked with a commitment to something else.
        (
            "UPDATE ledger SET salt = NULL, commitment = previous_hash WHERE chain_id = 10 AND position = 3",
            Break(10, 4, "the roll before it was changed"),
        ),
    ],
)
async def test_whatever_is_changed_is_found_where_it_is(memory: Memory, statement: str, wanted: Break) -> None:
    await memory.ledger.record(rolls(10))
    assert await tamper(memory, statement) == [wanted]


async def test_pruned_chains_are_checked_from_where_they_were_pruned(memory: Memory) -> None:
    await memory.ledger.record(rolls(10))
    assert await memory.ledger.prune(3 * DAY) == 3
    assert await memory.ledger.prune(3 * DAY) == 0
    assert await verified(memory) == Verification(rows=7, chains=2)
    assert await memory.ledger.prune(100 * DAY) == 7
    assert await verified(memory) == Verification(rows=0, chains=2)
    await memory.ledger.record([ENTRY._replace(rolled_at=101 * DAY)])
    assert await verified(memory) == Verification(rows=1, chains=2)
    assert await tamper(memory, "DELETE FROM ledger") == [Break(10, 6, "rolls are missing at the end")]


async def test_a_clock_that_was_set_back_leaves_the_order_alone(memory: Memory) -> None:
    first, second, third = rolls(3)
    await memory.ledger.record([first._replace(guild_id=10, rolled_at=50 * DAY)])
    await memory.ledger.record([second._replace(guild_id=10, rolled_at=40 * DAY)])
    await memory.ledger.record([third._replace(guild_id=10, rolled_at=60 * DAY)])
    assert (await verified(memory)).breaks == []
    # The second is old enough, but it stays until the one before it goes.
    assert await memory.ledger.prune(45 * DAY) == 0
    assert await memory.ledger.prune(55 * DAY) == 2
    assert await verified(memory) == Verification(rows=1, chains=1)


async def test_what_a_player_had_deleted_is_gone_and_the_chain_holds(memory: Memory) -> None:
    await memory.ledger.record(rolls(250))
    assert await memory.ledger.blank(30) == 126
    assert await memory.ledger.blank(30) == 0
    assert await verified(memory) == Verification(rows=250, chains=2, blanked=126)
    async with memory.database.reading() as connection:
        blanked = (await connection.execute(select(ledger).where(ledger.c.salt.is_(None)))).mappings().all()
    assert {row[name] for row in blanked for name in PRIVATE} == {None}
    # Which columns are left, so that a new one is thought about.
    left = {"id", "chain_id", "position", "rolled_at", "guild_id", "commitment", "previous_hash"}
    assert set(blanked[0]) - set(PRIVATE) == left
    assert await memory.ledger.prune(1_000 * DAY) == 250
