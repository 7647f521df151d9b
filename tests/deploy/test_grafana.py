"""The dashboards: what Grafana reads is what the tables say, and every query can be run."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.files import DEPLOY, load_json, load_yaml
from tests.deploy.promtool import promtool
from tests.deploy.test_prometheus import named, series

GRAFANA = DEPLOY / "grafana"
TABLES = sorted(GRAFANA.glob("*.toml"))
DASHBOARDS: list[dict[str, Any]] = [load_json(path) for path in sorted((GRAFANA / "dashboards").glob("*.json"))]
PANELS = [panel for dashboard in DASHBOARDS for panel in dashboard["panels"] if panel["type"] != "row"]
SOURCES = load_yaml("deploy/grafana/provisioning/datasources/datasources.yaml")["datasources"]
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


def queries(kind: str) -> list[str]:
    targets = [target for panel in PANELS for target in panel["targets"]]
    return [target["expr"] for target in targets if target["datasource"]["type"] == kind]


def filled_in(query: str) -> str:
    """The query as Grafana sends it."""
    for variable, value in VARIABLES.items():
        query = query.replace(variable, value)
    assert "$" not in query, query
    return query


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.stem))
def test_the_json_is_what_the_table_says(table: Path) -> None:
    render = runpy.run_path(str(GRAFANA / "build.py"))["render"]
    written = (GRAFANA / "dashboards" / f"{table.stem}.json").read_text()
    assert written == render(table), "run: python deploy/grafana/build.py"


def test_every_dashboard_has_a_table() -> None:
    assert {table.stem for table in TABLES} == {path.stem for path in (GRAFANA / "dashboards").glob("*.json")}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: str(dashboard["uid"]))
def test_panels_are_numbered_once_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
def test_each_panel_asks_a_provisioned_source_and_explains_itself(panel: dict[str, Any]) -> None:
    known = {(source["type"], source["uid"]) for source in SOURCES}
    assert panel["description"].endswith(".")
    assert panel["targets"]
    assert {(t["datasource"]["type"], t["datasource"]["uid"]) for t in panel["targets"]} <= known


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{i}", "expr": filled_in(query)} for i, query in enumerate(queries("prometheus"))]
    assert rules
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("check", "rules", tmp_path / "panels.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("query", queries("prometheus"))
def test_each_query_reads_metrics_we_have(query: str) -> None:
    assert named(query)
    assert named(query) <= series()


def test_the_dashboard_shows_every_metric_of_ours() -> None:
    shown = {name for query in queries("prometheus") for name in named(query)}
    ours = {name for name in series() if name.startswith(("discord_", "nazh_"))}
    hidden = {name for name in ours - shown if not re.search(r"_(count|sum)$", name)}
    assert not hidden, "give each a panel in deploy/grafana/nazh-engine.toml and run deploy/grafana/build.py"


def test_the_provider_and_compose_agree_on_the_folder() -> None:
    (provider,) = load_yaml("deploy/grafana/provisioning/dashboards/dashboards.yaml")["providers"]
    grafana = load_yaml("deploy/compose.yaml")["services"]["grafana"]
    folder = provider["options"]["path"]
    assert f"./grafana/dashboards:{folder}:ro" in grafana["volumes"]
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.parent == Path(folder)
    assert (GRAFANA / "dashboards" / home.name).exists()
