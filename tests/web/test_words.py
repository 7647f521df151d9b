from datetime import UTC, datetime, timedelta

import pytest

from modules.web import words

THIN = "\N{NARROW NO-BREAK SPACE}"
NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "\N{EN DASH}"),
        (0, "0 ms"),
        (0.0004, "0.4 ms"),
        (0.0099, "9.9 ms"),
        (0.00996, "10 ms"),
        (0.0424, "42 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (12.34, "12.3 s"),
    ],
)
def test_a_short_time_keeps_the_digits_that_matter(seconds: float | None, text: str) -> None:
    assert words.milliseconds_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(None, "\N{EN DASH}"), (0, "0"), (999.6, f"1{THIN}000"), (1234567, f"1{THIN}234{THIN}567")]
)
def test_a_count_has_its_thousands_apart(count: float | None, text: str) -> None:
    assert words.count_text(count) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "\N{EN DASH}"),
        (0, "0"),
        (0.01, "0.1"),
        (0.4, "0.4"),
        (3, "3"),
        (9.94, "9.9"),
        (9.96, "10"),
        (150.4, "150"),
    ],
)
def test_a_small_rate_does_not_look_like_none(rate: float | None, text: str) -> None:
    assert words.rate_text(rate) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (None, "\N{EN DASH}"),
        (0, "0 %"),
        (1, "100 %"),
        (0.00001, "0.01 %"),
        (0.0004, "0.04 %"),
        (0.004, "0.4 %"),
        (0.17, "17 %"),
        (0.992, "99.2 %"),
        (0.9996, "99.96 %"),
        (0.999999, "99.99 %"),
    ],
)
def test_only_a_true_whole_is_a_hundred_per_cent(ratio: float | None, text: str) -> None:
    assert words.percent_text(ratio) == text


@pytest.mark.parametrize(
    ("size", "text"), [(None, "\N{EN DASH}"), (88_080_384, "84 MB"), (1024**3, "1.0 GB"), (1500 * 1024**2, "1.5 GB")]
)
def test_a_size_is_told_in_the_unit_it_fits(size: float | None, text: str) -> None:
    assert words.memory_text(size) == text


def test_a_moment_of_another_day_names_the_day() -> None:
    assert words.moment_text(NOON, NOON + timedelta(hours=1)) == "12:00:05"
    assert words.moment_text(NOON, NOON + timedelta(days=1)) == "23 Nov 12:00"
    assert words.clock_text(None) == "\N{EN DASH}"
