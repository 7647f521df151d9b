"""The compose file: the bot alone unless asked for more, and nothing that need not be open."""

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
    assert others == {name: ["observability"] for name in ("prometheus", "loki", "alloy", "grafana")}


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
    assert [part.isdecimal() for part in version.split(".")] == [True] * 3


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
