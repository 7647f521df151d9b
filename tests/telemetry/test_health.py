from datetime import timedelta

import pytest

from modules.telemetry.health import HealthProbes
from modules.telemetry.snapshot import Phase
from tests.telemetry.fakes import Bench


@pytest.fixture
def probes(bench: Bench) -> HealthProbes:
    return HealthProbes(bench.latest, unready_restart_seconds=900)


def test_a_start_is_alive_before_its_first_beat_but_not_for_ever(bench: Bench, probes: HealthProbes) -> None:
    assert probes.live().ok
    bench.time.seconds += 59
    assert probes.live().ok
    bench.time.seconds += 1
    assert not probes.live().ok


def test_a_hung_loop_is_dead_after_five_seconds_and_alive_when_it_goes_on(bench: Bench, probes: HealthProbes) -> None:
    bench.second()
    bench.time.seconds += 4.9
    assert probes.live().ok
    bench.time.seconds += 0.1
    assert not probes.live().ok
    assert probes.live().reasons == ("the event loop has been silent for 5 s",)
    assert not probes.ready().ok
    bench.recorder.beat()
    assert probes.live().ok


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.STANDBY, Phase.DRAINING])
def test_a_patient_phase_is_alive_however_long_it_lasts(bench: Bench, probes: HealthProbes, phase: Phase) -> None:
    bench.recorder.set_phase(phase)
    bench.second(2000)
    assert probes.live().ok
    assert not probes.ready().ok


def test_one_stuck_attempt_is_dead_after_the_set_time(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(Phase.CONNECTING)
    bench.second(899)
    assert probes.live().ok
    bench.second()
    assert not probes.live().ok
    assert HealthProbes(bench.latest, unready_restart_seconds=0).live().ok, "0 is never"


def test_an_outage_with_attempts_and_waits_stays_alive(bench: Bench, probes: HealthProbes) -> None:
    for _ in range(20):
        bench.recorder.set_phase(Phase.LOGGING_IN)
        bench.second(60)
        bench.recorder.set_phase(Phase.WAITING, until_at=bench.time.now() + timedelta(seconds=60))
        bench.second(60)
        assert probes.live().ok


@pytest.mark.parametrize("phase", list(Phase))
def test_only_the_ready_phase_is_ready_and_the_others_say_why(bench: Bench, probes: HealthProbes, phase: Phase) -> None:
    bench.recorder.set_phase(phase)
    bench.second()
    answer = probes.ready()
    assert answer.ok is (phase is Phase.READY)
    assert bool(answer.reasons) is not answer.ok


def test_a_wait_is_explained(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(
        Phase.WAITING, reason="rate-limited by Cloudflare", until_at=bench.time.now() + timedelta(minutes=3)
    )
    bench.second()
    assert probes.ready().reasons == ("waiting before the next attempt: rate-limited by Cloudflare (until 12:03 UTC)",)


def test_a_loop_that_is_blocked_for_seconds_is_alive_and_not_ready(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    bench.time.seconds += 4.0
    assert probes.live().ok
    assert probes.ready().reasons == ("the event loop has been silent for 4 s",)


def test_a_late_loop_is_not_ready(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    bench.time.seconds += 5.25
    bench.recorder.beat()
    bench.recorder.publish()
    assert probes.live().ok
    assert probes.ready().reasons == ("the event loop is 5 s late",)


def test_a_blocking_fault_is_not_ready_and_another_only_warns(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.fault("log", "the disk is full")
    bench.second()
    assert (probes.ready().ok, probes.ready().state) == (True, "warn")
    bench.recorder.fault("breaker", "too many refused requests", blocking=True)
    bench.second()
    assert (probes.ready().ok, probes.ready().state) == (False, "fail")


def test_a_fault_says_until_when_if_that_is_known(bench: Bench, probes: HealthProbes) -> None:
    bench.recorder.set_phase(Phase.READY)
    until_at = bench.time.now() + timedelta(minutes=123)
    bench.recorder.fault("global-limit", "rate-limited", blocking=True, until_at=until_at)
    bench.second()
    assert probes.ready().reasons == ("rate-limited (until 14:03 UTC)",)


def test_a_start_is_over_once_the_loop_beats_and_the_login_begins(bench: Bench, probes: HealthProbes) -> None:
    assert not probes.started().ok
    bench.second()
    assert not probes.started().ok
    bench.recorder.set_phase(Phase.WAITING, reason="Discord is down")
    bench.second()
    assert probes.started().ok, "an outage must not make a platform restart the start"
