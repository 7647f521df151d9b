"""The backoff across restarts: kept, believed only while plausible, and never the cause of a failure."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import PLAUSIBLE_SECONDS, BackoffRecord
from tests.clocks import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_700_000_000.0)


@pytest.fixture
def record(tmp_path: Path, clock: FakeClock) -> BackoffRecord:
    return BackoffRecord(tmp_path / "data" / "backoff.json", clock)


def test_a_restart_has_what_is_left_of_the_wait(record: BackoffRecord, clock: FakeClock) -> None:
    record.keep(Backoff(attempt_count=7), 900)
    clock.pass_seconds(300)
    restarted = Backoff()
    assert record.restore(restarted) == 600
    assert restarted.attempt_count == 7


def test_the_count_of_failures_outlives_the_wait_by_an_hour(record: BackoffRecord, clock: FakeClock) -> None:
    record.keep(Backoff(attempt_count=7), 10)
    clock.pass_seconds(600)
    assert record.restore(soon := Backoff()) == 0.0
    clock.pass_seconds(3600)
    assert record.restore(late := Backoff()) == 0.0
    assert (soon.attempt_count, late.attempt_count) == (7, 0)


def test_a_wait_of_more_than_four_hours_is_not_believed(
    record: BackoffRecord, caplog: pytest.LogCaptureFixture
) -> None:
    record.keep(Backoff(attempt_count=1), PLAUSIBLE_SECONDS + 1)
    assert record.restore(backoff := Backoff()) == 0.0
    assert backoff.attempt_count == 0
    assert caplog.messages == ["ignored backoff.json: its wait is not believable"]


@pytest.mark.parametrize("jump", [-86_400, -3600, -1])
def test_a_clock_set_back_does_not_lengthen_the_wait(record: BackoffRecord, clock: FakeClock, jump: float) -> None:
    record.keep(Backoff(attempt_count=1), 60)
    clock.pass_seconds(jump)
    assert record.restore(Backoff()) == 60


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\0",
        '{"attempts": 1}',
        '{"attempts": -1, "written_at": 0, "until_at": 0}',
        '{"attempts": 1e400, "written_at": 0, "until_at": 0}',
        '{"attempts": 1.5, "written_at": 0, "until_at": 0}',
        '{"attempts": Infinity, "written_at": 0, "until_at": 0}',
        '{"attempts": 1, "written_at": NaN, "until_at": NaN}',
        '{"attempts": 1, "written_at": -Infinity, "until_at": 1700000060}',
        '{"attempts": 1, "written_at": 0, "until_at": 1e400}',
        '{"attempts": 99999999999, "written_at": 1700000000, "until_at": 1700000060}',
        '{"attempts": "3", "written_at": "1700000000", "until_at": "1700000060"}',
        '{"attempts": [], "written_at": {}, "until_at": null}',
        "[" * 200_000,
        "9" * 10_000,
    ],
    ids=lambda text: text[:60],
)
def test_a_damaged_file_is_as_good_as_none(record: BackoffRecord, text: str, caplog: pytest.LogCaptureFixture) -> None:
    record.path.parent.mkdir()
    record.path.write_text(text)
    assert record.restore(backoff := Backoff()) == 0.0
    assert backoff.attempt_count == 0
    assert caplog.messages == ["ignored backoff.json: it is damaged"]


def test_a_file_that_is_no_text_is_as_good_as_none(record: BackoffRecord) -> None:
    record.path.parent.mkdir()
    record.path.write_bytes(b"\xff\xfe\x00{")
    assert record.restore(Backoff()) == 0.0


def test_no_file_is_no_news(record: BackoffRecord, caplog: pytest.LogCaptureFixture) -> None:
    assert record.restore(Backoff()) == 0.0
    assert not caplog.records


def test_a_file_that_cannot_be_read_is_told(record: BackoffRecord, caplog: pytest.LogCaptureFixture) -> None:
    record.path.mkdir(parents=True)
    assert record.restore(Backoff()) == 0.0
    assert caplog.messages == ["ignored backoff.json: Is a directory"]


def test_forgetting_is_for_good_and_can_be_done_twice(record: BackoffRecord) -> None:
    record.keep(Backoff(attempt_count=3), 60)
    record.forget()
    record.forget()
    assert record.restore(Backoff()) == 0.0


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    BackoffRecord(tmp_path / "file" / "backoff.json").keep(Backoff(), 1)
    assert "cannot keep backoff.json" in caplog.text


def test_a_write_that_fails_leaves_the_old_file_whole(record: BackoffRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    record.keep(Backoff(attempt_count=2), 100)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    record.keep(Backoff(attempt_count=3), 200)
    assert record.restore(backoff := Backoff()) == 100
    assert backoff.attempt_count == 2
    assert [path.name for path in record.path.parent.iterdir()] == ["backoff.json"]


class Restarting(RuleBasedStateMachine):
    """Failures, restarts and a ban that a request within it would make longer."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock(1_700_000_000.0)
        self.record = BackoffRecord(Path(self.folder.name) / "backoff.json", self.clock)
        self.start()

    def start(self) -> None:
        self.backoff = Backoff(uniform=lambda low, _high: low)
        self.tries_at = self.clock.at + self.record.restore(self.backoff)
        self.banned_until = getattr(self, "banned_until", 0.0)

    @rule(seconds=st.floats(0.1, 900))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    @rule()
    def restart(self) -> None:
        self.start()

    @rule(retry_after=st.floats(0, 3600))
    def attempt_fails(self, retry_after: float) -> None:
        self.clock.at = max(self.clock.at, self.tries_at)
        assert self.clock.at >= self.banned_until - 1e-3, "a request inside the ban"
        delay = self.backoff.next_delay(retry_after)
        self.record.keep(self.backoff, delay)
        self.banned_until = self.clock.at + retry_after
        self.tries_at = self.clock.at + delay

    def teardown(self) -> None:
        self.folder.cleanup()


Restarting.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestRestarting = Restarting.TestCase
