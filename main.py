"""Nazh Engine's way in: settings, log, sidecar in a daemon thread, supervised bot of cogs, drain, exit code.

Nothing but the settings is imported until they were found good, so that a typo is told in a blink on the slowest
machine. The parts are built in `modules.app`; exit codes are those of `modules.lifecycle.exit_codes`.
"""

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from config import Config, ConfigError, load_environ, unknown_names
from modules import __version__
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.shutdown import exit_when_signalled

if TYPE_CHECKING:
    from modules.app import App

ROOT = Path(__file__).resolve().parent

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is asked to stop; an exit code. `None` takes the process's own command line."""
    parser = argparse.ArgumentParser(prog="main.py", description="Nazh Engine, a Discord dice bot.")
    parser.add_argument("--check-config", action="store_true", help="print the effective settings, masked, and exit")
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)
    try:
        environ = load_environ(ROOT, os.environ)
        # Before the faults are told: a name that is missing may well be there, misspelt.
        for warning in unknown_names(environ, environ.keys() - os.environ.keys()):
            sys.stderr.write(f"warning: {warning}\n")
        config = Config.from_env(environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.CONFIG
    if options.check_config:
        sys.stdout.write(config.listing())
        return ExitCode.OK
    exit_when_signalled()
    return run(config)


def run(config: Config) -> int:
    """Open the log, run everything else on one event loop, close the log last."""
    # Half a second of imports that a faulty setting need not wait for, and without garbage until they are done.
    gc.disable()
    from modules.app import build, tune_interpreter  # noqa: PLC0415
    from modules.lifecycle.event_loop import EventLoop  # noqa: PLC0415
    from modules.log.setup import open_logging  # noqa: PLC0415

    tune_interpreter()
    log = open_logging(config)
    try:
        # Not asyncio.run: it would wait for the threads of name look-ups that hang.
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            code = runner.run(serve(build(config, log)))
        _log.info("stopped", extra={"exit_code": int(code)})
    except Exception:  # noqa: BLE001 - the last place where a bug can still be logged
        _log.critical("the process failed", exc_info=True)
        return ExitCode.SOFTWARE
    else:
        return code
    finally:
        log.close()


async def serve(app: "App") -> ExitCode:
    """Start the sidecar, so that whatever the login waits for can be seen, then the bot; stop in reverse."""
    async with AsyncExitStack() as stack:
        stack.enter_context(app.listening())
        app.announce()
        try:
            app.open_sidecar(stack)
        except OSError:
            return ExitCode.CONFIG
        supervisor = app.supervisor()
        await stack.enter_async_context(app.beating(supervisor.sample))
        if not await app.open_memory(stack):
            return ExitCode.CONFIG
        return await supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
