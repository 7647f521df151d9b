"""The compose file: the bot alone unless asked for more, and nothing that need not be open."""

import itertools
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from config import Config
from tests.deploy.files import DEPLOY, ROOT, load_yaml

COMPOSE: dict[str, Any] = load_yaml("deploy/compose.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]
BOT: dict[str, Any] = SERVICES["bot"]


def bind_mounts() -> list[str]:
    return [volume for service in SERVICES.values() for volume in service["volumes"] if volume.startswith(".")]


def test_the_file_fits_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "compose-spec",
        str(DEPLOY / "compose.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_bot_starts_unless_asked() -> None:
    assert [name for name, service in SERVICES.items() if not service.get("profiles")] == ["bot"]
    others = {name: service["profiles"] for name, service in SERVICES.items() if name != "bot"}
    watching = {name: ["observability"] for name in ("prometheus", "loki", "alloy", "grafana")}
    assert others == {"postgres": ["postgres"], **watching}


def test_the_bot_needs_none_of_the_others() -> None:
    assert "depends_on" not in BOT


def test_the_bot_is_locked_down() -> None:
    assert BOT["read_only"] is True
    assert BOT["cap_drop"] == ["ALL"]
    assert BOT["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "cap_add"} & set(BOT)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_port_is_open_on_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nobody_may_command_docker(name: str) -> None:
    assert "docker.sock" not in str(SERVICES[name])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"bot"}))
def test_images_are_pinned_to_a_version(name: str) -> None:
    version = SERVICES[name]["image"].rpartition(":")[2].lstrip("v")
    # PostgreSQL's versions have two numbers.
    assert [part.isdecimal() for part in version.split(".")] == [True] * (2 if name == "postgres" else 3)


def test_the_platform_waits_longer_than_the_drain() -> None:
    assert int(BOT["stop_grace_period"].rstrip("s")) > int(BOT["environment"]["SHUTDOWN_GRACE_SECONDS"]) + 10


def test_the_settings_are_settings_of_ours() -> None:
    assert {name.lower() for name in BOT["environment"]} <= set(Config.__dataclass_fields__)


def test_no_folder_of_a_checkout_reaches_the_container_by_way_of_its_env_file() -> None:
    example = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if line[:1].isupper()
    )
    folders = {name for name in example if name.endswith("_DIR")}
    assert folders == {"DATA_DIR", "LOG_DIR"}
    assert all(BOT["environment"][name].startswith("/data") for name in folders)


def test_what_is_mounted_is_there_and_read_only() -> None:
    assert len(bind_mounts()) == 5
    assert [mount for mount in bind_mounts() if not (DEPLOY / mount.split(":")[0]).is_dir()] == []
    assert [mount for mount in bind_mounts() if not mount.endswith(":ro")] == []


def test_only_the_bot_writes_its_data() -> None:
    users = {name: v for name, service in SERVICES.items() for v in service["volumes"] if v.startswith("data:")}
    assert users == {"bot": "data:/data", "alloy": "data:/data:ro"}


def test_the_bot_is_built_from_the_dockerfile_of_this_checkout() -> None:
    assert (DEPLOY / BOT["build"]["context"] / "Dockerfile").resolve() == ROOT / "Dockerfile"


@pytest.mark.parametrize("folder", ["README.md", "docs/operations.md"])
def test_docker_is_told_what_compose_is_told(folder: str) -> None:
    (command,) = re.findall(r"^docker run (.*?)\n```", (ROOT / folder).read_text(), re.MULTILINE | re.DOTALL)
    words = command.replace("\\\n", " ").split()
    given = dict(itertools.pairwise(words))
    (port,), (option,), (capability,) = BOT["ports"], BOT["security_opt"], BOT["cap_drop"]
    assert (given["--publish"], given["--restart"], given["--cap-drop"]) == (port, BOT["restart"], capability)
    assert given["--stop-timeout"] + "s" == BOT["stop_grace_period"]
    assert given["--security-opt"] + ":true" == option
    assert given["--volume"].endswith(":/data")
    assert given["--env"] == "DISCORD_TOKEN"
    assert "--read-only" in words
    assert words[-1] == BOT["image"]


def test_a_fault_that_only_a_person_can_mend_is_not_tried_for_ever() -> None:
    policy, _, attempts = BOT["restart"].partition(":")
    assert policy == "on-failure"
    assert int(attempts) <= 10


def test_an_exported_secret_wins_over_the_file_and_hides_nothing() -> None:
    names = [line for line in (DEPLOY / "exported.env").read_text().splitlines() if not line.startswith("#")]
    assert names == ["DISCORD_TOKEN", "DATABASE_URL"], (
        "a name without = is passed on if it is set, and left alone otherwise"
    )
    assert BOT["env_file"] == [{"path": "../.env", "required": False}, "exported.env"]
    assert not set(names) & set(BOT["environment"]), "that would hide the one in .env"


@pytest.mark.parametrize(("password", "started"), [("", False), ("chosen", True)])
def test_grafana_does_not_start_without_a_password_of_its_own(password: str, started: bool) -> None:
    grafana = SERVICES["grafana"]
    assert grafana["environment"]["GF_SECURITY_ADMIN_PASSWORD"] == "${GRAFANA_PASSWORD:-}"
    *shell, script = grafana["entrypoint"]
    script = script.replace("$$", "$").replace("/run.sh", "echo started")
    environ = {"PATH": os.environ["PATH"], "GF_SECURITY_ADMIN_PASSWORD": password}
    done = subprocess.run([*shell, script], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode == 0, done.stdout) == (started, "started\n" if started else "")
    assert ("GRAFANA_PASSWORD" in done.stderr) is not started
