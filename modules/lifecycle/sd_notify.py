"""Tells systemd how the service is: started, alive, stopping, and in which state (`man sd_notify`).

Nothing happens where `NOTIFY_SOCKET` is not set. The watchdog is fed by the event loop's own beat: systemd ends and
restarts a process whose loop hangs, even one that is too far gone to end itself.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.status import summary_of

_log = logging.getLogger(__name__)

FEEDS_PER_PERIOD = 2
"""How often the watchdog is fed within the time it grants, as systemd's manual recommends."""


class ServiceManager:
    """systemd, if it started this process as a service of `Type=notify`.

    Args:
        address: Path of its datagram socket, with an `@` in front of an abstract one; None does nothing.
        watchdog_seconds: Its watchdog's timeout (`WatchdogSec=`); None without one.
        clock: Monotonic clock, in seconds.
    """

    def __init__(
        self,
        address: str | None,
        watchdog_seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._feed_seconds = None if watchdog_seconds is None else watchdog_seconds / FEEDS_PER_PERIOD
        self._clock = clock
        self._feed_at = clock()
        self._status = ""
        self._is_failing = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "ServiceManager":
        """The one that the environment names.

        Args:
            environ: Has `NOTIFY_SOCKET`, and `WATCHDOG_USEC` and `WATCHDOG_PID` where `WatchdogSec=` is set.
        """
        microseconds = environ.get("WATCHDOG_USEC", "")
        # Set for another process, which started this one with its own environment.
        is_for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watches = is_for_us and microseconds.isdecimal() and int(microseconds) > 0
        return cls(environ.get("NOTIFY_SOCKET") or None, int(microseconds) / 1e6 if watches else None)

    async def report_lifecycle(self, stop: asyncio.Event) -> None:
        """Report the start, and the stop as soon as that begins.

        The start is over before Discord is reached: an outage must not look like a service that fails to start.

        Args:
            stop: Set when the process is asked to stop.
        """
        self._send("READY=1")
        await stop.wait()
        self._send("STOPPING=1")

    def beat(self) -> None:
        """Feed the watchdog when that is due; called with each beat of the event loop."""
        now = self._clock()
        if self._feed_seconds is not None and now >= self._feed_at:
            self._feed_at = now + self._feed_seconds
            self._send("WATCHDOG=1")

    def report_status(self, latest: LatestSnapshot) -> None:
        """Report the status summary, where it has changed."""
        status = summary_of(latest).text
        if status != self._status:
            self._status = status
            self._send(f"STATUS={status}")

    def _send(self, text: str) -> None:
        if self._address is None:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                # The event loop must not wait for a reader that does not keep up.
                out.setblocking(False)
                out.sendto(text.encode(), address)
        except OSError as error:
            if not self._is_failing:
                _log.warning("cannot tell systemd (%s): %s", error.strerror, text)
            self._is_failing = True
        else:
            self._is_failing = False
