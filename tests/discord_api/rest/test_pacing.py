"""Pacing: never faster than promised, every channel in its turn, nothing lost."""

import asyncio
from collections import Counter, deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from modules.discord_api.rest.pacing import BURST, MAX_IN_FLIGHT, FairQueue, Pacer, TokenBucket
from tests.fake_clock import FakeClock

RATE = 45.0
KEYS = ("a", "b", "c", "d")


class PacedQueue(RuleBasedStateMachine):
    """The queue and the bucket as the pacer drives them, against a plain model of both."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.bucket = TokenBucket(RATE, BURST)
        self.queue: FairQueue[tuple[str, int]] = FairQueue()
        self.model: dict[str, deque[int]] = {key: deque() for key in KEYS}
        self.in_flight: Counter[str] = Counter()
        self.left_at: list[float] = []
        self.served_since_wait: dict[str, Counter[str]] = {key: Counter() for key in KEYS}
        self.next_ticket = 0
        self.paused_until = 0.0

    @rule(key=st.sampled_from(KEYS), count=st.integers(1, 30))
    def requests_come(self, key: str, count: int) -> None:
        for _ in range(count):
            self.queue.push(key, (key, self.next_ticket))
            self.model[key].append(self.next_ticket)
            self.next_ticket += 1

    @rule(key=st.sampled_from(KEYS))
    def a_request_comes_and_goes_straight_through_if_it_may(self, key: str) -> None:
        nobody_waits = not any(self.model.values())
        has_token = self.bucket.seconds_until_token(self.clock.now) == 0
        has_room = self.in_flight[key] < MAX_IN_FLIGHT
        entered = self.queue.enter(key, self.bucket, self.clock.now)
        assert entered == (nobody_waits and has_token and has_room)
        if entered:
            assert self.clock.now >= self.paused_until
            self.in_flight[key] += 1
            self.left_at.append(self.clock.now)

    @rule(seconds=st.floats(0, 3))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    @rule()
    def the_pacer_waits_exactly_as_long_as_it_was_told(self) -> None:
        self.clock.pass_by(self.bucket.seconds_until_token(self.clock.now))
        assert self.bucket.seconds_until_token(self.clock.now) < 1e-9

    @rule()
    def whoever_may_leaves(self) -> None:
        while self.queue.has_turn and self.bucket.take(self.clock.now):
            key, ticket = self.queue.pop()
            assert ticket == self.model[key].popleft(), "a channel is first come, first served"
            self.in_flight[key] += 1
            self.left_at.append(self.clock.now)
            assert self.clock.now >= self.paused_until
            self.served_since_wait[key].clear()
            for other in KEYS:
                if other != key and self.model[other] and self.in_flight[other] < MAX_IN_FLIGHT:
                    self.served_since_wait[other][key] += 1
                    assert self.served_since_wait[other][key] <= 1, "nobody is served twice while another waits"

    @precondition(lambda self: any(self.in_flight.values()))
    @rule(pick=st.randoms(use_true_random=False))
    def an_answer_comes(self, pick: object) -> None:
        key = pick.choice([key for key in KEYS if self.in_flight[key]])  # type: ignore[attr-defined] # Random
        self.in_flight[key] -= 1
        self.served_since_wait[key].clear()
        self.queue.finished(key)

    @rule()
    def everybody_who_waits_is_sent_away(self) -> None:
        tickets = self.queue.clear()
        assert sorted(tickets) == sorted((key, number) for key in KEYS for number in self.model[key])
        for key in KEYS:
            self.model[key].clear()
            self.served_since_wait[key].clear()

    @rule(seconds=st.floats(0.1, 5))
    def the_global_limit_strikes(self, seconds: float) -> None:
        self.paused_until = max(self.paused_until, self.clock.now + seconds)
        self.bucket.drain(self.clock.now + seconds)

    @invariant()
    def no_second_sees_more_than_the_rate_and_the_burst(self) -> None:
        recent = [at for at in self.left_at if at > self.clock.now - 1.0]
        assert len(recent) <= RATE + BURST

    @invariant()
    def nothing_is_lost_and_the_count_is_right(self) -> None:
        assert self.queue.waiting_count == sum(map(len, self.model.values()))
        can_go = any(self.model[key] and self.in_flight[key] < MAX_IN_FLIGHT for key in KEYS)
        assert self.queue.has_turn == can_go

    @invariant()
    def no_channel_has_more_in_flight_than_allowed(self) -> None:
        assert max(self.in_flight.values(), default=0) <= MAX_IN_FLIGHT


TestPacedQueue = PacedQueue.TestCase
TestPacedQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_the_default_stays_below_discords_fifty_a_second() -> None:
    assert RATE + BURST < 50


async def test_requests_leave_at_the_rate_and_not_before() -> None:
    loop = asyncio.get_running_loop()
    pacer = Pacer(TokenBucket(200.0, 2.0), loop.time)
    begun_at = loop.time()
    left_at: list[float] = []

    async def request(key: str) -> None:
        await pacer.acquire(key)
        left_at.append(loop.time() - begun_at)
        pacer.release(key)

    await asyncio.gather(*(request(str(number % 7)) for number in range(42)))
    for number, at in enumerate(left_at):
        assert at >= (number - 2) / 200.0 - 1e-3, "a request left before its token was there"
    assert pacer.waiting_count == 0


async def test_a_pause_holds_everybody_back_for_its_length() -> None:
    loop = asyncio.get_running_loop()
    pacer = Pacer(TokenBucket(1_000.0, 4.0), loop.time)
    pacer.pause(0.2)
    begun_at = loop.time()
    await pacer.acquire("a")
    assert loop.time() - begun_at >= 0.2


async def test_a_flooded_channel_does_not_delay_another() -> None:
    clock = FakeClock()
    pacer = Pacer(TokenBucket(RATE, BURST), clock)
    flood = [asyncio.create_task(pacer.acquire("flooded")) for _ in range(1_000)]
    await asyncio.sleep(0)
    assert pacer.waiting_count == 1_000 - MAX_IN_FLIGHT
    quiet = asyncio.create_task(pacer.acquire("quiet"))
    await asyncio.sleep(0)
    assert quiet.done(), "it has room, and the burst was not used up by the three of another"
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)


async def test_a_request_cancelled_while_it_waits_gives_up_its_place() -> None:
    clock = FakeClock()
    pacer = Pacer(TokenBucket(RATE, BURST), clock)
    for _ in range(MAX_IN_FLIGHT):
        await pacer.acquire("a")
    waiting = asyncio.create_task(pacer.acquire("a"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    last = asyncio.create_task(pacer.acquire("a"))
    await asyncio.sleep(0)
    clock.pass_by(1)
    pacer.release("a")
    await asyncio.sleep(0)
    await asyncio.wait_for(last, 1)


async def test_a_request_cancelled_while_it_waits_costs_nobody_a_token() -> None:
    clock = FakeClock()
    pacer = Pacer(TokenBucket(1.0, 1.0), clock)
    await pacer.acquire("a")
    given_up, waiting = (asyncio.create_task(pacer.acquire(key)) for key in ("b", "c"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    clock.pass_by(1)
    pacer.release("a")
    await asyncio.sleep(0)
    assert waiting.done(), "the only token goes to whoever still wants it"
    assert pacer.waiting_count == 0


async def test_a_request_cancelled_just_after_its_turn_came_frees_it() -> None:
    pacer = Pacer(TokenBucket(1_000.0, 100.0))
    for _ in range(MAX_IN_FLIGHT):
        await pacer.acquire("a")
    unlucky = asyncio.create_task(pacer.acquire("a"))
    await asyncio.sleep(0)
    pacer.release("a")
    unlucky.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unlucky
    await asyncio.wait_for(pacer.acquire("a"), 1)


async def test_those_sent_away_fail_with_an_error_of_their_own_and_hold_no_place() -> None:
    pacer = Pacer(TokenBucket(1_000.0, 100.0))
    for _ in range(MAX_IN_FLIGHT):
        await pacer.acquire("a")
    waiting = [asyncio.create_task(pacer.acquire("a")) for _ in range(3)]
    await asyncio.sleep(0)
    pacer.refuse_waiting(lambda: ValueError("go away"))
    waiting[0].cancel()
    cancelled, *errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(cancelled, asyncio.CancelledError)
    assert [str(error) for error in errors] == ["go away", "go away"]
    assert errors[0] is not errors[1]
    assert pacer.waiting_count == 0
    last = asyncio.create_task(pacer.acquire("a"))
    await asyncio.sleep(0)
    assert not last.done(), "the channel is as full as before"
    pacer.release("a")
    await asyncio.wait_for(last, 1)
