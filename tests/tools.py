"""Programs that the checks use and pip cannot bring: without one its tests are skipped, in `.ci/run` they fail."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TELL_OWN_BROWSER = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the running test, or fail it where `REQUIRE_ALL_TOOLS` is set.

    Args:
        what: what is missing, in a few words.
        remedy: the command that installs it.
    """
    message = f"{what}: {remedy}"
    if os.environ.get("REQUIRE_ALL_TOOLS"):
        pytest.fail(message)
    pytest.skip(message)


def find(program: str, remedy: str) -> str:
    """The path of a program, which is looked up on `PATH`."""
    return shutil.which(program) or missing(f"{program} is not installed", remedy)


def promtool() -> str:
    """The path of Prometheus's own judge."""
    return find("promtool", "apt-get install prometheus")


def made_by_make(path: str, target: str) -> Path:
    """A file below the root that one of make's targets leaves there."""
    return found if (found := ROOT / path).exists() else missing(f"{path} is missing", f"make {target}")


def system_browser() -> str | None:
    """The path of the system's own Chromium; None where only Playwright's can be used."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@cache
def browser_problem() -> tuple[str, str] | None:
    """What keeps this machine from driving a browser, and its remedy; None if nothing does.

    Playwright's driver is a program of its own, which needs libraries that a minimal system lacks.
    """
    tried = _run("-m", "playwright", "--version")
    if tried.returncode:
        why = (tried.stderr.strip().splitlines() or ["no reason given"])[-1].rpartition("libraries: ")[2]
        return f"the browser driver cannot start ({why})", "apt-get install libatomic1"
    if system_browser() or Path(_run("-c", TELL_OWN_BROWSER).stdout.strip()).is_file():
        return None
    return "no Chromium", "apt-get install chromium, or .venv/bin/playwright install --with-deps chromium"


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
