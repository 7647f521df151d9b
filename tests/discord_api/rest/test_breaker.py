"""The breaker: opens in time, lets one probe through, closes when it may."""

from collections import deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from modules.discord_api.rest.breaker import Breaker, Passage, State, is_invalid
from tests.fake_clock import FakeClock

LIMIT, WINDOW_SECONDS, RECOVERY_SECONDS = 8, 600.0, 60.0


class BreakerMachine(RuleBasedStateMachine):
    """Requests come, wait, and are answered in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = Breaker(self.clock, LIMIT, WINDOW_SECONDS, RECOVERY_SECONDS)
        self.in_flight: list[Passage] = []
        self.refused_at: list[float] = []

    @rule(seconds=st.floats(0, 700))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    @rule(count=st.integers(1, 5))
    def requests_come(self, count: int) -> None:
        for _ in range(count):
            state = self.breaker.state
            passage = self.breaker.admit()
            assert (passage is Passage.REGULAR) == (state is State.CLOSED)
            if state is State.OPEN:
                assert passage is None
            if passage is not None:
                assert self.breaker.state is state
                self.in_flight.append(passage)

    @precondition(lambda self: self.in_flight)
    @rule(refused=st.booleans(), position=st.integers(0, 100))
    def an_answer_comes(self, refused: bool, position: int) -> None:
        passage = self.in_flight.pop(position % len(self.in_flight))
        was = self.breaker.state
        self.breaker.answered(passage, invalid=refused)
        if refused:
            self.refused_at.append(self.clock.now)
        if passage is Passage.PROBE:
            assert self.breaker.state is (State.OPEN if refused else State.CLOSED)
        elif was is State.CLOSED:
            opens = refused and self._counting() >= LIMIT
            assert self.breaker.state is (State.OPEN if opens else State.CLOSED)
        else:
            assert self.breaker.state is was, "a late answer to an old request decides nothing"

    @precondition(lambda self: self.in_flight)
    @rule(position=st.integers(0, 100))
    def a_request_dies(self, position: int) -> None:
        passage = self.in_flight.pop(position % len(self.in_flight))
        was = self.breaker.state
        self.breaker.abandoned(passage)
        assert self.breaker.state is was

    @invariant()
    def the_count_is_that_of_the_window(self) -> None:
        assert self.breaker.refused_count == self._counting()

    @invariant()
    def at_most_one_probe_is_out(self) -> None:
        assert self.in_flight.count(Passage.PROBE) <= 1

    @invariant()
    def it_never_locks_itself_out(self) -> None:
        if Passage.PROBE not in self.in_flight and self.breaker.state is not State.CLOSED:
            assert self.breaker.wait_seconds <= RECOVERY_SECONDS
        if self.breaker.state is State.CLOSED:
            assert self.breaker.wait_seconds == 0

    def _counting(self) -> int:
        return sum(at > self.clock.now - WINDOW_SECONDS for at in self.refused_at)


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)


def refuse(breaker: Breaker, count: int) -> None:
    passages = deque(breaker.admit() for _ in range(count))
    while passages:
        passage = passages.popleft()
        assert passage is not None
        breaker.answered(passage, invalid=True)


def test_it_opens_at_the_limit_and_not_one_before() -> None:
    breaker = Breaker(FakeClock(), limit=1_000)
    states = []
    for count in (999, 1):
        refuse(breaker, count)
        states.append(breaker.state)
    assert states == [State.CLOSED, State.OPEN]
    assert breaker.admit() is None


def test_an_hour_of_refused_probes_stays_far_below_what_discord_bans_for() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    refuse(breaker, 1_000)
    probe_count = 0
    for _ in range(3_600):
        clock.pass_by(1)
        if passage := breaker.admit():
            probe_count += 1
            breaker.answered(passage, invalid=True)
    assert 0 < probe_count <= 60
    assert breaker.refused_count < 100


def test_a_probe_that_dies_makes_room_for_another() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, limit=1)
    refuse(breaker, 1)
    clock.pass_by(60)
    probe = breaker.admit()
    assert probe is Passage.PROBE
    assert breaker.admit() is None
    assert breaker.wait_seconds > 0
    breaker.abandoned(probe)
    assert breaker.wait_seconds == 0
    assert breaker.admit() is Passage.PROBE


@pytest.mark.parametrize(
    ("status", "scope", "counts"),
    [
        (401, None, True),
        (403, None, True),
        (429, "user", True),
        (429, "global", True),
        (429, None, True),
        (429, "shared", False),
        (404, None, False),
        (200, None, False),
        (503, None, False),
    ],
)
def test_discord_counts_401_403_and_429_but_not_shared_limits(status: int, scope: str | None, counts: bool) -> None:
    assert is_invalid(status, scope) is counts
