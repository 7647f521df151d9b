"""Scraping and alerts, judged by promtool; and every metric they name is one we have."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from modules.telemetry.recorder import Recorder
from tests.deploy.files import DEPLOY, load_yaml
from tests.deploy.promtool import promtool

RULES = DEPLOY / "prometheus" / "rules.yaml"
TESTS = DEPLOY / "prometheus" / "rules.test.yaml"
ALERTS: list[dict[str, Any]] = load_yaml("deploy/prometheus/rules.yaml")["groups"][0]["rules"]
OTHERS = {"up"}
"""Metrics that Prometheus itself writes."""
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "info": ("_info",), "gauge": ("",)}


def exposed() -> Iterator[Metric]:
    latest = LatestSnapshot()
    Recorder(latest).publish()
    yield from Metrics(latest).registry.collect()


def series() -> set[str]:
    return {metric.name + suffix for metric in exposed() for suffix in SUFFIXES[metric.type]}


def named(text: str) -> set[str]:
    """Every metric of ours that a text names."""
    return set(re.findall(r"\b(?:discord|nazh|process|python)_[a-z0-9_]+\b", text))


def test_prometheus_can_read_its_configuration() -> None:
    done = promtool("check", "config", DEPLOY / "prometheus" / "prometheus.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alerts_fire_when_they_should_and_only_then() -> None:
    done = promtool("test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", [alert["alert"] for alert in ALERTS])
def test_each_alert_is_among_those_proved(alert: str, tmp_path: Path) -> None:
    """An alert that never fires makes the proof fail."""
    muted = load_yaml("deploy/prometheus/rules.yaml")
    for rule in muted["groups"][0]["rules"]:
        rule["expr"] = "vector(0) > 1" if rule["alert"] == alert else rule["expr"]
    (tmp_path / RULES.name).write_text(yaml.safe_dump(muted))
    (tmp_path / TESTS.name).write_text(TESTS.read_text())
    done = promtool("test", "rules", tmp_path / TESTS.name)
    assert done.returncode != 0
    assert alert in done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_each_alert_reads_metrics_we_have(alert: dict[str, Any]) -> None:
    ours, others = named(alert["expr"]), OTHERS & set(re.findall(r"\w+", alert["expr"]))
    assert ours | others
    assert ours <= series()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_each_alert_says_what_is_seen_and_what_to_do(alert: dict[str, Any]) -> None:
    assert set(alert["annotations"]) == {"summary", "action"}
    assert alert["labels"]["severity"] in {"critical", "warning"}


def test_prometheus_can_read_its_configuration_with_a_token(tmp_path: Path) -> None:
    text = (DEPLOY / "prometheus" / "prometheus.yaml").read_text()
    with_token = re.sub(r"^    # (authorization:|  \w+:)", r"    \1", text, flags=re.MULTILINE)
    (scrape,) = yaml.safe_load(with_token)["scrape_configs"]
    assert scrape["authorization"] == {"type": "Bearer", "credentials_file": "metrics-token"}
    (tmp_path / "metrics-token").write_text("scrape-me-please")
    shutil.copy(DEPLOY / "prometheus" / "rules.yaml", tmp_path)
    (tmp_path / "prometheus.yaml").write_text(with_token)
    done = promtool("check", "config", tmp_path / "prometheus.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
