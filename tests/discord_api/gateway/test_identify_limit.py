"""IDENTIFYs: spaced, spared, and never the last ones of the day."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from modules.discord_api.gateway.identify_limit import (
    CAP_SECONDS,
    LONGEST_LOOK_AHEAD_SECONDS,
    MARGIN_SECONDS,
    RESERVE,
    IdentifyLimiter,
)
from tests.clocks import FakeClock, longest, shortest


def test_the_first_goes_out_at_once() -> None:
    assert IdentifyLimiter(clock=FakeClock()).next_delay() == 0.0


def test_sessions_that_do_not_last_are_started_ever_more_rarely() -> None:
    limiter = IdentifyLimiter(5.0, clock=(clock := FakeClock()), uniform=shortest)
    delays = []
    for _ in range(10):
        limiter.identified()
        delays.append(limiter.next_delay() - MARGIN_SECONDS)
        clock.pass_seconds(delays[-1])
    assert delays[:5] == [5, 10, 20, 40, 80]
    assert delays[-1] == CAP_SECONDS


def test_a_day_of_invalid_sessions_does_not_spend_the_budget() -> None:
    limiter = IdentifyLimiter(5.0, clock=(clock := FakeClock()), uniform=shortest)
    ends_at, count = clock.at + 86_400, 0
    while clock.at < ends_at:
        clock.pass_seconds(limiter.next_delay())
        limiter.identified()
        count += 1
    assert count < 110


def test_a_session_that_lasted_starts_a_new_series() -> None:
    limiter = IdentifyLimiter(5.0, clock=(clock := FakeClock()), uniform=longest)
    for _ in range(4):
        limiter.identified()
    limiter.lasted()
    clock.pass_seconds(4.0)
    assert limiter.next_delay() == 1.0 + MARGIN_SECONDS


def test_the_reserve_is_never_spent() -> None:
    limiter = IdentifyLimiter(uniform=shortest)
    assert limiter.budget_delay(RESERVE + 1, 3600) == 0.0
    assert limiter.budget_delay(RESERVE, 600) == 600
    assert limiter.budget_delay(0, 600) == 600


def test_a_wait_for_the_budget_looks_again_every_hour() -> None:
    assert IdentifyLimiter(uniform=longest).budget_delay(0, 86_400) == LONGEST_LOOK_AHEAD_SECONDS


def test_a_budget_that_is_about_to_be_renewed_is_not_asked_for_in_a_loop() -> None:
    assert IdentifyLimiter(uniform=shortest).budget_delay(0, 0.0) >= 1.0


class Identifying(RuleBasedStateMachine):
    """A client that obeys the limiter, against Discord's own rules: a budget a day and one session in five seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.draw = 0.0
        self.limiter = IdentifyLimiter(5.0, clock=self.clock, uniform=lambda low, high: low + self.draw * (high - low))
        self.remaining, self.resets_at = 60, self.clock.at + 86_400
        self.last_at = float("-inf")

    @rule(draw=st.floats(0, 1))
    def identify(self, draw: float) -> None:
        self.draw = draw
        self.clock.pass_seconds(self.limiter.next_delay())
        while delay := self.limiter.budget_delay(*self.limit()):
            self.clock.pass_seconds(delay)
        assert self.clock.at - self.last_at >= 5.0 - 1e-6
        self.limiter.identified()
        self.remaining -= 1
        assert self.remaining >= RESERVE
        self.last_at = self.clock.at

    def limit(self) -> tuple[int, float]:
        if self.clock.at >= self.resets_at:
            self.remaining, self.resets_at = 60, self.clock.at + 86_400
        return self.remaining, self.resets_at - self.clock.at

    @rule(seconds=st.floats(0, 100_000))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_seconds(seconds)

    @rule()
    def session_lasts(self) -> None:
        self.limiter.lasted()


Identifying.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestIdentifying = Identifying.TestCase
