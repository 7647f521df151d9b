"""Stop requests: the first signal asks for an orderly stop, the second exits at once."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from modules.lifecycle.exit_codes import ExitCode

_log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Signals that ask for a drain: a terminal that closes sends SIGHUP, which would else end the process at once."""


def _exit_at_once(signum: int) -> None:
    # Not sys.exit: that would wait for threads and clean-up, which is what the second signal asks to skip.
    os._exit(128 + signum)


@dataclass(slots=True)
class Shutdown:
    """Passes a stop request from a signal to everything that waits.

    Attributes:
        requested: Set from the first signal on.
        on_second_signal: What the second signal does, given its number.
        exit_code: What the process is to end with.
    """

    requested: asyncio.Event = field(default_factory=asyncio.Event)
    on_second_signal: Callable[[int], None] = _exit_at_once
    exit_code: ExitCode = ExitCode.OK

    def request(self, reason: str, exit_code: ExitCode = ExitCode.OK) -> None:
        """Ask for an orderly stop; asking again changes nothing.

        Args:
            reason: A clause for the log.
            exit_code: Anything but `OK` is a fault that some part found and that only a person can mend.
        """
        if self.requested.is_set():
            return
        if exit_code is not ExitCode.OK:
            _log.critical("giving up: %s", reason, extra={"exit_code": int(exit_code)})
        _log.info("stopping", extra={"reason": reason})
        self.exit_code = exit_code
        self.requested.set()

    def _on_signal(self, signum: int) -> None:
        if self.requested.is_set():
            self.on_second_signal(signum)
        else:
            self.request(signal.Signals(signum).name)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the stop signals while inside; both must be used from the main thread's running loop.

        A signal that the process was started to ignore, as `nohup` does with SIGHUP, stays ignored.

        An explicit handler matters twice: a process started as PID 1 ignores SIGTERM without one, and any other dies
        of it at once with commands under way.
        """
        loop = asyncio.get_running_loop()
        handled = [signum for signum in SIGNALS if signal.getsignal(signum) is not signal.SIG_IGN]
        for signum in handled:
            loop.add_signal_handler(signum, self._on_signal, signum)
        try:
            yield
        finally:
            for signum in handled:
                loop.remove_signal_handler(signum)

    async def requested_within(self, seconds: float) -> bool:
        """Wait until asked to stop, `seconds` at most.

        Returns:
            Whether it was.
        """
        # Not wait_for: Python 3.11's swallows a cancellation that comes in the moment in which the request does.
        try:
            async with asyncio.timeout(seconds):
                await self.requested.wait()
        except TimeoutError:
            return False
        return True


def exit_when_signalled() -> None:
    """Until `Shutdown` listens there is nothing to clean up: a signal ends the process at once, with exit code 0.

    Left to their defaults SIGINT would end in a traceback, and SIGTERM, for PID 1, in nothing.
    """
    for signum in SIGNALS:
        # `nohup` starts a process with SIGHUP ignored, and means it.
        if signal.getsignal(signum) is not signal.SIG_IGN:
            signal.signal(signum, _exit)


def _exit(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitCode.OK)
