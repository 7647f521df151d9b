"""Rate limits as Discord keeps them: one bucket a route and major parameter, one limit over all."""

import hashlib
import math
from dataclasses import dataclass
from typing import Protocol

from .clock import Clock
from .errors import RateLimitError

VIA = "1.1 google"
"""Without this header discord.py takes a 429 for a ban by Cloudflare."""

MESSAGE_SENDS = "POST /channels/{channel_id}/messages"
EVERY_OTHER_ROUTE = "*"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in each window, which opens with the first of them."""

    count: int
    per_seconds: float


GENEROUS = Rate(100_000, 1.0)
"""Headers on every answer, refusals never. Without headers discord.py would send one request at a time to a route."""

DISCORD_RATES = {
    MESSAGE_SENDS: Rate(5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": Rate(5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": Rate(5, 1.0),
    "POST /channels/{channel_id}/typing": Rate(5, 5.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": Rate(1, 0.25),
    "POST /webhooks/{webhook_id}/{webhook_token}": Rate(5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": Rate(5, 2.0),
}
"""Close to what the real API has been seen to allow."""

DISCORD_GLOBAL_RATE = Rate(50, 1.0)


class Limited(Protocol):
    """What the limits need to know of a request."""

    @property
    def route(self) -> str:
        """Method and template, as `POST /channels/{channel_id}/messages`."""
        ...

    @property
    def major(self) -> str:
        """The parameters that split a route into buckets."""
        ...

    @property
    def exempt_from_global(self) -> bool:
        """Whether it answers an interaction: the global limit does not count those."""
        ...


@dataclass(slots=True)
class Window:
    """A bucket that is open now."""

    rate: Rate
    opened_at: float
    used: int = 0

    @property
    def resets_at(self) -> float:
        """Unix time at which it empties."""
        return self.opened_at + self.rate.per_seconds

    def take(self) -> bool:
        """Use one request if there is one left."""
        if self.used >= self.rate.count:
            return False
        self.used += 1
        return True


class RateLimits:
    """All buckets of the API.

    Attributes:
        rates: by route, with `"*"` for every other; change it at any time.
        global_rate: over all routes but interactions', or None.
    """

    def __init__(self, clock: Clock, rates: dict[str, Rate] | None = None, global_rate: Rate | None = None) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], Window] = {}
        self._global: Window | None = None
        self.rates = {EVERY_OTHER_ROUTE: GENEROUS, **(rates or {})}
        self.global_rate = global_rate

    def charge(self, call: Limited) -> dict[str, str]:
        """Count a request.

        Returns:
            The headers that tell the client of its bucket.

        Raises:
            RateLimitError: the global limit or the bucket is used up.
        """
        self._charge_global(call)
        window = self._window(call)
        granted = window.take()
        headers = self._headers(call.route, window)
        if not granted:
            raise RateLimitError(
                window.resets_at - self._clock.now(),
                "user",
                limited_headers(window.resets_at - self._clock.now(), "user", headers),
            )
        return headers

    def headers(self, call: Limited) -> dict[str, str]:
        """The bucket's headers as they stand, counting nothing."""
        return self._headers(call.route, self._window(call))

    def _charge_global(self, call: Limited) -> None:
        if self.global_rate is None or call.exempt_from_global:
            return
        now = self._clock.now()
        if self._global is None or now >= self._global.resets_at or self._global.rate != self.global_rate:
            self._global = Window(self.global_rate, now)
        if not self._global.take():
            retry_after = self._global.resets_at - now
            raise RateLimitError(retry_after, "global", limited_headers(retry_after, "global", {}))

    def _window(self, call: Limited) -> Window:
        rate = self.rates.get(call.route) or self.rates[EVERY_OTHER_ROUTE]
        key = (call.route, call.major)
        now = self._clock.now()
        window = self._windows.get(key)
        if window is None or now >= window.resets_at or window.rate != rate:
            window = self._windows[key] = Window(rate, now)
        return window

    def _headers(self, route: str, window: Window) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(window.rate.count),
            "X-RateLimit-Remaining": str(window.rate.count - window.used),
            "X-RateLimit-Reset": f"{window.resets_at:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, window.resets_at - self._clock.now()):.3f}",
            # Of the route alone: discord.py adds channel, guild and webhook by itself.
            "X-RateLimit-Bucket": hashlib.blake2b(route.encode(), digest_size=16).hexdigest(),
        }


def limited_headers(
    retry_after_seconds: float, scope: str, bucket: dict[str, str], *, via: bool = True
) -> dict[str, str]:
    """The headers of a 429: whole seconds rounded up, whose limit it was, and the bucket if it is one."""
    headers = {} if scope == "global" else dict(bucket)
    headers |= {"Retry-After": str(math.ceil(retry_after_seconds)), "X-RateLimit-Scope": scope}
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    if via:
        headers["Via"] = VIA
    return headers
