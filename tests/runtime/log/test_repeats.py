"""Lines that come by the thousand: one a minute a kind, and none uncounted."""

from hypothesis import given
from hypothesis import strategies as st

from modules.runtime.log.repeats import PERIOD_SECONDS, Repeats
from tests.runtime.clocks import FakeClock


def test_the_first_is_written_and_the_others_are_counted() -> None:
    repeats = Repeats(clock := FakeClock())
    assert [repeats.is_first("a") for _ in range(5000)].count(True) == 1
    assert repeats.is_first("b")
    assert list(repeats.due()) == []
    clock.pass_seconds(PERIOD_SECONDS)
    assert list(repeats.due()) == [("a", 4999)]
    assert list(repeats.due()) == []


def test_a_kind_that_goes_on_is_told_once_a_minute_and_one_that_ends_is_forgotten() -> None:
    repeats = Repeats(clock := FakeClock())
    assert repeats.is_first("a")
    for _ in range(3):
        assert not repeats.is_first("a")
        clock.pass_seconds(PERIOD_SECONDS)
        assert list(repeats.due()) == [("a", 1)]
    clock.pass_seconds(PERIOD_SECONDS)
    assert list(repeats.due()) == []
    assert repeats.is_first("a")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=60))
def test_every_one_is_told_or_counted(happenings: list[tuple[str, float]]) -> None:
    repeats, lines, counted = Repeats(clock := FakeClock()), 0, 0
    for kind, seconds in happenings:
        lines += repeats.is_first(kind)
        clock.pass_seconds(seconds)
        counted += sum(count for _, count in repeats.due())
    clock.pass_seconds(PERIOD_SECONDS)
    counted += sum(count for _, count in repeats.due())
    assert lines + counted == len(happenings)
