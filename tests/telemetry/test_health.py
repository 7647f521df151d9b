from datetime import timedelta

import pytest

from modules.telemetry import Phase
from modules.telemetry.health import Examiner
from tests.telemetry.fakes import Bench


@pytest.fixture
def examiner(bench: Bench) -> Examiner:
    return Examiner(bench.latest, unready_restart_seconds=900)


def test_a_start_is_alive_before_its_first_beat_but_not_for_ever(bench: Bench, examiner: Examiner) -> None:
    assert examiner.live().ok
    bench.time.seconds += 59
    assert examiner.live().ok
    bench.time.seconds += 1
    assert not examiner.live().ok


def test_a_hung_loop_is_dead_after_five_seconds_and_alive_when_it_goes_on(bench: Bench, examiner: Examiner) -> None:
    bench.second()
    bench.time.seconds += 4.9
    assert examiner.live().ok
    bench.time.seconds += 0.1
    assert not examiner.live().ok
    assert examiner.live().reasons == ("the event loop has been silent for 5 s",)
    assert not examiner.ready().ok
    bench.recorder.beat()
    assert examiner.live().ok


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.STANDBY, Phase.DRAINING])
def test_a_patient_phase_is_alive_however_long_it_lasts(bench: Bench, examiner: Examiner, phase: Phase) -> None:
    bench.recorder.set_phase(phase)
    bench.second(2000)
    assert examiner.live().ok
    assert not examiner.ready().ok


def test_one_stuck_attempt_is_dead_after_the_set_time(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(Phase.CONNECTING)
    bench.second(899)
    assert examiner.live().ok
    bench.second()
    assert not examiner.live().ok
    assert Examiner(bench.latest, unready_restart_seconds=0).live().ok, "0 is never"


def test_an_outage_with_attempts_and_waits_stays_alive(bench: Bench, examiner: Examiner) -> None:
    for _ in range(20):
        bench.recorder.set_phase(Phase.LOGGING_IN)
        bench.second(60)
        bench.recorder.set_phase(Phase.WAITING, until_at=bench.time.now() + timedelta(seconds=60))
        bench.second(60)
        assert examiner.live().ok


@pytest.mark.parametrize("phase", list(Phase))
def test_only_the_ready_phase_is_ready_and_the_others_say_why(bench: Bench, examiner: Examiner, phase: Phase) -> None:
    bench.recorder.set_phase(phase)
    bench.second()
    answer = examiner.ready()
    assert answer.ok is (phase is Phase.READY)
    assert bool(answer.reasons) is not answer.ok


def test_a_wait_is_explained(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(
        Phase.WAITING, reason="rate-limited by Cloudflare", until_at=bench.time.now() + timedelta(minutes=3)
    )
    bench.second()
    assert examiner.ready().reasons == (
        "waiting before the next attempt: rate-limited by Cloudflare (until 12:03 UTC)",
    )


def test_a_loop_that_is_blocked_for_seconds_is_alive_and_not_ready(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    bench.time.seconds += 4.0
    assert examiner.live().ok
    assert examiner.ready().reasons == ("the event loop has been silent for 4 s",)


def test_a_late_loop_is_not_ready(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    bench.time.seconds += 5.25
    bench.recorder.beat()
    bench.recorder.publish()
    assert examiner.live().ok
    assert examiner.ready().reasons == ("the event loop is 5 s late",)


def test_a_blocking_fault_is_not_ready_and_another_only_warns(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.fault("log", "the disk is full")
    bench.second()
    assert (examiner.ready().ok, examiner.ready().state) == (True, "warn")
    bench.recorder.fault("breaker", "too many refused requests", blocking=True)
    bench.second()
    assert (examiner.ready().ok, examiner.ready().state) == (False, "fail")


def test_a_fault_says_until_when_if_that_is_known(bench: Bench, examiner: Examiner) -> None:
    bench.recorder.set_phase(Phase.READY)
    until_at = bench.time.now() + timedelta(minutes=123)
    bench.recorder.fault("global-limit", "rate-limited", blocking=True, until_at=until_at)
    bench.second()
    assert examiner.ready().reasons == ("rate-limited (until 14:03 UTC)",)


def test_a_start_is_over_once_the_loop_beats_and_the_login_begins(bench: Bench, examiner: Examiner) -> None:
    assert not examiner.started().ok
    bench.second()
    assert not examiner.started().ok
    bench.recorder.set_phase(Phase.WAITING, reason="Discord is down")
    bench.second()
    assert examiner.started().ok, "an outage must not make a platform restart the start"
