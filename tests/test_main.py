"""The command line of the orchestrator: what it refuses, and what it shows."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import main
from tests.wire.process import ROOT, TOKEN


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return python(folder, str(ROOT / "main.py"), *arguments, **environ)


def python(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_every_fault_is_told_at_once_and_nothing_is_started(tmp_path: Path) -> None:
    done = run(tmp_path, DISCORD_TOKEN="Bot abc", PORT="http", SHARD_ID="7", LOG_DIR=str(tmp_path / "logs"))
    assert done.returncode == 78
    for variable in ("DISCORD_TOKEN", "PORT", "SHARD_ID"):
        assert sum(variable in line for line in done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "logs").exists()


def test_the_effective_configuration_is_shown_with_secrets_masked(tmp_path: Path) -> None:
    done = run(tmp_path, "--check-config", DISCORD_TOKEN=TOKEN, PORT="1234")
    assert done.returncode == 0
    assert TOKEN not in done.stdout + done.stderr
    shown = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert shown["PORT"] == "1234"
    assert shown["COMMAND_PREFIX"] == "!"


def test_checking_a_faulty_configuration_exits_78(tmp_path: Path) -> None:
    assert run(tmp_path, "--check-config", DISCORD_TOKEN="").returncode == 78


def test_a_name_close_to_ours_is_asked_about(tmp_path: Path) -> None:
    done = run(tmp_path, "--check-config", DISCORD_TOKEN=TOKEN, COMAND_PREFIX="?")
    assert done.returncode == 0
    assert "COMMAND_PREFIX" in done.stderr


def test_an_unknown_name_in_dotenv_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nREST_RAET=30\n")
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.setattr(os, "environ", {"PATH": "/bin"})
    assert main.main(["--check-config"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "warning: REST_RAET is not a setting; did you mean REST_RATE?\n"
    assert TOKEN not in shown.out


def test_an_unreadable_dotenv_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe")
    told = io.StringIO()
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.setattr("sys.stderr", told)
    assert main.main(["--check-config"]) == 78
    assert ".env" in told.getvalue()
    assert "Traceback" not in told.getvalue()


def test_a_faulty_setting_is_told_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    source = "import sys, main; main.main([]); print({'discord', 'flask', 'modules.app'} & {*sys.modules})"
    done = python(tmp_path, "-c", source, PYTHONPATH=str(ROOT), DISCORD_TOKEN="Bot abc")
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_told_to_stop_while_it_loads_it_ends_without_a_word(tmp_path: Path, name: str) -> None:
    source = f"""
import os, signal, sys, main

class Interrupted:
    def find_spec(self, module, path=None, target=None):
        if module == "modules.app":
            os.kill(os.getpid(), signal.{name})

sys.meta_path.insert(0, Interrupted())
main.main([])
sys.exit("it went on")
"""
    done = python(tmp_path, "-c", source, PYTHONPATH=str(ROOT), DISCORD_TOKEN=TOKEN, LOG_DIR="", PORT="0")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_while_it_loads_nothing_is_looked_through_for_garbage(tmp_path: Path) -> None:
    source = """
import gc, sys, main
from modules.log import setup

def looks():
    return gc.get_stats()[2]["collections"]

def open_logging(config):
    print(looks() - before, gc.isenabled(), gc.get_freeze_count() > 10_000)
    sys.exit()

setup.open_logging = open_logging
before = looks()
main.main([])
"""
    done = python(tmp_path, "-c", source, PYTHONPATH=str(ROOT), DISCORD_TOKEN=TOKEN)
    assert done.stdout == "0 True True\n", done.stderr
