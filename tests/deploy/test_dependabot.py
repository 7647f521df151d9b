"""Updates are proposed for everything that is pinned."""

import subprocess
import sys
from typing import Any

import pytest

from tests.deploy.files import ROOT, load_yaml

PATH = ".github/dependabot.yml"
UPDATES: list[dict[str, Any]] = load_yaml(PATH)["updates"]
WATCHED = {
    (each["package-ecosystem"], folder)
    for each in UPDATES
    for folder in each.get("directories", [each.get("directory")])
}


def test_the_file_fits_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.dependabot", str(ROOT / PATH)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("ecosystem", "pattern"),
    [
        ("pip", "*requirements.in"),
        ("docker", "Dockerfile"),
        ("docker", "deploy/kubernetes/*.yaml"),
        ("docker-compose", "deploy/compose.yaml"),
        ("npm", "benchmarks/package.json"),
    ],
)
def test_every_folder_with_pins_is_watched(ecosystem: str, pattern: str) -> None:
    folders = {"/" + "/".join(path.relative_to(ROOT).parts[:-1]) for path in ROOT.glob(pattern)}
    assert folders
    assert {(ecosystem, folder) for folder in folders} <= WATCHED


def test_the_workflows_are_watched() -> None:
    """Dependabot finds them from the root."""
    assert ("github-actions", "/") in WATCHED
