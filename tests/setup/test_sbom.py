"""`make sbom`: a valid CycloneDX document of what the image installs, and of nothing else."""

import json
import shutil
from pathlib import Path

import pytest

from tests.setup.checkout import Checkout, wanted
from tests.tools import ROOT, made_by_make


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout.create(tmp_path)
    shutil.copy(ROOT / "pyproject.toml", checkout.root)
    return checkout


def test_it_lists_what_the_image_installs(checkout: Checkout) -> None:
    """The tool checks its own output against the schema of CycloneDX."""
    tools = made_by_make("build/audit-venv", "setup-audit")
    made = checkout.make("sbom", "--assume-old=setup-audit", f"AUDIT={tools}")
    assert made.returncode == 0, made.stderr
    sbom = json.loads((checkout.root / "build" / "sbom.cdx.json").read_text())
    assert (sbom["bomFormat"], sbom["metadata"]["component"]["name"]) == ("CycloneDX", "nazh-engine")
    assert {each["name"].lower(): each["version"] for each in sbom["components"]} == wanted(
        (ROOT / "requirements.txt").read_text()
    )
    assert all(each["purl"].startswith("pkg:pypi/") for each in sbom["components"])
    assert len(sbom["dependencies"]) == len(sbom["components"]) + 1
