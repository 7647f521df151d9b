"""What holds for every test."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from hypothesis import settings

# Derandomized: a run is green or red for what the code is, not for its luck; `make fuzz` looks for news.
# No deadline: how long an example takes is for benchmarks to say.
settings.register_profile("nazh", deadline=None, derandomize=True)
settings.load_profile("nazh")

# What starts processes or a browser waits more than it computes.
WAITING = ("fault", "wire", "browser")


def _waits(module: list[pytest.Item]) -> bool:
    return any(module[0].get_closest_marker(name) for name in WAITING)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the modules that wait evenly among the others.

    Each worker begins with a stretch of the list: so all of them wait and compute in turn, and none waits alone at the
    end.
    """
    modules = [list(module) for _, module in groupby(items, key=lambda item: item.path)]
    spread = [(item, place) for group in (True, False) for item, place in _placed(modules, waiting=group)]
    items[:] = [item for item, _ in sorted(spread, key=lambda each: each[1])]


def _placed(modules: list[list[pytest.Item]], *, waiting: bool) -> Iterator[tuple[pytest.Item, float]]:
    """The tests of modules that wait, or do not, each with the share of its kind that comes before its module."""
    chosen = [module for module in modules if _waits(module) is waiting]
    total, before = sum(map(len, chosen)), 0
    for module in chosen:
        for item in module:
            yield item, before / total
        before += len(module)
