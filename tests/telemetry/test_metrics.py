import math
import subprocess
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from modules.telemetry.metrics import Metrics
from modules.telemetry.snapshot import Count, Gauge, Phase
from tests.telemetry.fakes import Bench
from tests.tools import promtool

OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1"


@pytest.fixture
def busy(bench: Bench) -> Bench:
    recorder = bench.recorder
    recorder.set_phase(Phase.READY)
    recorder.gateway_latency(0.042)
    recorder.guild_count(12)
    recorder.gateway_event("MESSAGE_CREATE")
    recorder.command_finished("roll", "ok", 0.02)
    recorder.command_finished("roll", "error", 20.0)
    recorder.rest_request("POST", 200)
    recorder.rate_limited("user")
    recorder.rolled({6: 2}, "ok")
    recorder.gauge(Gauge.BACKOFF_SECONDS, 0)
    recorder.count(Count.MALFORMED_EVENTS)
    recorder.fault("log", "the disk is full")
    bench.second()
    return bench


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = parse_plain(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def test_the_charted_names_carry_what_was_recorded(busy: Bench) -> None:
    found = samples(Metrics(busy.latest).render()[0].decode())

    def value(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    assert value("discord_connected", shard="0") == 1
    assert value("discord_latency_seconds", shard="0") == 0.042
    assert value("discord_guilds") == 12
    assert value("discord_commands_total", command="roll", status="ok") == 1
    assert value("discord_command_duration_seconds_count") == 2
    assert value("discord_command_duration_seconds_sum") == pytest.approx(20.02)
    assert value("discord_command_duration_seconds_bucket", le="0.025") == 1
    assert value("discord_command_duration_seconds_bucket", le="10.0") == 1
    assert value("discord_command_duration_seconds_bucket", le="+Inf") == 2
    assert value("discord_http_requests_total", method="POST", status="200") == 1
    assert value("discord_ratelimits_total", scope="user") == 1
    assert value("discord_gateway_events_total", event="MESSAGE_CREATE") == 1
    assert value("discord_event_loop_lag_seconds_count") == 3
    assert value("discord_bot_info", version="0.1.0", commit="abc1234", python="3.11.9", discord_py="2.7.1") == 1
    assert value("nazh_rolls_total", outcome="ok") == 1
    assert value("nazh_dice_total", sides="6") == 2
    assert value("nazh_backoff_seconds") == 0
    assert value("nazh_malformed_events_total") == 1
    assert value("nazh_log_records_dropped_total") == 0
    assert value("nazh_fault", component="log") == 1


@pytest.mark.parametrize("name", ["\ud800", 5, None, "a" * 10, '"\\\n', [1]], ids=repr)
def test_no_label_can_cost_the_page(bench: Bench, name: Any) -> None:
    bench.recorder.gateway_event(name)
    bench.recorder.rate_limited(str(name))
    bench.recorder.command_finished(str(name), "ok", 0.1)
    bench.recorder.fault(str(name), "a trouble")
    bench.second()
    for accept in ("", OPENMETRICS):
        assert b"discord_gateway_events_total" in Metrics(bench.latest).render(accept)[0]
    found = samples(Metrics(bench.latest).render()[0].decode())
    assert found["discord_ratelimits_total", frozenset({("scope", "other")})] == 1
    if not isinstance(name, str):
        assert found["discord_gateway_events_total", frozenset({("event", "malformed")})] == 1


def test_what_is_unknown_has_no_sample(bench: Bench) -> None:
    found = samples(Metrics(bench.latest).render()[0].decode())
    assert not [name for name, _ in found if name in ("discord_latency_seconds", "discord_guilds")]
    assert not [name for (name, _), value in found.items() if math.isnan(value)]


def test_openmetrics_is_served_to_whoever_accepts_it(busy: Bench) -> None:
    body, content_type = Metrics(busy.latest).render(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    families = parse_openmetrics(body.decode())  # type: ignore[no-untyped-call]  # the library has no types here
    assert {family.name for family in families} >= {"discord_commands", "discord_bot"}
    assert Metrics(busy.latest).render("text/plain")[1].startswith("text/plain; version=0.0.4")


def test_a_snapshot_is_rendered_once_however_often_it_is_scraped(busy: Bench) -> None:
    metrics = Metrics(busy.latest)
    assert metrics.render()[0] is metrics.render()[0]
    before = metrics.render()[0]
    busy.second()
    assert metrics.render()[0] is not before


def test_two_registries_live_side_by_side(bench: Bench) -> None:
    assert Metrics(bench.latest).registry is not Metrics(Bench().latest).registry


def test_promtool_finds_nothing_to_complain_about(busy: Bench) -> None:
    text = Metrics(busy.latest).render()[0]
    checked = subprocess.run([promtool(), "check", "metrics"], input=text, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
