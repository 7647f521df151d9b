"""Connects: three free ones, then ever slower, and a way back."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from modules.discord_api.gateway.reconnect_backoff import CAP_SECONDS, FREE_CONNECTS, WINDOW_SECONDS, ReconnectBackoff
from tests.clocks import FakeClock, longest, shortest


def storm(guard: ReconnectBackoff, clock: FakeClock, seconds: float) -> int:
    """Connects made against a gateway that closes at once, for so long."""
    ends_at, count = clock.at + seconds, 0
    while True:
        clock.pass_seconds(guard.next_delay())
        if clock.at > ends_at:
            return count
        count += 1


def test_three_connects_a_minute_are_free() -> None:
    guard = ReconnectBackoff(FakeClock(), longest)
    assert [guard.next_delay() for _ in range(5)] == [0, 0, 0, 2, 4]


def test_a_storm_of_closes_makes_at_most_five_connects_in_five_seconds() -> None:
    assert storm(ReconnectBackoff(clock := FakeClock(), shortest), clock, 5.0) == 5


def test_an_hour_of_it_makes_few_more_than_one_every_fifteen_seconds() -> None:
    assert storm(ReconnectBackoff(clock := FakeClock(), shortest), clock, 3600.0) <= 3600 / 15 + 8


def test_a_connection_that_lasted_ends_the_storm() -> None:
    guard = ReconnectBackoff(clock := FakeClock(), longest)
    storm(guard, clock, 30.0)
    clock.pass_seconds(WINDOW_SECONDS)
    guard.lasted()
    assert guard.next_delay() == 0.0


def test_a_streak_is_not_forgotten_just_because_its_waits_are_long() -> None:
    guard = ReconnectBackoff(clock := FakeClock(), longest)
    storm(guard, clock, 600.0)
    assert guard.next_delay() == CAP_SECONDS


def test_after_a_refusal_no_connect_is_free_until_one_lasted() -> None:
    guard = ReconnectBackoff(FakeClock(), longest)
    assert guard.next_delay() == 0.0
    guard.refused()
    assert guard.next_delay() == 2.0
    guard.refused()
    assert guard.next_delay() == 4.0
    assert guard.next_delay() == 8.0, "a connect that was answered is no connection that lasted"
    guard.lasted()
    guard.refused()
    assert guard.next_delay() == 2.0


class Connecting(RuleBasedStateMachine):
    """Any mixture of failures, long waits and lasting connections."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.draw = 0.0
        self.guard = ReconnectBackoff(self.clock, lambda low, high: low + self.draw * (high - low))
        self.made_at: list[float] = []
        self.lasted_at = self.clock.at

    @rule(draw=st.floats(0, 1))
    def connect(self, draw: float) -> None:
        self.draw = draw
        streak = self.guard.streak
        delay = self.guard.next_delay()
        ceiling = min(CAP_SECONDS, 2.0 ** (streak + 1))
        assert delay == 0.0 or ceiling / 2 <= delay <= ceiling
        self.clock.pass_seconds(delay)
        self.made_at.append(self.clock.at)

    @precondition(lambda self: self.made_at)
    @rule()
    def connect_is_refused(self) -> None:
        self.guard.refused()

    @rule(seconds=st.floats(0, 200))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    @precondition(lambda self: self.made_at)
    @rule()
    def connection_lasts(self) -> None:
        self.clock.pass_seconds(WINDOW_SECONDS)
        self.guard.lasted()
        self.lasted_at = self.clock.at

    @invariant()
    def never_more_than_the_free_ones_at_once(self) -> None:
        recent = [at for at in self.made_at if at > self.clock.at - 0.5]
        assert len(recent) <= FREE_CONNECTS


Connecting.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestConnecting = Connecting.TestCase
