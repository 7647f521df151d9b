"""Prometheus's own judge, where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool; where there is none the test is skipped, and in CI it fails."""
    found = shutil.which("promtool")
    if found is None:
        message = "promtool is not installed (Debian and Ubuntu: apt-get install prometheus)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
