"""The record of the published commands: written whole or not at all, and not missed where it cannot be written."""

from pathlib import Path

import discord
import pytest
from discord import app_commands

from modules.runtime.command_sync import sync_if_changed


class CountingTree(app_commands.CommandTree[discord.Client]):
    """Publishes to nobody."""

    sync_count = 0

    async def sync(self, *, guild: discord.abc.Snowflake | None = None) -> list[app_commands.AppCommand]:
        assert guild is None
        self.sync_count += 1
        return []


@pytest.fixture
def tree() -> CountingTree:
    return CountingTree(discord.Client(intents=discord.Intents.none()))


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_the_set_is_sent_once_and_its_record_is_all_that_is_left(tree: CountingTree, tmp_path: Path) -> None:
    record = tmp_path / "data" / "commands.sha256"
    assert await sync_if_changed(tree, record)
    assert not await sync_if_changed(tree, record)
    assert tree.sync_count == 1
    assert left_in(record.parent) == [record.name]


async def test_a_record_that_cannot_be_kept_leaves_nothing_behind(
    tree: CountingTree, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "commands.sha256"
    in_the_way.mkdir()
    assert await sync_if_changed(tree, in_the_way)
    assert left_in(tmp_path) == [in_the_way.name]
    assert "cannot keep commands.sha256" in caplog.text
    assert str(tmp_path) not in caplog.text
