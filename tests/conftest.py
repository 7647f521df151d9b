"""What holds for every test."""

import pytest
from hypothesis import settings

# Derandomized: a run is green or red for what the code is, not for its luck; `make fuzz` looks for news.
# No deadline: how long an example takes is for benchmarks to say.
settings.register_profile("nazh", deadline=None, derandomize=True)
settings.load_profile("nazh")

# What starts processes or a browser waits more than it computes.
WAITING = ("fault", "wire", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that wait first: workers that steal work then compute meanwhile, and none waits alone at the end."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in WAITING))
