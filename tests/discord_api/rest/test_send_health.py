"""What the latest sends say about the next."""

from modules.discord_api.rest.send_health import FORGOTTEN_SECONDS, SendHealth
from tests.fake_clock import FakeClock


def test_failing_lasts_from_the_first_failure_to_the_next_success() -> None:
    clock = FakeClock()
    health = SendHealth(clock)
    assert health.failing_seconds == 0
    for _ in range(3):
        health.failed()
        clock.pass_by(5)
    assert health.failing_seconds == 15
    health.succeeded()
    assert health.failing_seconds == 0
    health.failed()
    clock.pass_by(1)
    assert health.failing_seconds == 1


def test_a_failure_long_ago_says_nothing_of_now() -> None:
    clock = FakeClock()
    health = SendHealth(clock)
    health.failed()
    clock.pass_by(FORGOTTEN_SECONDS)
    assert health.failing_seconds == FORGOTTEN_SECONDS
    clock.pass_by(1)
    assert health.failing_seconds == 0
    health.failed()
    clock.pass_by(1)
    assert health.failing_seconds == 1, "it begins anew"
