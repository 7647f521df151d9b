"""Corrected answers in the log."""

import pytest

from modules.discord_api.rest.correction_log import CorrectionLog
from tests.fake_clock import FakeClock


def test_a_flood_is_one_line_and_a_count_for_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    log = CorrectionLog(clock)
    for number in range(5_000):
        log.warning("capped %s at %d s", "Retry-After", number)
    log.warning("ignored %s", "retry_after")
    log.sample()
    clock.pass_by(60)
    log.sample()
    log.sample()
    assert [record.message for record in caplog.records] == [
        "capped Retry-After at 0 s",
        "ignored retry_after",
        "corrected Retry-After in 4999 more answers within a minute",
    ]
