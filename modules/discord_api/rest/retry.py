"""Sends again what was lost on the way, in such a manner that it appears once.

discord.py repeats a request after 500, 502, 504 and 524 and after a reset by BSD's and Windows's numbers for it, but
not after Linux's, nor after a cut-off answer, 503 or 520. Repeating is safe only where Discord knows one logical
message by its `nonce`, so every attempt must carry the same.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Final, TypeVar

import aiohttp
import discord

from modules.discord_api.rest.pending import PendingAnswers
from modules.discord_api.rest.send_health import SendHealth
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count

T = TypeVar("T")

WAIT_CEILINGS_SECONDS: Final = (0.25, 1.0, 2.0, 4.0)
"""Upper bounds of the waits between attempts: five attempts, some seven seconds at most."""

LAST_ATTEMPT_SECONDS: Final = 30.0
"""No attempt begins later than this: the person who asked has long gone on."""

_OUTAGES: Final = (
    discord.DiscordServerError,
    aiohttp.ClientError,
    OSError,
    # Something on the way answered with a page of its own where Discord promises JSON.
    json.JSONDecodeError,
    UnicodeDecodeError,
)

_REPEATED_BY_DISCORD_PY: Final = frozenset({500, 502, 504, 524})


def is_outage(error: BaseException) -> bool:
    """Whether Discord, or the way there, broke down under a request, so that nobody knows if it took effect."""
    # Redirects are not followed, and nothing else below 400 is an answer of the API's either.
    is_no_answer = isinstance(error, discord.HTTPException) and error.status < 400
    return is_no_answer or isinstance(error, _OUTAGES)


def is_worth_repeating(error: BaseException) -> bool:
    """Whether the very same request may do better at once; not where discord.py has already tried five times."""
    if isinstance(error, discord.DiscordServerError):
        return error.status not in _REPEATED_BY_DISCORD_PY
    return is_outage(error)


@dataclass(slots=True)
class Sender:
    """Sends answers.

    Attributes:
        recorder: Counts what had to be sent again.
        pending: Counts the answers that are on their way.
        health: Records whether attempts succeed.
        sleep: Waits some seconds.
        uniform: Draws from [low, high].
        clock: Monotonic clock, in seconds.
    """

    recorder: Recorder
    pending: PendingAnswers = field(default_factory=PendingAnswers)
    health: SendHealth = field(default_factory=SendHealth)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = field(default_factory=lambda: SystemRandom().uniform)
    clock: Callable[[], float] = time.monotonic

    async def send(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make attempts until one succeeds or there is no point in another.

        Args:
            attempt: Sends; must be safe to repeat after an attempt that took effect without our knowing.

        Returns:
            What the successful attempt gave.

        Raises:
            Exception: Whatever the last attempt raised.
        """
        begun_at = self.clock()
        for ceiling in WAIT_CEILINGS_SECONDS:
            try:
                return await self._attempt(attempt)
            except Exception as error:
                if not is_worth_repeating(error) or self.clock() - begun_at > LAST_ATTEMPT_SECONDS:
                    raise
            self.recorder.count(Count.SEND_RETRIES)
            await self.sleep(self.uniform(ceiling / 2, ceiling))
        return await self._attempt(attempt)

    async def _attempt(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            sent = await attempt()
        except Exception as error:
            if is_outage(error):
                self.health.failed()
            raise
        self.health.succeeded()
        return sent
