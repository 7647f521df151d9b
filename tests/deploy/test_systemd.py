"""The systemd unit: judged by systemd itself where it is installed, and in step with what the process does."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from config import Config
from modules.lifecycle.exit_codes import ExitCode
from tests.deploy.files import DEPLOY, ROOT
from tests.tools import find

UNIT = DEPLOY / "systemd" / "nazh-engine.service"
HOME = "/opt/nazh-engine"
DEFAULTS = Config.from_env({"DISCORD_TOKEN": "a.b.c"})


def entries() -> dict[str, list[str]]:
    """Every value by its name; a name may come more than once."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text().splitlines():
        name, _, value = line.partition("=")
        if value or line.endswith("="):
            found[name].append(value)
    return found


ENTRIES = entries()
ENVIRONMENT = dict(pair.split("=", 1) for line in ENTRIES["Environment"] for pair in line.split())


def one(name: str) -> str:
    (value,) = ENTRIES[name]
    return value


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [find("systemd-analyze", "apt-get install systemd"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_can_read_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace(f"{HOME}/.venv/bin/python", sys.executable).replace(HOME, str(ROOT)))
    done = analyze("verify", unit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_can_refuse_it(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("WatchdogSec=150", "WatchdogSeconds=150"))
    assert "'WatchdogSeconds'" in analyze("verify", unit).stderr


def test_systemd_finds_little_exposed() -> None:
    """Of 10.0, which is everything, at most 2.0; the threshold is in tenths."""
    done = analyze("security", "--offline=true", "--threshold=20", UNIT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_starts_what_is_there() -> None:
    program, script = one("ExecStart").split()
    assert program == f"{HOME}/.venv/bin/python"
    assert one("WorkingDirectory") == HOME
    assert (ROOT / script).is_file()


def test_it_is_ready_when_it_says_so_and_watched_by_its_heartbeat() -> None:
    assert (one("Type"), one("NotifyAccess")) == ("notify", "main")
    assert int(one("WatchdogSec")) > DEFAULTS.watchdog_exit_seconds


def test_what_only_a_person_can_mend_is_not_restarted() -> None:
    assert one("Restart") == "on-failure"
    assert one("RestartPreventExitStatus") == str(int(ExitCode.CONFIG))


def test_the_platform_waits_longer_than_the_drain() -> None:
    assert int(one("TimeoutStopSec")) > DEFAULTS.shutdown_grace_seconds + 10


def test_only_the_state_folder_can_be_written() -> None:
    assert (one("ProtectSystem"), one("ProtectHome"), one("DynamicUser")) == ("strict", "yes", "yes")
    assert ENVIRONMENT["DATA_DIR"] == f"%S/{one('StateDirectory')}"
    assert ENVIRONMENT["LOG_DIR"] == ""
    assert not {"ReadWritePaths", "User"} & set(ENTRIES)


def test_the_token_comes_from_a_credential_and_never_from_the_unit() -> None:
    name, _, path = one("LoadCredential").partition(":")
    assert ENVIRONMENT["DISCORD_TOKEN_FILE"] == f"%d/{name}"
    assert path.startswith("/etc/nazh-engine/")
    assert "DISCORD_TOKEN" not in ENVIRONMENT


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_the_settings_are_settings_of_ours(name: str) -> None:
    assert name.startswith("PYTHON") or name.lower().removesuffix("_file") in Config.__dataclass_fields__
