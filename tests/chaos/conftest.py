"""A stand-in of Discord and the real process pointed at it, with every wait of our own made short."""

import pytest

from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin
from tests.discord_standin.world import Channel
from tests.wire.conftest import StartBot, channel, discord, start_bot

__all__ = ["StartBot", "channel", "discord", "start_bot"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever bears a row's id runs the whole process."""
    for item in items:
        if item.get_closest_marker("fault"):
            item.add_marker("wire")


@pytest.fixture
def table(discord: DiscordStandin, channel: Channel) -> Table:
    return Table(discord, channel)
