"""The time limit of a single REST request: from the moment it may be sent to the last byte of its answer."""

import asyncio
from collections.abc import Callable

REST_TIMEOUT_SECONDS = 15.0
"""Discord answers within a second; a request that takes longer than this is lost."""


class RequestTimeoutError(TimeoutError):
    """A request had no complete answer in time; the text names the request."""


class Deadline:
    """Ends a request that takes too long.

    `asyncio.timeout` does the work. It cannot be a `with` block here, because a request begins in one trace callback
    and ends in another; both run in the task that makes the request.

    Args:
        request: Tells what the request is called in the error.
        seconds: How long it may take.
    """

    def __init__(self, request: Callable[[], str], seconds: float) -> None:
        self._request, self._seconds = request, seconds
        self._timeout = asyncio.timeout(seconds)

    async def begin(self) -> None:
        """Start the clock."""
        await self._timeout.__aenter__()

    async def end(self, error: BaseException | None = None) -> None:
        """Stop the clock.

        Args:
            error: What ended the request, unless it was answered in full.

        Raises:
            RequestTimeoutError: The deadline itself ended it.
        """
        try:
            await self._timeout.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)
        except TimeoutError:
            raise RequestTimeoutError(f"{self._request()}: no answer within {self._seconds:g} s") from error
