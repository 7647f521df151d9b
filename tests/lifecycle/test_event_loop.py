"""The event loop: blocking calls work as ever, and none of them holds up the end."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.lifecycle.event_loop import EventLoop
from tests.wire.process import ROOT

HANGING = """
import asyncio, socket, threading
from modules.lifecycle.event_loop import EventLoop
socket.getaddrinfo = lambda *_: threading.Event().wait()
async def main():
    resolving = asyncio.create_task(asyncio.get_running_loop().getaddrinfo("name", 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    resolving.cancel()
with asyncio.Runner(loop_factory=EventLoop) as runner:
    runner.run(main())
print("ended")
"""


def run(call: object) -> object:
    async def main() -> object:
        return await asyncio.to_thread(call)  # type: ignore[arg-type] # any callable

    with asyncio.Runner(loop_factory=EventLoop) as runner:
        return runner.run(main())


def test_a_call_that_hangs_does_not_hold_up_the_end() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGING], cwd=ROOT, capture_output=True, timeout=20, check=True)
    assert (ended.stdout, ended.stderr) == (b"ended\n", b"")


def test_a_blocking_call_has_its_result_and_a_daemon_thread() -> None:
    assert run(lambda: threading.current_thread().daemon) is True


def test_the_error_of_a_blocking_call_is_raised_where_it_is_awaited() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 / 0)


def test_an_executor_that_is_given_is_used() -> None:
    async def main() -> str:
        with ThreadPoolExecutor(1, thread_name_prefix="given") as executor:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(executor, lambda: threading.current_thread().name)

    with asyncio.Runner(loop_factory=EventLoop) as runner:
        assert runner.run(main()).startswith("given")


def test_a_call_that_ends_after_the_loop_is_closed_tells_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    release, threads = threading.Event(), []

    def call() -> None:
        threads.append(threading.current_thread())
        release.wait()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.to_thread(call)

    with asyncio.Runner(loop_factory=EventLoop) as runner:
        runner.run(main())
    release.set()
    threads[0].join()
    assert capsys.readouterr().err == ""
