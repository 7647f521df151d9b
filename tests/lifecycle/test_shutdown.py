import asyncio
import os
import signal

import pytest

from modules.lifecycle.shutdown import Shutdown


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_the_first_signal_asks_and_the_second_ends(signum: signal.Signals) -> None:
    ended: asyncio.Queue[int] = asyncio.Queue()
    shutdown = Shutdown(on_second_signal=ended.put_nowait)
    with shutdown.listening():
        os.kill(os.getpid(), signum)
        await asyncio.wait_for(shutdown.requested.wait(), 5)
        assert ended.empty()
        os.kill(os.getpid(), signum)
        assert await asyncio.wait_for(ended.get(), 5) == signum


async def test_a_wait_is_cut_short_by_a_stop_request() -> None:
    shutdown = Shutdown()
    waiting = asyncio.create_task(shutdown.requested_within(3600))
    await asyncio.sleep(0)
    shutdown.request("test")
    assert await asyncio.wait_for(waiting, 5) is True


async def test_a_wait_without_a_request_runs_out() -> None:
    assert await Shutdown().requested_within(0) is False


async def test_handlers_are_taken_away_again() -> None:
    with Shutdown().listening():
        pass
    loop = asyncio.get_running_loop()
    assert not loop.remove_signal_handler(signal.SIGTERM)
    assert not loop.remove_signal_handler(signal.SIGINT)
    assert not loop.remove_signal_handler(signal.SIGHUP)


async def test_a_signal_that_is_ignored_from_the_start_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with (shutdown := Shutdown()).listening():
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert not shutdown.requested.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
