"""What is missing on a machine is one line with its remedy; where nothing may be skipped, it is a failure."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tools

Skipped, Failed = pytest.skip.Exception, pytest.fail.Exception


@pytest.fixture(params=[Skipped, Failed], ids=["skipped", "failed"])
def outcome(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[BaseException]:
    """How a test ends that lacks a tool: on a developer's machine, and in `.ci/run`."""
    monkeypatch.setenv("REQUIRE_ALL_TOOLS", "1" if request.param is Failed else "")
    chosen: type[BaseException] = request.param
    return chosen


@pytest.mark.parametrize(
    "lack",
    [
        lambda: tools.find("no-such-program", "apt-get install it"),
        lambda: tools.made_by_make("build/no-such-file", "it"),
        tools.promtool,
    ],
)
def test_a_missing_tool_is_one_line_with_the_command_that_brings_it(
    outcome: type[BaseException], lack: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(outcome, match=r"^[^\n]+: (apt-get install|make) [^\n]+$"):
        lack()


@pytest.fixture
def python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The Python that is asked about the browser; a test writes what it answers. There is no other program."""
    python = tmp_path / "python"
    python.touch(mode=0o755)
    monkeypatch.setattr("sys.executable", str(python))
    monkeypatch.setenv("PATH", "")
    tools.browser_problem.cache_clear()
    return python


def test_a_driver_that_cannot_start_is_one_line_with_its_reason(python: Path) -> None:
    """As on Debian without libatomic1."""
    said = "node: error while loading shared libraries: libatomic.so.1: cannot open it"
    python.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 127\n")
    line = "the browser driver cannot start (libatomic.so.1: cannot open it)"
    assert tools.browser_problem() == (line, "apt-get install libatomic1")


def test_a_machine_without_a_browser_is_told_how_to_get_one(python: Path, tmp_path: Path) -> None:
    python.write_text(f"#!/bin/sh\necho '{tmp_path / 'chrome'}'\n")
    what, remedy = tools.browser_problem() or ("", "")
    assert (what, remedy.split(",")[0]) == ("no Chromium", "apt-get install chromium")


def test_playwrights_own_browser_will_do(python: Path, tmp_path: Path) -> None:
    (tmp_path / "chrome").touch()
    python.write_text(f"#!/bin/sh\necho '{tmp_path / 'chrome'}'\n")
    assert tools.browser_problem() is None


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    """No test hands its answer to another."""
    yield
    tools.browser_problem.cache_clear()


def test_what_is_there_is_used() -> None:
    assert subprocess.run([tools.find("true", "never"), "x"], check=False).returncode == 0
    assert tools.made_by_make("Makefile", "never") == tools.ROOT / "Makefile"
