"""Which code is running, for the log, the dashboard and `!about`."""

import platform
from importlib.metadata import version

from config import Config
from modules import __version__
from modules.telemetry.snapshot import Build


def running_build(config: Config) -> Build:
    """Versions of the product and of what it stands on, and the commit it was made from."""
    return Build(
        version=__version__,
        commit=config.git_commit,
        python=platform.python_version(),
        discord_py=version("discord.py"),
    )
