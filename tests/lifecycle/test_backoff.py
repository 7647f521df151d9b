from hypothesis import given
from hypothesis import strategies as st

from modules.lifecycle.backoff import Backoff


def longest(_low: float, high: float) -> float:
    return high


def shortest(low: float, _high: float) -> float:
    return low


def test_the_ceiling_doubles_until_the_cap() -> None:
    backoff = Backoff(base_seconds=1, cap_seconds=10, uniform=longest)
    assert [backoff.next_delay() for _ in range(6)] == [1, 2, 4, 8, 10, 10]


def test_reset_starts_a_new_series() -> None:
    backoff = Backoff(base_seconds=1, cap_seconds=100, uniform=longest)
    backoff.next_delay()
    backoff.next_delay()
    backoff.reset()
    assert backoff.next_delay() == 1
    assert backoff.attempt_count == 1


def test_a_demanded_wait_is_kept_even_when_jitter_draws_nothing() -> None:
    assert Backoff(uniform=shortest).next_delay(at_least_seconds=3600) == 3600


def test_jitter_comes_on_top_of_a_demanded_wait() -> None:
    assert Backoff(base_seconds=2, uniform=longest).next_delay(at_least_seconds=30) == 32


def test_thousands_of_failures_do_not_overflow() -> None:
    assert Backoff(cap_seconds=300, uniform=longest, attempt_count=100_000).next_delay() == 300


@given(st.integers(0, 5000), st.floats(0, 86_400), st.floats(0.01, 10), st.floats(10, 3600))
def test_every_wait_lies_between_the_demand_and_demand_plus_cap(
    attempts: int, demand: float, base: float, cap: float
) -> None:
    backoff = Backoff(base_seconds=base, cap_seconds=cap, attempt_count=attempts)
    assert demand <= backoff.next_delay(demand) <= demand + cap
