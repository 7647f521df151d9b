"""What the recorder is told of whether an answer can leave in time."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.discord_api.rest.breaker import INVALID_LIMIT, Passage
from modules.discord_api.rest.guard import RestGuard
from modules.discord_api.rest.readiness import Readiness
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Fault
from tests.fake_clock import FakeClock

MAX_WAIT_SECONDS = 10.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def guard(clock: FakeClock) -> RestGuard:
    return RestGuard(Recorder(LatestSnapshot()), clock=clock, max_wait_seconds=MAX_WAIT_SECONDS)


def faults(guard: RestGuard) -> tuple[Fault, ...]:
    Readiness(guard).report()
    return guard.recorder.publish().faults


def only_fault(guard: RestGuard) -> Fault:
    (fault,) = faults(guard)
    return fault


def ends_in(fault: Fault, seconds: float) -> bool:
    assert fault.until_at is not None
    return abs(fault.until_at - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=30)


async def test_all_is_well_at_first(guard: RestGuard) -> None:
    assert faults(guard) == ()


async def test_a_pause_within_the_longest_wait_is_no_fault(guard: RestGuard) -> None:
    guard.pacer.pause(MAX_WAIT_SECONDS)
    assert faults(guard) == ()


async def test_a_longer_pause_is_one_until_answers_leave_in_time_again(guard: RestGuard, clock: FakeClock) -> None:
    guard.pacer.pause(387)
    fault = only_fault(guard)
    assert (fault.component, fault.blocking) == ("global-limit", True)
    assert ends_in(fault, 387)
    clock.pass_by(378)
    assert faults(guard) == ()


async def test_an_open_breaker_says_when_it_will_be_tried_again(guard: RestGuard) -> None:
    for _ in range(INVALID_LIMIT):
        guard.breaker.answered(Passage.REGULAR, invalid=True)
    fault = only_fault(guard)
    assert (fault.component, fault.blocking) == ("invalid-requests", True)
    assert ends_in(fault, guard.breaker.recovery_seconds)


async def test_a_doubted_token_blocks_for_nobody_knows_how_long(guard: RestGuard) -> None:
    guard.token_doubted.set()
    fault = only_fault(guard)
    assert (fault.component, fault.blocking, fault.until_at) == ("token", True, None)
    guard.token_doubted.clear()
    assert faults(guard) == ()


async def test_failing_sends_are_shown_first_and_block_once_they_last_longer_than_an_answer_may_wait(
    guard: RestGuard, clock: FakeClock
) -> None:
    guard.send_health.failed()
    clock.pass_by(1)
    assert faults(guard) == (), "one that fails for a moment is repeated before anybody notices"
    clock.pass_by(1)
    fault = only_fault(guard)
    assert (fault.component, fault.reason, fault.blocking) == ("failing-sends", "Discord took no answer for 2 s", False)
    clock.pass_by(MAX_WAIT_SECONDS - 2)
    assert only_fault(guard).blocking
    guard.send_health.succeeded()
    assert faults(guard) == ()


async def test_the_log_tells_once_when_answers_cannot_leave_and_when_they_can(
    guard: RestGuard, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    readiness = Readiness(guard)
    guard.send_health.failed()
    for _ in range(30):
        readiness.report()
        clock.pass_by(1)
    assert [record.message for record in caplog.records] == ["no answer can leave: Discord took no answer for 10 s"]
    guard.token_doubted.set()
    guard.send_health.succeeded()
    readiness.report()
    guard.token_doubted.clear()
    readiness.report()
    readiness.report()
    assert [record.message for record in caplog.records[1:]] == [
        "no answer can leave: Discord has refused the token; checking whether it still does",
        "answers can leave again",
    ]
