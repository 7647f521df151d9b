"""The services, over everything that is below them."""

import asyncio
from pathlib import Path

import pytest

from modules.services.database import Database
from modules.services.players import Place, Players
from modules.services.saved_rolls import NameTaken, TooMany
from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from modules.storage.records import GuildSettings, Owner, TemplateValue, UserSettings
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.databases import memory_at
from tests.storage.test_ledger import ENTRY

HOUR = 3_600_000
ALICE = Owner("user", 1)
GUILD = Owner("guild", 1)


async def test_settings_hold_at_once_and_after_a_reload(memory: Memory) -> None:
    settings = memory.settings
    assert settings.of_guild(7) == GuildSettings()
    await settings.change_guild(7, {"prefix": "?", "allowed_channel_ids": (1 << 62, 2)})
    await settings.change_guild(7, {"inline_rolls": True})
    wanted = GuildSettings(prefix="?", inline_rolls=True, allowed_channel_ids=(1 << 62, 2))
    assert settings.of_guild(7) == wanted
    await settings.read_all()
    assert settings.of_guild(7) == wanted
    await settings.change_guild(7, {"prefix": None, "allowed_channel_ids": ()})
    assert settings.of_guild(7) == GuildSettings(inline_rolls=True)
    assert settings.of_guild(None) == GuildSettings()


async def test_a_user_has_settings_of_their_own_and_can_have_them_forgotten(memory: Memory) -> None:
    assert await memory.settings.of_user(1) == UserSettings()
    await memory.settings.change_user(1, {"default_roll": "2d6"})
    assert await memory.settings.of_user(1) == UserSettings(default_roll="2d6")
    await memory.settings.forget_user(1)
    assert await memory.settings.of_user(1) == UserSettings()


async def test_saved_rolls_are_found_without_regard_to_case_and_ones_own_come_first(memory: Memory) -> None:
    rolls = memory.saved_rolls
    await rolls.add(GUILD, "attack", "1d20")
    players = Players(memory.settings, rolls, memory.characters)
    assert (await players.names(Place(1, 1))).saved == {"attack": "1d20"}
    mine = await rolls.add(ALICE, "Attack", "1d20+7")
    assert (await players.saved(Place(1, 1)))[0] == mine == await rolls.by_id(mine.id)
    assert (await players.names(Place(1, 1))).saved == {"attack": "1d20+7"}
    assert await players.saved(Place(1, None)) == [mine]
    assert await players.saved(Place(2, None)) == []
    with pytest.raises(NameTaken):
        await rolls.add(ALICE, "ATTACK", "1d4")
    assert [each.notation for each in await rolls.of(ALICE)] == ["1d20+7"]


async def test_a_saved_roll_keeps_its_id_and_count_when_it_is_edited(memory: Memory) -> None:
    rolls = memory.saved_rolls
    saved = await rolls.add(ALICE, "stab", "1d4")
    await rolls.add(ALICE, "slash", "1d8")
    await rolls.count_use(saved)
    assert await rolls.edit(ALICE, "STAB", new_name="poke", notation="1d6")
    (poke, _slash) = await rolls.of(ALICE)
    assert (poke.id, poke.name, poke.notation, poke.use_count) == (saved.id, "poke", "1d6", 1)
    with pytest.raises(NameTaken):
        await rolls.edit(ALICE, "poke", new_name="Slash", notation="1d6")
    assert not await rolls.edit(ALICE, "stab", new_name="stab", notation="1d6")
    assert await rolls.remove(ALICE, "poke") == 1
    assert await rolls.remove(ALICE) == 1


async def test_nobody_saves_more_than_they_may_and_an_import_is_all_or_nothing(memory: Memory) -> None:
    rolls = memory.saved_rolls
    await rolls.add_all(ALICE, [(f"roll{number}", "1d6") for number in range(99)])
    with pytest.raises(TooMany) as refused:
        await rolls.add_all(ALICE, [("one", "1d6"), ("two", "1d6")])
    assert refused.value.most == 100
    with pytest.raises(NameTaken):
        await rolls.add(ALICE, "roll5", "1d6")
    assert len(await rolls.of(ALICE)) == 99


async def test_a_player_plays_one_character_in_each_guild(memory: Memory) -> None:
    characters = memory.characters
    assert await characters.active(1, 5) is None
    anna = await characters.add(1, 5, "Anna", {"str": "3", "atk": "1d20+str", "dex": "1"})
    bert = await characters.add(1, None, "Bert", {})
    assert await characters.active(1, 5) == anna
    assert await characters.active(1, None) == bert
    await characters.switch(bert, 5)
    assert await characters.active(1, 5) == bert
    await characters.change(anna, {"dex": "2", "str": "4"})
    assert [list(each.values.items()) for each in await characters.of(1)] == [[("dex", "2"), ("str", "4")], []]
    with pytest.raises(NameTaken):
        await characters.add(1, 5, "ANNA", {})
    assert await characters.remove(1, "bert") == 1
    assert await characters.active(1, 5) is None


async def test_a_guild_has_a_template(memory: Memory) -> None:
    template = (TemplateValue("str", -5, 10, "0"), TemplateValue("atk", default="1d20+str"))
    await memory.characters.set_template(5, template)
    assert await memory.characters.template(5) == template
    await memory.characters.set_template(5, ())
    assert await memory.characters.template(5) == ()


async def test_rolls_are_recorded_and_their_answers_noted(memory: Memory) -> None:
    ledger = memory.ledger
    assert await ledger.record([ENTRY]) == (ENTRY,)
    ledger.answered(ENTRY.source_id, 77)
    ledger.answered(12345, 78)
    await ledger.flush()
    (row,) = await ledger.of_answer(77)
    assert row.entry == ENTRY
    assert await ledger.page(HistoryQuery(chain_id=10), 10) == (row,)
    assert [each async for each in ledger.everything(HistoryQuery(user_id=30))] == [row]
    assert await ledger.page(HistoryQuery(chain_id=10, before_id=row.id), 10) == ()
    assert await ledger.page(HistoryQuery(chain_id=11), 10) == ()


async def test_texts_that_a_database_cannot_hold_are_kept_without_what_it_cannot(memory: Memory) -> None:
    await memory.saved_rolls.add(ALICE, "na\0me", "1d6 \ud800'; DROP TABLE saved_rolls; --")
    (saved,) = await memory.saved_rolls.of(ALICE)
    assert (saved.name, saved.notation) == ("na\ufffdme", "1d6 \ufffd'; DROP TABLE saved_rolls; --")


async def test_rolls_are_deleted_after_their_days(database_url: str | None, tmp_path: Path, recorder: Recorder) -> None:
    async with memory_at(database_url, tmp_path, recorder) as memory:
        now = memory.database.now()
        young = ENTRY._replace(source_id=2, rolled_at=now - 23 * HOUR)
        await memory.ledger.record([ENTRY._replace(source_id=1, rolled_at=now - 25 * HOUR), young])
    memory = Memory.of(memory.database, retention_days=1)
    async with memory.running(), asyncio.timeout(30):
        while len(left := await memory.ledger.page(HistoryQuery(chain_id=10), 10)) > 1:  # noqa: ASYNC110 - done beside us
            await asyncio.sleep(0.01)
        assert [row.entry for row in left] == [young]


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_it_closes_however_soon_after_the_start(tmp_path: Path, turns: int) -> None:
    memory = Memory.of(Database(Store.at(None, tmp_path), Recorder(LatestSnapshot())))
    async with asyncio.timeout(30), memory.running():
        for _ in range(turns):
            await asyncio.sleep(0)
    # Nothing is cancelled while it connects: such a connection may never end, nor the process that waits for it.
    assert asyncio.all_tasks() == {asyncio.current_task()}
