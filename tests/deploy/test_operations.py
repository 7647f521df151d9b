"""docs/operations.md says what the code does: every table in it is compared with its source."""

import re
from itertools import product
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from config import settings
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.shutdown import SIGNALS
from modules.telemetry.health import GRACE_SECONDS, HUNG_SECONDS, HealthProbes
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from modules.telemetry.recorder import Recorder
from tests.browser.scenes import SCENES
from tests.deploy.files import ROOT, load_yaml
from web_server import create_app

TEXT = (ROOT / "docs" / "operations.md").read_text()
ALERTS: list[dict[str, Any]] = load_yaml("deploy/prometheus/rules.yaml")["groups"][0]["rules"]


def section(heading: str) -> str:
    """The text under a heading, up to the next of any level."""
    return re.split(r"^#+ ", TEXT.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(heading: str) -> list[str]:
    rows = [line for line in section(heading).splitlines() if line.startswith("| ")]
    return [row.split("|")[1].strip() for row in rows[1:]]


def test_every_alert_is_explained() -> None:
    assert first_cells("Alerts") == [alert["alert"] for alert in ALERTS]


def test_every_exit_code_is_explained() -> None:
    told = {int(code) for cell in first_cells("Exit codes") for code in cell.split(",")}
    aside = {int(code) for code in re.findall(r"\b\d\d\b", section("Exit codes").rpartition("|")[2])}
    assert told & aside == set()
    assert told | aside == {int(code) for code in ExitCode} | {128 + signum for signum in SIGNALS}


def test_every_path_named_is_served() -> None:
    latest = LatestSnapshot()
    routes = {rule.rule for rule in create_app(latest, Metrics(latest)).url_map.iter_rules()}
    named = set(re.findall(r"`(/[a-z/]+)`", section("Health")))
    assert named <= routes
    assert {"/healthz", "/livez", "/readyz", "/startupz", "/api/status", "/metrics"} == named


@pytest.mark.parametrize(
    "seconds", [HUNG_SECONDS, GRACE_SECONDS, HealthProbes(LatestSnapshot()).unready_restart_seconds]
)
def test_the_deadlines_of_liveness_are_the_real_ones(seconds: float) -> None:
    assert re.search(rf"\b{seconds:.0f} s\b", section("Health"))


def test_links_and_files_named_exist() -> None:
    targets = re.findall(r"\]\((?!http|#)([^)#]+)", TEXT)
    files = re.findall(r"`((?:deploy|docs)/[\w./-]+\w)`", TEXT)
    assert targets
    assert files
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_headings_linked_to_exist() -> None:
    slugs = {
        re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= slugs


def test_every_metric_is_explained() -> None:
    latest = LatestSnapshot()
    Recorder(latest)
    families = {family.name for family in parse(Metrics(latest).render()[0].decode())}
    named = set(re.findall(r"`((?:discord|nazh)_\w+)", section("Metrics")))
    assert named, "the table is read"
    ours = {name for name in families if not name.startswith("process_")}
    unexplained = {name for name in ours if not any(each.startswith(name) for each in named)}
    assert not unexplained, "explain each in docs/operations.md, under Metrics"
    assert {each for each in named if not any(each.startswith(name) for name in ours)} == set()


@pytest.mark.parametrize("heading", ["The dashboard", "Idling"])
def test_the_settings_named_are_settings_with_these_defaults(heading: str) -> None:
    rows = [line.split("|") for line in section(heading).splitlines() if line.startswith("| `")]
    known = settings()
    assert rows
    for row in rows:
        setting = known[row[1].strip(" `")]
        if heading == "Idling":
            assert row[2].strip(" `") == (setting.default or setting.otherwise.strip("`"))


def test_every_verdict_is_pictured_on_both_screens_in_both_schemes() -> None:
    text, folder = (ROOT / "docs" / "dashboard.md").read_text(), ROOT / "docs" / "images" / "dashboard"
    shown = set(re.findall(r'src="images/dashboard/([\w-]+\.png)"', text))
    kinds = product(SCENES, ("desktop", "phone"), ("dark", "light"))
    assert shown == {f"{name}-{screen}-{scheme}.png" for name, screen, scheme in kinds}
    assert shown == {path.name for path in folder.iterdir()}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_000_000
    for name in SCENES:
        told = text.split(f"## {name.capitalize()}\n", 1)[1].split("\n## ", 1)[0]
        assert "**Do:**" in told
