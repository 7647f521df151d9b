"""The Render Blueprint."""

from typing import Any

import pytest

from tests.deploy.files import ROOT, SCHEMAS, faults_of, load_json, load_yaml

BLUEPRINT = load_yaml("render.yaml")
SCHEMA = load_json(SCHEMAS / "render.json")
SERVICE: dict[str, Any] = BLUEPRINT["services"][0]
ENVIRONMENT = {variable["key"]: variable for variable in SERVICE["envVars"]}


def test_it_fits_the_published_fields() -> None:
    assert faults_of(BLUEPRINT, SCHEMA) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"healthCheckInterval": 30},
        {"plan": "huge"},
        {"maxShutdownDelaySeconds": 301},
        {"autoDeployTrigger": True},
        {"envVars": [{"key": "A", "value": "b", "sync": False}]},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_the_schema_can_refuse(broken: dict[str, object]) -> None:
    assert faults_of({"services": [{**SERVICE, **broken}]}, SCHEMA)


def test_the_token_is_asked_for_and_never_written_down() -> None:
    assert ENVIRONMENT["DISCORD_TOKEN"] == {"key": "DISCORD_TOKEN", "sync": False}


def test_it_is_one_web_service_from_the_dockerfile() -> None:
    assert (SERVICE["type"], SERVICE["runtime"], SERVICE["numInstances"]) == ("web", "docker", 1)
    assert (ROOT / SERVICE["dockerfilePath"]).exists()
    assert SERVICE["healthCheckPath"] == "/healthz"


def test_the_platform_waits_longer_than_the_drain() -> None:
    assert SERVICE["maxShutdownDelaySeconds"] > int(ENVIRONMENT["SHUTDOWN_GRACE_SECONDS"]["value"])


def test_a_copy_without_checks_is_deployed_too() -> None:
    assert SERVICE["autoDeployTrigger"] == "commit"


def test_the_plan_does_not_sleep_and_its_cost_is_told() -> None:
    assert SERVICE["plan"] == "starter"
    for name in ("README.md", "docs/operations.md"):
        text = " ".join((ROOT / name).read_text().split())
        assert "`starter`" in text
        assert "US dollars a month" in text
    assert "](https://render.com/deploy)" in (ROOT / "README.md").read_text()
