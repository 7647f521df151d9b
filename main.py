"""Nazh Engine's way in: the command line and the configuration, before anything heavy is loaded.

Nothing but the configuration is imported until it was found good, so that a typo is told in a blink on the slowest
machine. What runs then is wired together in `modules.process`. Exit codes are those of `modules.runtime.exit_codes`.
"""

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config import Config, ConfigError, load_environ, unknown_names
from modules import __version__
from modules.runtime.exit_codes import ExitCode

ROOT = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is asked to stop.

    Args:
        arguments: Command line without the program's name; None takes the process's own.

    Returns:
        An `ExitCode`.
    """
    options = _parse(arguments)
    try:
        environ = load_environ(ROOT, os.environ)
        # Before the faults are told: a name that is missing may well be there, misspelt.
        for warning in unknown_names(environ):
            sys.stderr.write(f"warning: {warning}\n")
        config = Config.from_env(environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.CONFIG
    if options.check_config:
        sys.stdout.write(_listed(config.describe()))
        return ExitCode.OK
    return _start(config)


def _start(config: Config) -> int:
    """Load the rest and run it; told to stop meanwhile, there is nothing to clean up."""
    # Left to their defaults SIGINT would end in a traceback, and SIGTERM, for PID 1, in nothing.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # `nohup` starts a process with SIGHUP ignored, and means it.
        if signal.getsignal(signum) is not signal.SIG_IGN:
            signal.signal(signum, _leave)
    from modules.process import run  # noqa: PLC0415 - half a second of imports that a faulty setting need not wait for

    return run(config)


def _leave(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitCode.OK)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="main.py", description="Nazh Engine, a Discord dice bot.")
    parser.add_argument(
        "--check-config", action="store_true", help="print the effective configuration, secrets masked, and exit"
    )
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(arguments)


def _listed(settings: Mapping[str, str]) -> str:
    width = max(map(len, settings))
    return "".join(f"{name:<{width}}  {value}\n" for name, value in settings.items())


if __name__ == "__main__":
    sys.exit(main())
