import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.web.drawing import HEIGHT, WIDTH, area_path, bars_path, line_path

VALUES = st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=120)


def test_a_line_runs_from_edge_to_edge_and_breaks_at_gaps() -> None:
    assert line_path([0, 1, None, 1, 0], 1) == "M0 100L150 8M450 8L600 100"


def test_a_lone_value_is_a_dot_and_nothing_is_nothing() -> None:
    assert line_path([None, 1, None], 1) == "M300 8h0"
    assert line_path([None, None], 1) == ""
    assert line_path([0, 0], 0) == "M0 100L600 100", "all zero lies on the ground"


def test_the_area_goes_down_from_each_stretch_of_the_line() -> None:
    assert area_path("M0 100L150 8M300 8h0M450 8L600 100") == "M0 100L150 8V100H0ZM450 8L600 100V100H450Z"


def test_bars_stand_side_by_side() -> None:
    assert bars_path([1, None, 0.5]) == "M0.0 100v-100h136.0v100zM400.0 100v-50h136.0v50z"


@given(VALUES)
def test_a_line_stays_in_its_box_and_is_small(values: list[float | None]) -> None:
    top = max((value for value in values if value is not None), default=0.0)
    path = line_path(values, top)
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) (-?\d+)", path)]
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert len(path) <= 11 * len(values)


@pytest.mark.parametrize("count", [1, 2, 96])
def test_any_number_of_bars_fits(count: int) -> None:
    assert bars_path([1.0] * count).count("M") == count
