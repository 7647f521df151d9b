"""Asks for the process's own public address from time to time.

Some platforms put a service to sleep that nobody visits, and count only what comes in from outside. A visit of our own
helps there and nowhere else; an outside monitor does the same and also notices when the process is gone.
"""

import logging
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 30.0


def visit(url: str) -> int:
    """Fetch `url` and return the answer's status.

    Raises:
        OSError: Nobody answered, or answered with an error.
        HTTPException: What was answered is no HTTP.
        ValueError: The name cannot be looked up, or the answer leads to what is no address.
    """
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - KeepAlive checked the scheme
        return int(answer.status)


class KeepAlive:
    """Visits one address again and again, from a daemon thread.

    Args:
        url: The address, `http` or `https`.
        period_seconds: Time between two visits; the first comes after one period.
        fetch: Makes one visit; raises what `visit` raises when it fails.

    Raises:
        ValueError: `url` is of another kind.
    """

    def __init__(self, url: str, *, period_seconds: float = 600.0, fetch: Callable[[str], object] = visit) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("the address to keep alive must begin with http:// or https://")
        self._url, self._period_seconds, self._fetch = url, period_seconds, fetch
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._visit_often, name="keepalive", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_seconds: float = 1.0) -> None:
        """End; a visit under way is left to itself after `timeout_seconds`."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def _visit_often(self) -> None:
        was_well = True
        while not self._done.wait(self._period_seconds):
            is_well = self._visit()
            # Told once an outage, not at every visit.
            if was_well and not is_well:
                logger.warning("the keep-alive visit failed; the next is in %.0f s", self._period_seconds)
            was_well = is_well

    def _visit(self) -> bool:
        try:
            self._fetch(self._url)
        except (OSError, HTTPException, ValueError):
            return False
        return True


@contextmanager
def keeping_alive(url: str, period_seconds: float) -> Iterator[KeepAlive]:
    """Visit `url` every `period_seconds` while inside."""
    visitor = KeepAlive(url, period_seconds=period_seconds)
    visitor.start()
    try:
        yield visitor
    finally:
        visitor.stop()
