"""An event loop that does not wait for threads when it is closed."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class EventLoop(asyncio.SelectorEventLoop):
    """Makes blocking calls, name resolution above all, in daemon threads.

    asyncio's own executor is joined when the loop is closed and again when the interpreter ends, so that a
    `getaddrinfo` that hangs would keep a process alive for as long as the resolver takes to give up.
    """

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> "asyncio.Future[T]":
        """Call `func` in a daemon thread of its own, unless an executor is given.

        Args:
            executor: Where to run; None for the daemon thread.
            func: The blocking call.
            args: Its arguments.

        Returns:
            Its result, to be awaited. Cancelling the future leaves the call to itself.
        """
        if executor is not None:
            return super().run_in_executor(executor, func, *args)
        outcome: Future[T] = Future()
        waiting = asyncio.wrap_future(outcome, loop=self)
        threading.Thread(target=_call, args=(outcome, func, *args), name="blocking call", daemon=True).start()
        return waiting


def _call(outcome: "Future[T]", func: Callable[[Unpack[Ts]], T], *args: *Ts) -> None:
    # From here on a cancellation of the outer future is not passed on, so that the result can be set.
    if not outcome.set_running_or_notify_cancel():
        return
    try:
        result = func(*args)
    except BaseException as error:  # noqa: BLE001 - raised where it is awaited
        outcome.set_exception(error)
    else:
        outcome.set_result(result)
