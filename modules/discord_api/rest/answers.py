"""Corrects what Discord's answers state before discord.py reads it, which believes every number and every shape.

It sleeps for as long as a 429 says, and waits for as long as the headers of a bucket say: 1e9 seconds block a channel
for good, NaN stalls the event loop, and a text in place of a number looks like a bug of ours.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiohttp
import discord
from multidict import CIMultiDict

from modules.discord_api.compat.client import rewrite_answer
from modules.discord_api.rest.route import RestRoute
from modules.lifecycle.bounded import LONGEST_BAN_SECONDS, LONGEST_BUCKET_SECONDS, bounded_seconds

Warn = Callable[..., None]
"""Writes a warning, given as to a logger; the first argument names what it is about."""

UNSTATED_SECONDS: Final = 1.0
"""The wait after a rate limit that does not say for how long."""

LONGEST_INTERACTION_SECONDS: Final = 30.0
"""Cap of every wait before an interaction is answered: discord.py sleeps through those of any length."""

_COUNT: Final = re.compile("[0-9]{1,9}")
_LIMIT_HEADERS: Final = tuple(
    f"X-RateLimit-{name}" for name in ("Limit", "Remaining", "Reset", "Reset-After", "Bucket")
)


async def correct(response: aiohttp.ClientResponse, route: RestRoute, warn: Warn) -> None:
    """Replace the numbers and shapes of an answer that nobody can mean.

    Args:
        response: The answer, its body not yet read by discord.py.
        route: What was asked.
        warn: Logs each correction.
    """
    bucket_cap = LONGEST_INTERACTION_SECONDS if route.answers_interaction else LONGEST_BUCKET_SECONDS
    headers = checked_bucket(response.headers, bucket_cap, warn)
    if headers is not None:
        rewrite_answer(response, headers=headers)
    if response.status < 400 or not _is_json(response.headers):
        return
    body = await response.read()
    if response.status == 429:
        cap = LONGEST_INTERACTION_SECONDS if route.answers_interaction else LONGEST_BAN_SECONDS
        headers, body = checked_limit(response.headers, body, cap, warn)
        if not is_discords_own(response.url.host) and _names_its_limit(headers):
            # discord.py takes a 429 without it for a ban by Discord's edge, which no other server has.
            headers.setdefault("Via", response.url.host or "")
        rewrite_answer(response, headers=headers, body=body)
    elif not _is_readable(response, body):
        rewrite_answer(response, body=b'{"code": 0, "message": "unreadable"}')


def checked_bucket(headers: Mapping[str, str], cap: float, warn: Warn) -> CIMultiDict[str] | None:
    """Check the headers that tell of a route's limit.

    Args:
        headers: All headers of an answer.
        cap: The longest time to a reset that is believed, in seconds.
        warn: Logs what makes no sense.

    Returns:
        Headers to use instead, without those of the limit where any makes no sense; None where all may stay.
    """
    stated = headers.get("X-RateLimit-Reset-After")
    if "X-RateLimit-Remaining" not in headers:
        return None  # without it discord.py looks at none of them
    reset_after = bounded_seconds(stated, cap, "X-RateLimit-Reset-After", warn)
    limit, remaining = (_COUNT.fullmatch(headers.get(name, "")) for name in _LIMIT_HEADERS[:2])
    makes_sense = reset_after is not None and limit is not None and remaining is not None and int(limit[0]) > 0
    if makes_sense and stated is not None and float(stated) == reset_after:
        return None
    changed = CIMultiDict(headers)
    if makes_sense:
        changed["X-RateLimit-Reset-After"] = f"{reset_after:.3f}"
        return changed
    warn("ignored %s, which make no sense", "the headers of a rate limit")
    for name in _LIMIT_HEADERS:
        changed.popall(name, None)
    return changed


def checked_limit(headers: Mapping[str, str], body: bytes, cap: float, warn: Warn) -> tuple[CIMultiDict[str], bytes]:
    """Check a 429 in JSON.

    Args:
        headers: All its headers.
        body: Its body.
        cap: The longest wait that is believed, in seconds.
        warn: Logs what makes no sense.

    Returns:
        Headers and body to use instead; both state the same finite wait.
    """
    parsed = _parsed(body)
    stated: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    # The body is exact, the header rounded up to whole seconds.
    seconds = bounded_seconds(stated.get("retry_after"), cap, "retry_after", warn)
    if seconds is None:
        seconds = bounded_seconds(headers.get("Retry-After"), cap, "Retry-After", warn)
    if seconds is None:
        seconds = UNSTATED_SECONDS
    is_global = stated.get("global") is True or "X-RateLimit-Global" in headers
    changed = CIMultiDict(headers)
    changed["Retry-After"] = f"{seconds:.3f}"
    if is_global:
        changed["X-RateLimit-Global"] = "true"
    code = stated.get("code")
    limit = {"message": str(stated.get("message", ""))[:200], "retry_after": seconds, "global": is_global}
    return changed, json.dumps({**limit, "code": code if isinstance(code, int) else 0}).encode()


def is_discords_own(host: str | None) -> bool:
    """Whether a host is Discord itself, not a proxy or another server with the same interface."""
    return host is not None and (host == "discord.com" or host.endswith(".discord.com"))


def _names_its_limit(headers: Mapping[str, str]) -> bool:
    return any(f"X-RateLimit-{name}" in headers for name in ("Scope", "Bucket", "Global"))


def _is_json(headers: Mapping[str, str]) -> bool:
    # Exactly this: discord.py reads anything else, a charset included, as text.
    return headers.get("Content-Type") == "application/json"


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_readable(response: aiohttp.ClientResponse, body: bytes) -> bool:
    """Whether discord.py can make its error of a refusal, and ours compare its code."""
    try:
        refusal = discord.HTTPException(response, json.loads(body))
    except Exception:  # noqa: BLE001 - whatever a wrong shape leads to in there
        return False
    return isinstance(refusal.code, int)
