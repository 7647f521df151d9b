"""Lines that come by the thousand: one a minute a kind, and none uncounted."""

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.log.repeats import PERIOD_SECONDS, RateLimitedLog, RepeatFilter
from tests.clocks import FakeClock

_log = logging.getLogger(__name__)


def limited(clock: FakeClock) -> RateLimitedLog:
    return RateLimitedLog(_log, "%(count)d more %(kind)s", clock)


def test_the_first_is_written_and_the_others_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    log = limited(clock := FakeClock())
    for number in range(5000):
        log.warning("%s at %d s", "a", number, exc_info=KeyError("id"))
    log.warning("%s is malformed", "b")
    log.summarize()
    assert caplog.messages == ["a at 0 s", "b is malformed"]
    with_error, without = caplog.records
    assert with_error.exc_info is not None
    assert with_error.exc_info[0] is KeyError
    assert not without.exc_info
    clock.pass_seconds(PERIOD_SECONDS)
    log.summarize()
    log.summarize()
    assert caplog.messages[2:] == ["4999 more a"]
    assert vars(caplog.records[2])["event_count"] == 4999


def test_a_kind_that_goes_on_is_told_once_a_minute_and_one_that_ends_is_forgotten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = limited(clock := FakeClock())
    log.warning("%s", "a")
    for _ in range(3):
        log.warning("%s", "a")
        clock.pass_seconds(PERIOD_SECONDS)
        log.summarize()
    assert caplog.messages == ["a", *["1 more a"] * 3]
    clock.pass_seconds(PERIOD_SECONDS)
    log.summarize()
    log.warning("%s", "a")
    assert caplog.messages[4:] == ["a"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=60))
def test_every_one_is_told_or_counted(caplog: pytest.LogCaptureFixture, happenings: list[tuple[str, float]]) -> None:
    caplog.clear()
    log = limited(clock := FakeClock())
    for kind, seconds in happenings:
        log.warning("%s", kind)
        clock.pass_seconds(seconds)
        log.summarize()
    clock.pass_seconds(PERIOD_SECONDS)
    log.summarize()
    assert sum(getattr(record, "event_count", 1) for record in caplog.records) == len(happenings)


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
