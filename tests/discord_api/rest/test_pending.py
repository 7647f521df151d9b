"""How long an answer in one channel takes to leave."""

from contextlib import AbstractContextManager, ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.discord_api.rest.pending import PendingAnswers
from tests.fake_clock import FakeClock


def headers(remaining: int, reset_after: float, limit: int = 5) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
    }


def test_before_discord_has_spoken_no_limit_is_assumed() -> None:
    answers = PendingAnswers(FakeClock())
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(answers.answering(1))
        assert answers.wait_seconds(1) == 0.0


@pytest.mark.parametrize(("pending", "wait"), [(0, 0.0), (4, 0.0), (5, 5.0), (9, 5.0), (10, 10.0), (15, 15.0)])
def test_a_channel_not_heard_of_yet_is_taken_to_be_as_the_last_one(pending: int, wait: float) -> None:
    answers = PendingAnswers(FakeClock())
    answers.learn(9, headers(remaining=4, reset_after=5.0))
    with ExitStack() as stack:
        for _ in range(pending):
            stack.enter_context(answers.answering(1))
        assert answers.wait_seconds(1) == wait
        assert answers.wait_seconds(2) == 0.0
    assert answers.wait_seconds(1) == 0.0


def test_what_the_headers_say_counts_from_then_on() -> None:
    clock = FakeClock()
    answers = PendingAnswers(clock)
    answers.learn(1, headers(remaining=0, reset_after=4.0))
    assert answers.wait_seconds(1) == 4.0
    clock.pass_by(4)
    assert answers.wait_seconds(1) == 0.0
    answers.learn(2, headers(99_999, 1.0, limit=100_000))
    with ExitStack() as stack:
        for _ in range(2_000):
            stack.enter_context(answers.answering(2))
        assert answers.wait_seconds(2) == 0.0


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        headers(0, 1.0, limit=0),
        {**headers(0, 1.0), "X-RateLimit-Limit": "many"},
        {**headers(0, 1.0), "X-RateLimit-Reset-After": "NaN"},
    ],
    ids=str,
)
def test_an_answer_without_a_limit_that_makes_sense_ends_the_one_before(nonsense: dict[str, str]) -> None:
    answers = PendingAnswers(FakeClock())
    answers.learn(1, headers(remaining=0, reset_after=4.0))
    answers.learn(1, nonsense)
    for channel_id in (1, 2):
        assert answers.wait_seconds(channel_id) == 0.0


def test_no_channel_waits_for_longer_than_a_minute_for_its_limit() -> None:
    answers = PendingAnswers(FakeClock())
    answers.learn(1, headers(remaining=0, reset_after=1e9))
    assert answers.wait_seconds(1) == 60.0


def test_idle_channels_are_forgotten_and_busy_ones_are_not() -> None:
    clock = FakeClock()
    answers = PendingAnswers(clock)
    for channel_id in (1, 2):
        answers.learn(channel_id, headers(0, 5.0, limit=1))
    clock.pass_by(6)
    with answers.answering(2):
        answers.forget_idle()
        assert answers.wait_seconds(2) == 5.0, "it still knows the limit of one"
        assert set(answers._limits) == {2}


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=60))
def test_the_foreseen_place_is_that_of_taking_turns(steps: list[tuple[bool, int]]) -> None:
    answers = PendingAnswers(FakeClock())
    open_now: dict[int, list[AbstractContextManager[None]]] = {channel_id: [] for channel_id in range(1, 5)}
    for comes, channel_id in steps:
        if comes:
            answer = answers.answering(channel_id)
            answer.__enter__()
            open_now[channel_id].append(answer)
        elif open_now[channel_id]:
            open_now[channel_id].pop().__exit__(None, None, None)
        for each, own in open_now.items():
            turns = len(own) + 1
            assert answers.ahead_of(each) == sum(min(len(answers), turns) for answers in open_now.values())


async def entered(answers: PendingAnswers, count: int) -> None:
    for _ in range(count):
        await answers.enter_window(1)


def ticking() -> tuple[FakeClock, PendingAnswers]:
    clock = FakeClock()

    async def sleep(seconds: float) -> None:
        clock.pass_by(seconds)

    return clock, PendingAnswers(clock, sleep)


async def test_without_a_stated_limit_nothing_waits_for_a_window() -> None:
    clock, answers = ticking()
    before = clock()
    await entered(answers, 100)
    assert clock() == before


async def test_no_more_requests_are_on_their_way_than_the_window_has_room_for() -> None:
    clock, answers = ticking()
    before = clock()
    answers.learn(1, headers(remaining=3, reset_after=5.0))
    await entered(answers, 3)
    assert clock() == before
    await answers.enter_window(1)
    assert clock() == before + 5.0, "the fourth belongs to the next window"
    await answers.enter_window(2)
    assert clock() == before + 5.0, "another channel has its own"


async def test_answers_that_overtake_each_other_make_no_room() -> None:
    clock, answers = ticking()
    before = clock()
    answers.learn(1, headers(remaining=2, reset_after=5.0))
    await entered(answers, 2)
    for remaining in (0, 1):
        answers.learn(1, headers(remaining=remaining, reset_after=5.0))
        answers.leave_window(1)
    await answers.enter_window(1)
    assert clock() == before + 5.0


async def test_a_new_window_takes_one_windows_worth_until_something_is_heard_of_it() -> None:
    clock, answers = ticking()
    answers.learn(1, headers(remaining=0, reset_after=5.0))
    clock.pass_by(5)
    before = clock()
    await entered(answers, 5)
    assert clock() == before

    answers.leave_window(1)
    answers.learn(1, headers(remaining=4, reset_after=5.0))
    assert clock() == before
    await answers.enter_window(1)
    assert clock() > before + 4, "four of its five are on their way, and it has told of one"
