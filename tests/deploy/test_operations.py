"""docs/operations.md says what the code does: every table in it is compared with its source."""

import re
import signal
from typing import Any

import pytest

from modules.runtime.exit_codes import ExitCode
from modules.telemetry.board import Board
from modules.telemetry.health import GRACE_SECONDS, HUNG_SECONDS, Examiner
from modules.telemetry.metrics import Metrics
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
    assert told | aside == {int(code) for code in ExitCode} | {128 + signal.SIGTERM, 128 + signal.SIGINT}


def test_every_path_named_is_served() -> None:
    board = Board()
    routes = {rule.rule for rule in create_app(board, Metrics(board)).url_map.iter_rules()}
    named = set(re.findall(r"`(/[a-z/]+)`", section("Health")))
    assert named <= routes
    assert {"/healthz", "/livez", "/readyz", "/startupz", "/api/status", "/metrics"} == named


@pytest.mark.parametrize("seconds", [HUNG_SECONDS, GRACE_SECONDS, Examiner(Board()).unready_restart_seconds])
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
