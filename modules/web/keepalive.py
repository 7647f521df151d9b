"""Requests the process's own public address from time to time.

Some platforms put a service to sleep that gets no requests, and count only what comes in from outside. Our own requests
help there and nowhere else; an outside monitor does the same and also notices when the process is gone.
"""

import logging
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 30.0
JOIN_SECONDS: Final = 1.0


def fetch(url: str) -> int:
    """Fetch `url` and return the answer's status.

    Raises:
        OSError: Nobody answered, or answered with an error.
        HTTPException: What was answered is no HTTP.
        ValueError: The name cannot be looked up, or the answer leads to what is no address.
    """
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the settings checked the scheme
        return int(answer.status)


@contextmanager
def keeping_alive(url: str, period_seconds: float, request: Callable[[str], object] = fetch) -> Iterator[None]:
    """Request `url` every `period_seconds` from a daemon thread while inside; the first time after one period.

    Args:
        url: The address, `http` or `https`.
        period_seconds: Time between two requests.
        request: Makes one request; raises what `fetch` raises when it fails.
    """
    done = threading.Event()
    thread = threading.Thread(target=_repeat, args=(done, url, period_seconds, request), name="keepalive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        # A request under way is left to itself.
        thread.join(JOIN_SECONDS)


def _repeat(done: threading.Event, url: str, period_seconds: float, request: Callable[[str], object]) -> None:
    succeeded = True
    while not done.wait(period_seconds):
        try:
            request(url)
        except (OSError, HTTPException, ValueError):
            # Logged once an outage, not for every request.
            if succeeded:
                logger.warning("the keep-alive request failed; the next is in %.0f s", period_seconds)
            succeeded = False
        else:
            succeeded = True
