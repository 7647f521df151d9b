from collections.abc import Callable
from datetime import timedelta

import pytest

from modules.telemetry.snapshot import Gauge, Memory, Phase
from modules.telemetry.status import summary_of
from tests.telemetry.fakes import MEBIBYTE, Bench


@pytest.mark.parametrize(
    ("phase", "text", "tone"),
    [
        (Phase.STARTING, "Starting", "calm"),
        (Phase.LOGGING_IN, "Starting: logging in to Discord", "calm"),
        (Phase.CONNECTING, "Starting: connecting to Discord", "calm"),
        (Phase.READY, "Operational", "good"),
        (Phase.WAITING, "Waiting", "warn"),
        (Phase.STANDBY, "Standby", "calm"),
        (Phase.DISCONNECTED, "Disconnected: trying to reach Discord again", "bad"),
        (Phase.DRAINING, "Draining", "calm"),
        (Phase.STOPPED, "Stopped", "bad"),
    ],
)
def test_every_phase_has_its_words_and_colour(bench: Bench, phase: Phase, text: str, tone: str) -> None:
    bench.recorder.set_phase(phase)
    bench.second()
    summary = summary_of(bench.latest)
    assert (summary.text, summary.tone) == (text, tone)
    assert summary.answer.endswith(".")


def test_a_wait_says_until_when_and_why(bench: Bench) -> None:
    until_at = bench.time.now() + timedelta(minutes=123)
    bench.recorder.set_phase(Phase.WAITING, reason="rate-limited by Cloudflare", until_at=until_at)
    bench.second()
    assert summary_of(bench.latest).text == "Waiting until 14:03 UTC: rate-limited by Cloudflare"


def test_a_bot_that_was_ready_before_is_disconnected_while_it_connects(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.set_phase(Phase.CONNECTING)
    bench.second()
    assert summary_of(bench.latest).word == "Disconnected"


def test_a_hung_loop_outdoes_every_phase(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    bench.time.seconds += 12
    summary = summary_of(bench.latest)
    assert summary.text == "Not responding: the event loop has been silent for 12 s"
    assert summary.answer == "Players are not answered."


def late(bench: Bench) -> None:
    bench.time.seconds += 2.25
    bench.recorder.beat()
    bench.recorder.publish()


def failing(bench: Bench) -> None:
    for _ in range(3):
        bench.recorder.command_finished("roll", "error", 0.1)
    bench.recorder.command_finished("roll", "ok", 0.1)
    bench.second()


def limited(bench: Bench) -> None:
    for _ in range(30):
        bench.recorder.rest_request("POST", 429)
    bench.second()


def slow(bench: Bench) -> None:
    bench.recorder.gateway_latency(1.2)
    bench.second()


def queueing(bench: Bench) -> None:
    bench.recorder.gauge(Gauge.PACING_WAIT_SECONDS, 4)
    bench.second()


def full(bench: Bench) -> None:
    bench.memory = Memory(480 * MEBIBYTE, 512 * MEBIBYTE)
    bench.second()


def complaining(bench: Bench) -> None:
    bench.recorder.fault("log", "the log's disk is full")
    bench.second()


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (late, "the event loop is 2.0 s late"),
        (failing, "75 % of commands fail"),
        (limited, "rate-limited 30 times in ten minutes"),
        (slow, "Discord answers slowly"),
        (queueing, "answers queue up"),
        (full, "94 % of the memory is used"),
        (complaining, "the log's disk is full"),
    ],
)
def test_each_trouble_degrades_and_says_why(bench: Bench, trouble: Callable[[Bench], None], reason: str) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    assert summary_of(bench.latest).text == "Operational"
    trouble(bench)
    assert (summary_of(bench.latest).text, summary_of(bench.latest).tone) == (f"Degraded: {reason}", "warn")


def test_a_blocking_fault_means_that_nobody_is_answered(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.fault("breaker", "Discord refused too many requests", blocking=True)
    bench.second()
    summary = summary_of(bench.latest)
    assert (summary.tone, summary.answer) == ("bad", "Players are not answered.")


def test_blocking_faults_say_until_when_nobody_is_answered_if_that_is_known(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    until_at = bench.time.now() + timedelta(minutes=123)
    bench.recorder.fault("limit", "rate-limited", blocking=True, until_at=until_at)
    bench.recorder.fault("ban", "banned", blocking=True, until_at=until_at - timedelta(minutes=1))
    bench.recorder.fault("log", "the disk is full")
    bench.second()
    assert summary_of(bench.latest).text == "Degraded until 14:03 UTC: rate-limited; banned; the disk is full"
    bench.recorder.fault("token", "refused", blocking=True)
    bench.second()
    assert summary_of(bench.latest).headline == "Degraded", "nobody knows when the last of them ends"


def test_two_errors_are_no_alarm(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    for _ in range(2):
        bench.recorder.command_finished("roll", "error", 0.1)
    bench.second()
    assert summary_of(bench.latest).word == "Operational"
