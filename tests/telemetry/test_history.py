import math
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter

from modules.telemetry.counters import BoundedCounter, Counters
from modules.telemetry.history import (
    MINUTES_KEPT,
    RECENT_SECONDS,
    SECONDS_KEPT,
    TRACKS,
    Fold,
    History,
    Series,
    Track,
    mean,
    peak,
)
from modules.telemetry.quantiles import DurationWindow
from tests.telemetry.fakes import Bench


@given(st.integers(0, 3 * SECONDS_KEPT))
def test_a_series_keeps_the_newest_in_order(sample_count: int) -> None:
    series, samples = Series(peak), [float(number) for number in range(sample_count)]
    for sample in samples:
        series.add(sample)
    kept, seconds = samples[-SECONDS_KEPT:], series.frozen().ten_minutes
    assert len(seconds) == SECONDS_KEPT
    assert list(seconds[SECONDS_KEPT - len(kept) :]) == kept
    assert all(math.isnan(sample) for sample in seconds[: SECONDS_KEPT - len(kept)])
    for count in range(1, 70):
        assert series.last(count) == kept[-count:]


@pytest.mark.parametrize(("fold", "expected"), [(mean, 29.5), (peak, 59.0)])
def test_sixty_seconds_become_a_minute(fold: Fold, expected: float) -> None:
    series = Series(fold)
    for second in range(60):
        series.add(float(second))
    assert series.frozen().day[MINUTES_KEPT - 1] == expected
    assert math.isnan(series.frozen().day[MINUTES_KEPT - 2])


def test_a_held_up_loop_leaves_a_gap_in_delays_and_a_plateau_in_rates() -> None:
    history = History()
    samples: dict[str, float | None] = dict.fromkeys(TRACKS, 6.0)
    history.add(samples, 5)
    assert history.last("commands_per_minute", 10) == [6.0] * 5
    assert history.last("latency_seconds", 10) == [6.0]


def test_a_loop_held_up_for_a_week_costs_no_more_than_ten_minutes() -> None:
    history = History()
    history.add(dict.fromkeys(TRACKS, 1.0), 7 * 24 * 3600)
    assert history.last("commands_per_minute", SECONDS_KEPT) == [1.0] * SECONDS_KEPT


def test_unknown_samples_become_none_and_never_nan() -> None:
    track = History().frozen()["latency_seconds"]
    assert track.recent(60) == (None,) * 60
    assert track.busiest(96) == track.average(96) == (None,) * 96
    assert track.recent_average() is None


def lived(seconds: int, *, burst: int, height: float = 60.0) -> Mapping[str, Track]:
    """Every track after so long a life, 0 throughout but for one second."""
    history = History()
    for second in range(seconds):
        history.add(dict.fromkeys(TRACKS, height if second == burst else 0.0), 1)
    return history.frozen()


def test_ten_minutes_keep_the_worst_of_a_delay() -> None:
    recent = lived(RECENT_SECONDS, burst=305)["loop_lag_seconds"].recent(60)
    assert [(step, value) for step, value in enumerate(recent) if value] == [(30, 60.0)]


def test_a_rate_is_that_of_the_minute_before_each_step() -> None:
    recent = lived(RECENT_SECONDS, burst=305)["commands_per_minute"].recent(60)
    assert [step for step, value in enumerate(recent) if value == 1.0] == [30, 31, 32, 33, 34, 35]
    assert sum(value or 0 for value in recent) == 6.0


def test_one_command_in_the_first_second_is_not_sixty_a_minute() -> None:
    track = lived(1, burst=0)["commands_per_minute"]
    assert (track.last_minute(), track.recent(60)[-1]) == (1.0, 1.0)
    assert track.recent(60)[:-1] == (None,) * 59
    assert History().frozen()["commands_per_minute"].last_minute() is None


def test_a_day_keeps_the_worst_minute_of_each_quarter_of_an_hour() -> None:
    day = lived(3600, burst=30)["commands_per_minute"].busiest(96)
    assert day == (*(None,) * 92, 1.0, 0.0, 0.0, 0.0)


def test_a_long_life_needs_no_more_memory_than_a_short_one(bench: Bench) -> None:
    def sizes() -> set[tuple[int, int]]:
        tracks = bench.recorder.publish().history.values()
        return {(len(track.ten_minutes), len(track.day)) for track in tracks}

    bench.second(10)
    for _ in range(3 * SECONDS_KEPT):
        bench.recorder.command_finished("roll", "ok", 0.1)
        bench.second()
    assert sizes() == {(SECONDS_KEPT, MINUTES_KEPT)}


def test_a_bounded_counter_counts_everything_in_few_rows() -> None:
    counter = BoundedCounter(Counter("letters", "Letters.", ["letter"], registry=None), 2)
    for label in ("a", "b", "c", "d", "a"):
        counter.add(label)
    assert counter.frozen_single() == {"a": 2, "b": 1, "other": 2}


def test_a_label_that_is_not_known_is_counted_as_other() -> None:
    counter = BoundedCounter(Counter("sizes", "Sizes.", ["sides"], registry=None), 9, known={"6", "20"})
    for label in ("6", "7", "8", "20", "6"):
        counter.add(label)
    assert counter.frozen_single() == {"6": 2, "20": 1, "other": 2}


def test_the_overflow_keeps_the_further_labels() -> None:
    counter = BoundedCounter(Counter("things", "Things.", ["name", "status"], registry=None), 1)
    for name in ("a", "b", "c"):
        counter.add(name, "ok")
    assert counter.frozen() == {("a", "ok"): 1, ("other", "ok"): 2}


def test_a_histogram_sorts_its_bounds_inclusively() -> None:
    registry = CollectorRegistry()
    counters = Counters(registry)
    for lag_seconds in (1.0, 1.01, 2.5, 10.01):
        counters.lag_seconds.observe(lag_seconds)
    name = "discord_event_loop_lag_seconds"
    buckets = [registry.get_sample_value(f"{name}_bucket", {"le": le}) for le in ("0.5", "1.0", "2.5", "10.0", "+Inf")]
    assert buckets == [0, 1, 3, 3, 4]
    assert registry.get_sample_value(f"{name}_sum") == pytest.approx(14.52)


@given(st.lists(st.floats(1e-4, 100), min_size=1, max_size=300))
def test_a_quantile_is_right_to_five_per_cent_and_they_are_in_order(durations: list[float]) -> None:
    window = DurationWindow()
    for duration in durations:
        window.observe(duration, at=0.0)
    found = window.percentiles(at=0.0)
    ordered = sorted(durations)
    for share, quantile in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        true = ordered[math.ceil(share * len(ordered) - 1e-9) - 1]
        assert quantile == pytest.approx(true, rel=0.051)
    values = [value for value in (found.p50, found.p95, found.p99) if value is not None]
    assert all(low <= high for low, high in pairwise(values))


def test_the_window_forgets_after_ten_minutes_and_holds_little() -> None:
    window = DurationWindow()
    for second in range(5000):
        window.observe(second % 7 / 10 + 0.001, at=float(second))
    assert len(window._slots) <= 61
    assert window.percentiles(at=5000.0).p50 is not None
    assert window.percentiles(at=5700.0).p50 is None
    assert not window._merged
