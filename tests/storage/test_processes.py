"""Two processes on one PostgreSQL: what one changes holds on the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modules.services.services import Memory
from modules.storage.notices import notify
from modules.storage.verification import verify
from tests.databases import memory_at
from tests.storage.test_chains import rolls
from tests.storage.test_ledger import ENTRY
from tests.storage.test_memory import ALICE


@pytest.fixture
async def other(postgres_database: str, tmp_path: Path) -> AsyncIterator[Memory]:
    async with memory_at(postgres_database, tmp_path) as memory:
        yield memory


@pytest.fixture
def database_url(postgres_database: str) -> str:
    return postgres_database


async def until_heard(memory: Memory, other: Memory) -> None:
    """Wait until a notice of one process has arrived at the other: those before it have then, too."""
    heard = asyncio.Event()
    other.database.on_notice["test"] = lambda _key: heard.set()
    while not heard.is_set():
        async with memory.database.writing() as connection:
            await notify(connection, "test", 0)
        await asyncio.wait({asyncio.ensure_future(heard.wait())}, timeout=0.2)


async def test_a_change_holds_on_every_process(memory: Memory, other: Memory) -> None:
    await until_heard(memory, other)
    assert await other.saved_rolls.of(ALICE) == ()
    assert (await other.settings.of_user(1)).style is None
    assert await other.characters.of(1) == ()
    await memory.settings.change_guild(7, {"prefix": "?"})
    await memory.saved_rolls.add(ALICE, "attack", "1d20")
    await memory.settings.change_user(1, {"style": "plain"})
    await memory.characters.add(1, 7, "Anna", {"str": "3"})
    await until_heard(memory, other)
    assert [each.name for each in await other.saved_rolls.of(ALICE)] == ["attack"]
    assert (await other.settings.of_user(1)).style == "plain"
    assert (active := await other.characters.active(1, 7)) and active.values == {"str": "3"}
    async with asyncio.timeout(5):
        while other.settings.of_guild(7).prefix != "?":  # noqa: ASYNC110 - read beside us, and nobody tells
            await asyncio.sleep(0)


async def test_chains_hold_when_two_processes_record_at_once(memory: Memory, other: Memory) -> None:
    entries = rolls(400)
    halves = (memory, entries[::2]), (other, entries[1::2])
    recording = [each.ledger.record([entry]) for each, half in halves for entry in half]
    assert None not in await asyncio.gather(*recording)
    async with memory.database.reading() as connection:
        found = await verify(connection)
    assert (found.rows, found.chains, found.breaks) == (400, 2, [])


async def test_of_two_processes_that_answer_one_message_both_know_what_was_recorded_first(
    memory: Memory, other: Memory
) -> None:
    mine, theirs = ENTRY, ENTRY._replace(faces="1,1", total="5")
    found = await asyncio.gather(memory.ledger.record([mine]), other.ledger.record([theirs]))
    assert found[0] == found[1]
    assert found[0] in ((mine,), (theirs,))
