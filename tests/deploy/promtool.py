"""Prometheus's own judge, where it is installed."""

import subprocess
from pathlib import Path

from tests import tools


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool; where there is none the test is skipped, and in CI it fails."""
    command = [tools.promtool(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
