"""The backoff across restarts: kept, believed only while plausible, and never the cause of a failure."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import PLAUSIBLE_SECONDS, BackoffRecord
from modules.lifecycle.state_place import FilePlace
from tests.clocks import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_700_000_000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "backoff.json"


@pytest.fixture
def record(path: Path, clock: FakeClock) -> BackoffRecord:
    return BackoffRecord(FilePlace(path), clock)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


async def test_a_restart_has_what_is_left_of_the_wait(record: BackoffRecord, clock: FakeClock) -> None:
    await record.keep(Backoff(attempt_count=7), 900)
    clock.pass_seconds(300)
    restarted = Backoff()
    assert await record.restore(restarted) == 600
    assert restarted.attempt_count == 7


async def test_the_count_of_failures_outlives_the_wait_by_an_hour(record: BackoffRecord, clock: FakeClock) -> None:
    await record.keep(Backoff(attempt_count=7), 10)
    clock.pass_seconds(600)
    assert await record.restore(soon := Backoff()) == 0.0
    clock.pass_seconds(3600)
    assert await record.restore(late := Backoff()) == 0.0
    assert (soon.attempt_count, late.attempt_count) == (7, 0)


async def test_a_wait_of_more_than_four_hours_is_not_believed(
    record: BackoffRecord, caplog: pytest.LogCaptureFixture
) -> None:
    await record.keep(Backoff(attempt_count=1), PLAUSIBLE_SECONDS + 1)
    assert await record.restore(backoff := Backoff()) == 0.0
    assert backoff.attempt_count == 0
    assert caplog.messages == ["ignored backoff.json: its wait is not believable"]


@pytest.mark.parametrize("jump", [-86_400, -3600, -1])
async def test_a_clock_set_back_does_not_lengthen_the_wait(
    record: BackoffRecord, clock: FakeClock, jump: float
) -> None:
    await record.keep(Backoff(attempt_count=1), 60)
    clock.pass_seconds(jump)
    assert await record.restore(Backoff()) == 60


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
async def test_a_damaged_file_is_as_good_as_none(
    record: BackoffRecord, path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(path, text.encode())
    assert await record.restore(backoff := Backoff()) == 0.0
    assert backoff.attempt_count == 0
    assert caplog.messages == ["ignored backoff.json: it is damaged"]


async def test_a_file_that_is_no_text_is_as_good_as_none(record: BackoffRecord, path: Path) -> None:
    put(path, b"\xff\xfe\x00{")
    assert await record.restore(Backoff()) == 0.0


async def test_no_file_is_no_news(record: BackoffRecord, caplog: pytest.LogCaptureFixture) -> None:
    assert await record.restore(Backoff()) == 0.0
    assert not caplog.records


async def test_a_file_that_cannot_be_read_is_told(
    record: BackoffRecord, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(path / "file", b"")
    assert await record.restore(Backoff()) == 0.0
    assert caplog.messages == ["ignored backoff.json: Is a directory"]


async def test_forgetting_is_for_good_and_can_be_done_twice(record: BackoffRecord) -> None:
    await record.keep(Backoff(attempt_count=3), 60)
    await record.forget()
    await record.forget()
    assert await record.restore(Backoff()) == 0.0


async def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    await BackoffRecord(FilePlace(tmp_path / "file" / "backoff.json")).keep(Backoff(), 1)
    assert "cannot keep backoff.json" in caplog.text


async def test_a_write_that_fails_leaves_the_old_file_whole(
    record: BackoffRecord, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record.keep(Backoff(attempt_count=2), 100)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    await record.keep(Backoff(attempt_count=3), 200)
    assert await record.restore(backoff := Backoff()) == 100
    assert backoff.attempt_count == 2
    assert [each.name for each in path.parent.iterdir()] == ["backoff.json"]


class Restarting(RuleBasedStateMachine):
    """Failures, restarts and a ban that a request within it would make longer."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock(1_700_000_000.0)
        self.record = BackoffRecord(FilePlace(Path(self.folder.name) / "backoff.json"), self.clock)
        self.start()

    def start(self) -> None:
        self.backoff = Backoff(uniform=lambda low, _high: low)
        self.tries_at = self.clock.at + self.runner.run(self.record.restore(self.backoff))
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
        self.runner.run(self.record.keep(self.backoff, delay))
        self.banned_until = self.clock.at + retry_after
        self.tries_at = self.clock.at + delay

    def teardown(self) -> None:
        self.runner.close()
        self.folder.cleanup()


Restarting.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestRestarting = Restarting.TestCase
