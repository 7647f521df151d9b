"""The watchdog: what it says of a silent loop, when it gives up, and whom it spares."""

import io
import logging
import threading

import pytest

from modules.lifecycle import watchdog
from modules.lifecycle.watchdog import Watchdog
from modules.telemetry.latest import LatestSnapshot
from tests.clocks import FakeClock


class Kennel:
    """A watchdog that checks four times a second a snapshot holder whose beat the test controls."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.latest = LatestSnapshot(self.clock)
        self.given_up_at: list[float] = []
        self.dog = Watchdog(self.latest, 5.0, 120.0, lambda: self.given_up_at.append(self.clock.at), self.clock)

    def silent_for(self, seconds: float) -> None:
        for _ in range(int(seconds * 4)):
            self.clock.pass_seconds(0.25)
            self.dog.check(lambda: "File main.py, line 1, in hang")


@pytest.fixture
def kennel() -> Kennel:
    kennel = Kennel()
    kennel.latest.beat()
    return kennel


def test_a_silence_is_reported_once_with_what_the_loop_is_doing(
    kennel: Kennel, caplog: pytest.LogCaptureFixture
) -> None:
    kennel.silent_for(4.5)
    assert not caplog.records
    kennel.silent_for(60)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "in hang" in record.getMessage()


def test_each_silence_is_reported(kennel: Kennel, caplog: pytest.LogCaptureFixture) -> None:
    kennel.silent_for(10)
    kennel.latest.beat()
    kennel.silent_for(10)
    assert len(caplog.records) == 2


def test_a_loop_that_beats_is_never_given_up(kennel: Kennel, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        kennel.silent_for(4)
        kennel.latest.beat()
    assert not kennel.given_up_at
    assert not caplog.records


def test_a_loop_beyond_hope_is_given_up(kennel: Kennel) -> None:
    began_at = kennel.clock.at
    kennel.silent_for(119)
    assert not kennel.given_up_at
    kennel.silent_for(2)
    assert 120 <= kennel.given_up_at[0] - began_at <= 121


def test_a_process_that_was_suspended_is_spared(kennel: Kennel, caplog: pytest.LogCaptureFixture) -> None:
    kennel.silent_for(1)
    kennel.clock.pass_seconds(3600)
    kennel.silent_for(1)
    kennel.latest.beat()
    kennel.silent_for(4)
    assert not kennel.given_up_at
    assert not caplog.records


def test_before_the_first_beat_there_is_nothing_to_miss() -> None:
    kennel = Kennel()
    kennel.silent_for(300)
    assert not kennel.given_up_at


def test_the_thread_sees_the_stack_of_whom_it_watches(caplog: pytest.LogCaptureFixture) -> None:
    seen = threading.Event()
    latest = LatestSnapshot()
    latest.beat()
    dog = Watchdog(latest, 0.0, 0.0, seen.set)
    with dog.watching():
        assert seen.wait(10)
    assert "test_the_thread_sees_the_stack_of_whom_it_watches" in caplog.text
    assert not [thread for thread in threading.enumerate() if thread.name == "watchdog"]


def test_a_loop_that_hangs_within_the_log_is_given_up_all_the_same(
    kennel: Kennel, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watchdog, "LOG_SECONDS", 0.05)
    handler = logging.StreamHandler(io.StringIO())
    logging.getLogger("modules.lifecycle.watchdog").addHandler(handler)
    handler.acquire()
    try:
        kennel.silent_for(121)
        assert kennel.given_up_at
        assert "in hang" in capfd.readouterr().err
    finally:
        handler.release()
        for thread in threading.enumerate():
            if thread.name == "watchdog's voice":
                thread.join()  # what was held up is said now, and not in the middle of the next test
        logging.getLogger("modules.lifecycle.watchdog").removeHandler(handler)
