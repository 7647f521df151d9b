"""The hosted checks: valid, pinned, and with no more rights than they need."""

import re
import subprocess
import sys
from typing import Any

import pytest

from tests.deploy.files import ROOT, load_yaml

PATH = ".github/workflows/ci.yml"
WORKFLOW: dict[Any, Any] = load_yaml(PATH)
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def commands(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


@pytest.mark.parametrize("schema", ["github-workflows", "github-workflows-require-timeout"])
def test_the_workflow_fits_its_schema(schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / PATH)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_may_only_read() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not [name for name, job in JOBS.items() if "permissions" in job]


@pytest.mark.parametrize("job", sorted(JOBS))
def test_every_action_is_pinned_to_a_commit(job: str) -> None:
    used = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)] == []


def test_the_suite_runs_on_every_python_we_promise_and_skips_nothing() -> None:
    assert JOBS["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    (step,) = [step for step in JOBS["test"]["steps"] if step.get("run") == "make test"]
    assert step["env"] == {"REQUIRE_ALL_TOOLS": "1"}
    assert "REQUIRE_ALL_TOOLS=1 exec make test" in (ROOT / ".ci" / "run").read_text()


def test_the_image_is_built_and_the_dependencies_audited() -> None:
    assert "make image" in commands("image")
    assert "make audit" in commands("audit")
    for pins in ("requirements.txt", "requirements-dev.txt"):
        assert f"pip-audit --strict --require-hashes --disable-pip -r {pins}" in (ROOT / "Makefile").read_text()
