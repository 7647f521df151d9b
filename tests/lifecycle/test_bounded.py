import logging
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.lifecycle.bounded import bounded_seconds

ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.5", 1.5), (2, 2.0), (0.25, 0.25), ("0", 0.0), (-3, 0.0), ("-inf", 0.0), (-(10**400), 0.0)],
)
def test_a_number_is_taken_and_never_negative(value: object, expected: float) -> None:
    assert bounded_seconds(value, 600.0, "Retry-After") == expected


@pytest.mark.parametrize("value", [601, "1e9", 1e13, math.inf, "Infinity", 10**400])
def test_what_is_too_long_is_capped_with_a_log_line(value: object, caplog: pytest.LogCaptureFixture) -> None:
    assert bounded_seconds(value, 600.0, "Retry-After") == 600.0
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "capped Retry-After at 600 s" in record.message


@pytest.mark.parametrize("value", ["soon", "", math.nan, "NaN", True, [], {}, "1" * 41])
def test_what_is_no_number_is_ignored_with_a_log_line(value: object, caplog: pytest.LogCaptureFixture) -> None:
    assert bounded_seconds(value, 600.0, "retry_after") is None
    assert [record.message for record in caplog.records] == ["ignored retry_after: it is not a number"]


def test_what_is_absent_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    assert bounded_seconds(None, 600.0, "Retry-After") is None
    assert not caplog.records


@given(ANYTHING, st.floats(min_value=0.0, max_value=1e9))
def test_whatever_is_stated_the_result_is_finite_and_within_the_cap(value: object, cap: float) -> None:
    seconds = bounded_seconds(value, cap, "anything")
    assert seconds is None or 0.0 <= seconds <= cap
