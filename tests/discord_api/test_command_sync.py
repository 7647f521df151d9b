"""The record of the published commands: written whole or not at all, and not missed where it cannot be written."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import discord
import pytest
from discord import app_commands

from modules.discord_api.command_sync import CommandPublisher, PublishingError, sync_if_changed
from modules.lifecycle.backoff import Backoff
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


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


class FailingTree(CountingTree):
    """Fails as often as it has errors left, and then publishes."""

    errors: list[Exception]

    async def sync(self, *, guild: discord.abc.Snowflake | None = None) -> list[app_commands.AppCommand]:
        await super().sync(guild=guild)
        if self.errors:
            raise self.errors.pop(0)
        return []


@dataclass
class Publishing:
    """A publisher whose waits take no time."""

    folder: Path
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.recorder = Recorder(LatestSnapshot())
        self.publisher = CommandPublisher(
            self.folder / "commands.sha256",
            self.recorder,
            Backoff(1.0, 60.0, lambda _low, high: high),
            self._sleep,
        )

    def faults(self) -> list[str]:
        return [fault.reason for fault in self.recorder.publish().faults]

    async def _sleep(self, seconds: float) -> None:
        assert self.faults(), "it is shown while it is waited for"
        self.waits.append(seconds)


def failing(*errors: Exception) -> FailingTree:
    tree = FailingTree(discord.Client(intents=discord.Intents.none()))
    tree.errors = list(errors)
    return tree


async def test_publishing_is_tried_again_ever_more_rarely_until_it_succeeds(tmp_path: Path) -> None:
    publishing = Publishing(tmp_path)
    errors = [OSError(), discord.RateLimited(90.0), KeyError("a bug"), ValueError()]
    await publishing.publisher.publish(tree := failing(*errors))
    assert publishing.waits == [1.0, 92.0, 4.0, 8.0]
    assert tree.sync_count == 5
    assert publishing.faults() == []
    assert publishing.publisher.backoff.attempt_count == 0


async def test_a_failure_to_publish_blocks_nothing(tmp_path: Path) -> None:
    publishing = Publishing(tmp_path)
    shown: list[tuple[str, bool]] = []

    async def look(_seconds: float) -> None:
        shown.extend((fault.component, fault.blocking) for fault in publishing.recorder.publish().faults)
        assert publishing.faults()[0].startswith("slash commands are not published: Discord could not be reached")

    publishing.publisher.sleep = look
    await publishing.publisher.publish(failing(OSError()))
    assert shown == [("slash-commands", False)]


async def test_an_answer_that_lists_no_commands_does_not_count(tree: CountingTree, tmp_path: Path) -> None:
    @tree.command(name="roll", description="Roll dice.")
    async def roll(_interaction: discord.Interaction[discord.Client]) -> None: ...

    with pytest.raises(PublishingError):
        await sync_if_changed(tree, tmp_path / "commands.sha256")
    assert left_in(tmp_path) == []


async def test_stopping_ends_what_was_started(tmp_path: Path) -> None:
    publishing = Publishing(tmp_path)
    waiting, ended = asyncio.Event(), asyncio.Event()

    async def for_ever(_seconds: float) -> None:
        waiting.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    publishing.publisher.sleep = for_ever
    publishing.publisher.start(failing(OSError()))
    await waiting.wait()
    publishing.publisher.stop()
    await asyncio.wait_for(ended.wait(), 5)
