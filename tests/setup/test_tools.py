"""What is missing on a machine is one line with its remedy; where nothing may be skipped, it is a failure."""

import subprocess
from collections.abc import Callable
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
        tools.no_browser,
    ],
)
def test_a_missing_tool_is_one_line_with_the_command_that_brings_it(
    outcome: type[BaseException], lack: Callable[[], object]
) -> None:
    with pytest.raises(outcome, match=r"^[^\n]+: (apt-get install|make) [^\n]+$"):
        lack()


def test_a_driver_that_cannot_start_is_one_line_with_its_reason(
    outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on Debian without libatomic1."""
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\necho 'node: error while loading shared libraries: libatomic.so.1: cannot open it' >&2\nexit 127\n"
    )
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    line = r"^the browser driver cannot start \(libatomic\.so\.1: cannot open it\): apt-get install libatomic1$"
    with pytest.raises(outcome, match=line):
        tools.require_browser_driver()


def test_what_is_there_is_used() -> None:
    assert subprocess.run([tools.find("true", "never"), "x"], check=False).returncode == 0
    assert tools.made_by_make("Makefile", "never") == tools.ROOT / "Makefile"
