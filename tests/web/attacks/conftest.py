"""The whole process, as the fault matrix runs it."""

import pytest

from tests.chaos.conftest import table
from tests.wire.conftest import channel, discord, start_bot

__all__ = ["channel", "discord", "start_bot", "table"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("fault"):
            item.add_marker("wire")
