"""Starts `main.py` from a process that has loaded its modules: loading them is three quarters of what a start costs.

What comes of it is a process like any other, with a number, signals, descriptors and an exit code of its own, which
runs all of `main.main`. Only importing, and the interpreter's own start and end, are left out; tests about these are
marked `executed`. Only the standard library is imported here, since the new process has it too.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import NoReturn
from unittest.mock import patch

PRELOADED = ("main", "modules.app", "modules.lifecycle.event_loop", "aiosqlite", "asyncpg", __name__)
LINE_LIMIT = 2**22


@dataclass(slots=True)
class ForkedProcess:
    """What tests use of `asyncio.subprocess.Process`."""

    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    _process: ForkServerProcess
    _ended: asyncio.Future[int]

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, signum: signal.Signals) -> None:
        # It may have ended a moment ago.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def forked(folder: Path, environ: Mapping[str, str]) -> ForkedProcess:
    """Start the bot in a folder, with nothing but this environment."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED])
    (output, its_output), (errors, its_errors) = context.Pipe(duplex=False), context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(folder, dict(environ), its_output, its_errors))
    # Or the new process would import whatever runs the tests.
    with its_output, its_errors, patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    return ForkedProcess(await _reader(output), await _reader(errors), process, _end_of(process))


async def _reader(connection: Connection) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    file = os.fdopen(os.dup(connection.fileno()), "rb")
    connection.close()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader


def _end_of(process: ForkServerProcess) -> asyncio.Future[int]:
    """Its exit code, once there is one."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end() -> None:
        loop.remove_reader(process.sentinel)
        process.join()
        assert process.exitcode is not None
        ended.set_result(process.exitcode)

    loop.add_reader(process.sentinel, end)
    return ended


def _run(folder: Path, environ: Mapping[str, str], output: Connection, errors: Connection) -> NoReturn:
    """What `python main.py` does, in the new process."""
    import main

    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for connection, descriptor in ((output, 1), (errors, 2)):
        os.dup2(connection.fileno(), descriptor)
        connection.close()
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.argv = [main.__file__]
    sys.exit(main.main())
