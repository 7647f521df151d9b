"""How long an answer in one channel takes to leave."""

from contextlib import ExitStack

import pytest

from modules.runtime.channel_backlog import ChannelBacklog
from tests.runtime.fake_clock import FakeClock


def headers(remaining: int, reset_after: float, limit: int = 5) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
    }


@pytest.mark.parametrize(("pending", "wait"), [(0, 0.0), (4, 0.0), (5, 5.0), (9, 5.0), (10, 10.0), (15, 15.0)])
def test_before_discord_has_spoken_its_usual_limit_is_assumed(pending: int, wait: float) -> None:
    backlog = ChannelBacklog(FakeClock())
    with ExitStack() as stack:
        for _ in range(pending):
            stack.enter_context(backlog.answering(1))
        assert backlog.wait_seconds(1) == wait
        assert backlog.wait_seconds(2) == 0.0
    assert backlog.wait_seconds(1) == 0.0


def test_what_the_headers_say_counts_from_then_on() -> None:
    clock = FakeClock()
    backlog = ChannelBacklog(clock)
    backlog.learn(1, headers(remaining=0, reset_after=4.0))
    assert backlog.wait_seconds(1) == 4.0
    clock.pass_by(4)
    assert backlog.wait_seconds(1) == 0.0
    backlog.learn(2, headers(99_999, 1.0, limit=100_000))
    with ExitStack() as stack:
        for _ in range(2_000):
            stack.enter_context(backlog.answering(2))
        assert backlog.wait_seconds(2) == 0.0


@pytest.mark.parametrize(
    "nonsense", [{}, headers(1, 1.0, limit=0), {**headers(1, 1.0), "X-RateLimit-Limit": "many"}], ids=str
)
def test_nonsense_changes_nothing(nonsense: dict[str, str]) -> None:
    backlog = ChannelBacklog(FakeClock())
    backlog.learn(1, nonsense)
    assert backlog.wait_seconds(1) == 0.0


def test_idle_channels_are_forgotten_and_busy_ones_are_not() -> None:
    clock = FakeClock()
    backlog = ChannelBacklog(clock)
    for channel_id in (1, 2):
        backlog.learn(channel_id, headers(0, 5.0, limit=1))
    clock.pass_by(6)
    with backlog.answering(2):
        backlog.forget_idle()
        assert backlog.wait_seconds(2) == 5.0, "it still knows the limit of one"
        assert backlog.wait_seconds(1) == 0.0
        assert set(backlog._limits) == {2}
