"""Lines that come by the thousand: one a minute a kind, and none uncounted."""

import logging
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modules.log.repeats import PERIOD_SECONDS, RepeatFilter, Repeats
from tests.clocks import FakeClock


def test_the_first_is_written_and_the_others_are_counted() -> None:
    repeats = Repeats(clock := FakeClock())
    assert [repeats.is_first("a") for _ in range(5000)].count(True) == 1
    assert repeats.is_first("b")
    assert list(repeats.due()) == []
    clock.pass_seconds(PERIOD_SECONDS)
    assert list(repeats.due()) == [("a", 4999)]
    assert list(repeats.due()) == []


def test_a_kind_that_goes_on_is_told_once_a_minute_and_one_that_ends_is_forgotten() -> None:
    repeats = Repeats(clock := FakeClock())
    assert repeats.is_first("a")
    for _ in range(3):
        assert not repeats.is_first("a")
        clock.pass_seconds(PERIOD_SECONDS)
        assert list(repeats.due()) == [("a", 1)]
    clock.pass_seconds(PERIOD_SECONDS)
    assert list(repeats.due()) == []
    assert repeats.is_first("a")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=60))
def test_every_one_is_told_or_counted(happenings: list[tuple[str, float]]) -> None:
    repeats, lines, counted = Repeats(clock := FakeClock()), 0, 0
    for kind, seconds in happenings:
        lines += repeats.is_first(kind)
        clock.pass_seconds(seconds)
        counted += sum(count for _, count in repeats.due())
    clock.pass_seconds(PERIOD_SECONDS)
    counted += sum(count for _, count in repeats.due())
    assert lines + counted == len(happenings)


def record(
    name: str = "discord.gateway", line: int = 1, level: int = logging.WARNING, **more: Any
) -> logging.LogRecord:
    return logging.makeLogRecord({"name": name, "lineno": line, "levelno": level, **more})


def test_a_line_of_the_library_warns_once_a_minute_and_then_says_how_often() -> None:
    repeats = RepeatFilter(clock := FakeClock())
    assert [repeats.filter(record()) for _ in range(5000)].count(True) == 1
    assert repeats.filter(record(line=2))
    assert repeats.filter(record(exc_info=(KeyError, KeyError(), None)))
    clock.pass_seconds(PERIOD_SECONDS)
    assert repeats.filter(next_one := record())
    assert vars(next_one)["repeated_count"] == 4999
    clock.pass_seconds(PERIOD_SECONDS)
    assert repeats.filter(last := record())
    assert "repeated_count" not in vars(last)


def test_our_own_lines_and_those_that_warn_of_nothing_all_pass() -> None:
    repeats = RepeatFilter(FakeClock())
    assert all(repeats.filter(record("modules.bot")) for _ in range(9))
    assert all(repeats.filter(record("discordance")) for _ in range(9))
    assert all(repeats.filter(record(level=logging.INFO)) for _ in range(9))
