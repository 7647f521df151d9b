import math
from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import FAILURES_KEPT
from modules.telemetry.snapshot import Count, Gauge, Phase
from tests.telemetry.fakes import NOON, Bench


def test_the_first_snapshot_is_there_at_once(bench: Bench) -> None:
    snapshot = bench.latest.read()
    assert snapshot.phase is Phase.STARTING
    assert snapshot.latency_seconds is None
    assert snapshot.guild_count is None
    assert [entry.kind for entry in snapshot.timeline] == ["started"]


def test_reading_before_the_first_snapshot_is_an_error() -> None:
    with pytest.raises(LookupError):
        LatestSnapshot().read()


def test_a_published_snapshot_never_changes(bench: Bench) -> None:
    before = bench.recorder.publish()
    bench.recorder.command_finished("roll", "ok", 0.1)
    bench.recorder.rolled({6: 2}, "ok")
    bench.recorder.gauge(Gauge.PACING_QUEUE, 3)
    bench.second(5)
    assert not before.totals.commands
    assert not before.totals.dice
    assert Gauge.PACING_QUEUE not in before.gauges
    assert all(math.isnan(sample) for sample in before.history["commands_per_minute"].ten_minutes)
    with pytest.raises(FrozenInstanceError):
        before.phase = Phase.READY  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        before.history["commands_per_minute"].ten_minutes[0] = 1.0  # type: ignore[index]  # likewise


@pytest.mark.parametrize("latency", [None, math.nan, math.inf, -math.inf])
def test_a_latency_that_is_no_number_is_unknown(bench: Bench, latency: float | None) -> None:
    bench.recorder.gateway_latency(0.04)
    bench.recorder.gateway_latency(latency)
    assert bench.recorder.publish().latency_seconds is None


def test_commands_are_counted_and_timed(bench: Bench) -> None:
    for duration in (0.010, 0.020, 0.030, 0.040):
        bench.recorder.command_finished("roll", "ok", duration)
    bench.recorder.command_finished("roll", "error", 2.0, kind="Forbidden", incident="4f2a")
    bench.second()
    snapshot = bench.latest.read()
    assert snapshot.totals.commands == {("roll", "ok"): 4, ("roll", "error"): 1}
    assert snapshot.commands_per_minute == 5
    assert snapshot.error_ratio == pytest.approx(0.2)
    assert snapshot.command_percentiles.p50 == pytest.approx(0.030, rel=0.05)
    assert snapshot.command_percentiles.p99 == pytest.approx(2.0, rel=0.05)
    assert [(failure.kind, failure.incident) for failure in snapshot.failures] == [("Forbidden", "4f2a")]
    assert bench.latest.counters.get_sample_value("discord_command_duration_seconds_count") == 5


def test_rates_fade_and_the_error_ratio_forgets_after_five_minutes(bench: Bench) -> None:
    bench.recorder.command_finished("roll", "error", 0.1)
    bench.second(60)
    assert bench.latest.read().commands_per_minute == 1
    bench.second()
    assert bench.latest.read().commands_per_minute == 0
    assert bench.latest.read().error_ratio == 1
    bench.second(240)
    assert bench.latest.read().error_ratio is None
    assert bench.latest.read().command_percentiles.p50 is not None
    bench.second(310)
    assert bench.latest.read().command_percentiles.p50 is None


def test_only_the_last_failures_are_kept_newest_first(bench: Bench) -> None:
    for number in range(FAILURES_KEPT + 2):
        bench.recorder.command_finished("roll", "error", 0.1, kind=f"Kind{number}")
    kept = [failure.kind for failure in bench.recorder.publish().failures]
    assert kept == [f"Kind{number}" for number in range(FAILURES_KEPT + 1, 1, -1)]


def test_a_lag_of_somebody_elses_is_not_measured(bench: Bench) -> None:
    bench.recorder.measures_lag = False
    bench.time.seconds += 2
    bench.second()
    snapshot = bench.latest.read()
    assert snapshot.loop_lag_seconds is None
    assert bench.latest.counters.get_sample_value("discord_event_loop_lag_seconds_sum") == 0
    assert set(snapshot.history["loop_lag_seconds"].recent(60)) == {None}


def test_a_late_beat_is_lag_and_a_punctual_one_is_none(bench: Bench) -> None:
    bench.second()
    assert bench.latest.read().loop_lag_seconds == 0
    bench.time.seconds += 3.25
    bench.recorder.beat()
    bench.recorder.publish()
    assert bench.latest.read().loop_lag_seconds == pytest.approx(3.0)
    assert bench.latest.counters.get_sample_value("discord_event_loop_lag_seconds_sum") == pytest.approx(3.0)


def test_dice_of_unusual_size_share_one_row(bench: Bench) -> None:
    bench.recorder.rolled({6: 3, 20: 1, 7: 2, 1000: 5}, "ok")
    totals = bench.recorder.publish().totals
    assert totals.dice == {"6": 3, "20": 1, "other": 7}
    assert totals.rolls == {"ok": 1}


def test_labels_from_outside_cannot_grow_without_bound(bench: Bench) -> None:
    for number in range(1000):
        bench.recorder.gateway_event(f"EVENT_{number}")
        bench.recorder.command_finished(f"command{number}", "ok", 0.01)
        bench.recorder.rest_request(f"M{number}", number)
    totals = bench.recorder.publish().totals
    assert len(totals.gateway_events) <= 129
    assert len(totals.commands) <= 193
    assert {method for method, _ in totals.rest_requests} == {"OTHER"}
    assert sum(totals.gateway_events.values()) == sum(totals.commands.values()) == 1000


def test_429s_are_counted_for_ten_minutes(bench: Bench) -> None:
    bench.recorder.rest_request("POST", 429)
    bench.recorder.rest_request("POST", 200)
    bench.recorder.rate_limited("global")
    bench.second()
    assert bench.latest.read().recent_rate_limits == 1
    assert bench.latest.read().rest_per_minute == 2
    assert bench.latest.read().totals.rate_limits == {"global": 1}
    bench.second(600)
    assert bench.latest.read().recent_rate_limits == 0


def test_a_lost_connection_is_disconnected_until_it_resumes(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.gateway_latency(0.05)
    bench.recorder.disconnected()
    assert bench.recorder.publish().phase is Phase.DISCONNECTED
    assert bench.recorder.publish().latency_seconds is None
    bench.recorder.resumed()
    snapshot = bench.recorder.publish()
    assert snapshot.phase is Phase.READY
    assert snapshot.totals.counts[Count.RESUMES] == snapshot.totals.counts[Count.RECONNECTS] == 1
    assert [entry.kind for entry in snapshot.timeline] == ["resumed", "disconnected", "ready", "started"]


def test_a_new_session_after_a_loss_is_connecting_until_it_is_ready(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.disconnected()
    bench.recorder.connected()
    assert bench.recorder.publish().phase is Phase.CONNECTING


def test_losing_the_connection_while_draining_stays_draining(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.DRAINING)
    bench.recorder.disconnected()
    assert bench.recorder.publish().phase is Phase.DRAINING


def test_a_wait_tells_why_and_until_when_and_repeats_are_counted(bench: Bench) -> None:
    until_at = NOON + timedelta(minutes=15)
    for _ in range(3):
        bench.recorder.set_phase(Phase.WAITING, reason="rate-limited by Cloudflare", until_at=until_at)
        bench.recorder.set_phase(Phase.LOGGING_IN)
    bench.recorder.set_phase(Phase.WAITING, reason="rate-limited by Cloudflare", until_at=until_at)
    snapshot = bench.recorder.publish()
    assert (snapshot.phase_reason, snapshot.until_at) == ("rate-limited by Cloudflare", until_at)
    assert snapshot.timeline[0].text == "Waiting until 12:15 UTC: rate-limited by Cloudflare"
    assert snapshot.timeline[0].count == 4


def test_a_reason_is_one_short_line(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.WAITING, reason="line\nbreak\r\n" + "x" * 500)
    reason = bench.recorder.publish().phase_reason
    assert reason is not None
    assert reason.startswith("line break xxx")
    assert len(reason) == 160


def test_unready_time_counts_one_attempt_and_no_announced_wait(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.CONNECTING)
    bench.second(30)
    assert bench.latest.read().unready_seconds == pytest.approx(30)
    bench.recorder.set_phase(Phase.WAITING, reason="outage", until_at=bench.time.now() + timedelta(seconds=60))
    bench.second(50)
    assert bench.latest.read().unready_seconds == 0
    bench.second(40)
    assert bench.latest.read().unready_seconds == pytest.approx(30, abs=2), "a wait that never ends is an attempt too"
    bench.recorder.set_phase(Phase.READY)
    bench.second(1000)
    assert bench.latest.read().unready_seconds == 0


def test_gauges_forget_what_is_not_known_any_more(bench: Bench) -> None:
    bench.recorder.gauge(Gauge.IDENTIFY_REMAINING, 998)
    assert bench.recorder.publish().gauges[Gauge.IDENTIFY_REMAINING] == 998
    bench.recorder.gauge(Gauge.IDENTIFY_REMAINING, math.nan)
    assert bench.recorder.publish().gauges == {Gauge.BACKOFF_SECONDS: 0}, "no wait is on: that is known"


def test_totals_kept_elsewhere_are_taken_over(bench: Bench) -> None:
    bench.recorder.count(Count.MALFORMED_EVENTS)
    bench.recorder.count(Count.MALFORMED_EVENTS, 2)
    bench.recorder.count_total(Count.LOG_RECORDS_DROPPED, 17)
    counts = bench.recorder.publish().totals.counts
    assert counts[Count.MALFORMED_EVENTS] == 3
    assert counts[Count.LOG_RECORDS_DROPPED] == 17


def test_a_fault_stands_until_it_is_taken_back(bench: Bench) -> None:
    bench.recorder.fault("invalid-requests", "Discord refused too many requests", blocking=True)
    assert [fault.component for fault in bench.recorder.publish().faults] == ["invalid-requests"]
    bench.recorder.fault("invalid-requests", None)
    assert bench.recorder.publish().faults == ()


def test_a_snapshot_says_what_this_connection_does(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)
    bench.recorder.guild_count(7)
    bench.recorder.gateway_event("MESSAGE_CREATE")
    bench.second()
    shard = bench.latest.read()
    assert (shard.shard_id, shard.shard_count, shard.phase, shard.guild_count) == (0, 1, Phase.READY, 7)
    assert shard.events_per_minute == 1
    assert shard.last_event_at == NOON
