"""A person's own app: in group DMs and in servers without the bot, where nothing but the interaction is known."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modules.dice.rolling.source import ScriptedSource
from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.discord_standin.interactions import EPHEMERAL_FLAG, OPEN_MODAL, Interaction
from tests.discord_standin.world import Channel, Message
from tests.wire_table import WireTable, wire_table


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    memory = Memory.of(Database(Store.at(None, tmp_path), Recorder(LatestSnapshot())))
    async with memory.running():
        yield memory


@pytest.fixture
async def table(tmp_path: Path, memory: Memory) -> AsyncIterator[WireTable]:
    async with wire_table(tmp_path, ScriptedSource([*range(1, 20)] * 3), memory) as table:
        yield table


@pytest.fixture(params=["group", "foreign server"])
def place(table: WireTable, request: pytest.FixtureRequest) -> Channel:
    world = table.discord.world
    return world.group(world.player, world.owner) if request.param == "group" else world.foreign_channel()


class Player:
    """Whoever installed the app for themselves."""

    def __init__(self, table: WireTable, place: Channel) -> None:
        self._discord, self._place, self._who = table.discord, place, table.discord.world.player

    async def use(self, name: str, /, **options: str | bool) -> Message:
        return await (await self._discord.slash(self._place, name, options, self._who)).response()

    async def press(self, message: Message, label: str, *chosen: str) -> Interaction:
        """Press the button that begins so, or choose from the menu that does."""
        found = [each for row in message.body["components"] for each in row.get("components", ()) if _says(each, label)]
        return await self._discord.press(message, found[0]["custom_id"], self._who, values=[*chosen] or None)

    async def fill_in(self, opened: Interaction, text: str) -> Message:
        assert await opened.acknowledged() == OPEN_MODAL
        return await (await self._discord.submit(opened, {"answer": text}, self._who)).response()


def _says(component: dict[str, str], label: str) -> bool:
    return component.get("label", component.get("placeholder", "")).startswith(label)


@pytest.fixture
def player(table: WireTable, place: Channel) -> Player:
    return Player(table, place)


async def test_rolls_and_their_buttons(player: Player, table: WireTable, memory: Memory, place: Channel) -> None:
    rolled = await player.use("roll", dice="1d20+5")
    assert "# 6" in rolled.text
    assert "# 7" in (await (await player.press(rolled, "Roll again")).response()).text
    assert "~~3~~, 4" in (await (await player.press(rolled, "Advantage")).response()).text
    assert "# 12" in (await player.fill_in(await player.press(rolled, "± Modifier"), "+2")).text
    menu = await (await player.press(rolled, "⋯ More")).response()
    kept = await (await player.press(menu, "What next?", "keep adv")).response()
    assert "kept 1 · new 6" in kept.text
    explained = await (await player.press(menu, "What next?", "explain")).response()
    assert "thrown → 1" in explained.text
    names = dict(table.recorder.publish().totals.commands)
    assert {status for _, status in names} == {"ok"}
    await memory.ledger.flush()
    rows = await memory.ledger.page(HistoryQuery(chain_id=place.guild.id if place.guild else place.id), 10)
    assert [row.entry.total for row in rows if row.entry is not None] == ["11", "12", "9", "7", "6"]


async def test_secret_rolls_and_their_reveal(player: Player) -> None:
    secret = await player.use("roll", dice="1d20", secret=True)
    assert secret.flags & EPHEMERAL_FLAG
    revealed = await (await player.press(secret, "Reveal")).response()
    assert "Rolled in secret by" in revealed.text
    assert not revealed.flags & EPHEMERAL_FLAG


async def test_a_roll_is_built(player: Player) -> None:
    panel = await player.use("build")
    for step in ("d6", "d6", "+1"):
        panel = await (await player.press(panel, step)).response()
    assert "`2d6+1`" in panel.text
    assert "# 4" in (await (await player.press(panel, "Roll")).response()).text


async def test_odds_help_and_what_was_rolled(player: Player, memory: Memory) -> None:
    odds = await player.use("odds", dice="2d6")
    assert "average" in odds.text or "mean" in odds.text
    assert odds.attachments
    assert "`!roll 1d20+5`" in (await player.use("help")).text
    await player.use("save", name="attack", dice="1d20+7")
    assert "attack" in (await player.use("panel")).text
    assert "no such roll" in (await player.use("history")).text
    await player.use("roll", dice="1d20+5")
    await memory.ledger.flush()
    history = await player.use("history")
    assert "`1d20+5`" in history.text
    verified = await (await player.press(history, "Verify a roll", _only_option(history))).response()
    assert "add up to this result" in verified.text
    assert "New characters here" in (await player.use("character template")).text


async def test_what_needs_the_bot_in_the_server_is_refused(player: Player, table: WireTable) -> None:
    assert "server" in (await player.use("gmroll", dice="1d20")).text
    await table.ended({("gmroll", "refused"): 1})


def _only_option(message: Message) -> str:
    (option,) = message.body["components"][0]["components"][0]["options"]
    return str(option["value"])
