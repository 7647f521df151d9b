"""Stands before every REST request: paces it, or blocks it where sending it could only do harm.

One guard lives as long as the process, so that what Discord has said outlives the bot of one attempt.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from modules.discord_api.failures import EDGE_BAN_SECONDS
from modules.discord_api.refusals import UNAUTHORIZED
from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.breaker import Breaker, Passage, is_invalid
from modules.discord_api.rest.cooldowns import CANNOT_READ_HISTORY, ChannelCooldowns
from modules.discord_api.rest.pacing import BURST, Pacer, TokenBucket
from modules.discord_api.rest.pending import PendingAnswers
from modules.discord_api.rest.route import RestRoute
from modules.discord_api.rest.send_health import SendHealth
from modules.lifecycle.bounded import LONGEST_BAN_SECONDS, LONGEST_BUCKET_SECONDS, bounded_seconds
from modules.log.repeats import RateLimitedLog
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

DEFAULT_RATE: Final = 45.0
DEFAULT_MAX_WAIT_SECONDS: Final = 10.0

LONGEST_WAITED_OUT_SECONDS: Final = 30.0
"""A rate limit longer than this is not waited out by discord.py (its least `max_ratelimit_timeout`): the request fails.
The login then waits where all can see it; a channel is left alone, since each request would draw another 429."""

_REMAINING: Final = "X-RateLimit-Remaining"
_GLOBAL_LIMIT: Final = "Discord's global rate limit was reached"
_MORE_CORRECTIONS: Final = "corrected %(kind)s in %(count)d more answers within a minute"


@dataclass(frozen=True, slots=True)
class Permit:
    """One request that was let go."""

    route: RestRoute
    passage: Passage


@dataclass(slots=True)
class RestGuard:
    """Pacing, circuit breaker, channel cooldowns and bans.

    Attributes:
        recorder: Records what is blocked, and why.
        rate: Requests a second, answers to interactions not counted.
        clock: Monotonic clock, in seconds, at the event loop's pace.
        token_doubted: Set once Discord has refused the token while running.
        max_wait_seconds: The longest that an answer may wait for its turn.
        limited: Channels whose own limit is too long to be waited out.
        send_health: What became of the latest sends.
        corrections: Logs the answers that had to be corrected.
    """

    recorder: Recorder
    rate: float = DEFAULT_RATE
    clock: Callable[[], float] = time.monotonic
    token_doubted: asyncio.Event = field(default_factory=asyncio.Event)
    max_wait_seconds: float = DEFAULT_MAX_WAIT_SECONDS
    pacer: Pacer = field(init=False)
    breaker: Breaker = field(init=False)
    cooldowns: ChannelCooldowns = field(init=False)
    limited: ChannelCooldowns = field(init=False)
    pending: PendingAnswers = field(init=False)
    send_health: SendHealth = field(init=False)
    corrections: RateLimitedLog = field(init=False)
    _banned_until: float = float("-inf")

    def __post_init__(self) -> None:
        self.pacer = Pacer(TokenBucket(self.rate, BURST), self.clock)
        self.breaker = Breaker(self.clock)
        self.cooldowns = ChannelCooldowns(self.clock)
        self.limited = ChannelCooldowns(self.clock, LONGEST_BUCKET_SECONDS)
        self.pending = PendingAnswers(self.clock)
        self.send_health = SendHealth(self.clock)
        self.corrections = RateLimitedLog(_log, _MORE_CORRECTIONS, self.clock)

    async def admit(self, route: RestRoute) -> Permit:
        """Wait for the request's turn.

        Returns:
            A permit; to be handed to `settle` or `abandon`.

        Raises:
            RequestBlocked: It must not be sent.
        """
        self._refuse_blocked(route)
        if route.answers_interaction:
            return Permit(route, self._passage())
        if route.is_send and route.channel_id is not None:
            await self.pending.enter_window(route.channel_id)
        try:
            has_waited = await self.pacer.acquire(route.queue_key)
        except BaseException:
            self._leave_window(route)
            raise
        try:
            if has_waited:  # what was learned meanwhile holds for it too
                self._refuse_blocked(route)
            return Permit(route, self._passage())
        except RequestBlocked:
            self._leave(route)
            raise

    async def settle(self, permit: Permit, response: aiohttp.ClientResponse) -> None:
        """Learn from an answer, before the next of its channel is let go."""
        status, headers, route = response.status, response.headers, permit.route
        try:
            self.breaker.answered(permit.passage, invalid=is_invalid(status, headers.get("X-RateLimit-Scope")))
            if status == 429:
                self._slow_down(route, headers)
            elif not route.answers_interaction and await _refuses_token(response):
                # Answers to interactions are left out: they carry tokens of their own, and their 401 tells of those.
                self.token_doubted.set()
            elif status == 403 and route.channel_id is not None:
                self._start_cooldown(route.channel_id, await response.read())
            elif status >= 500 and route.is_answer:
                # discord.py repeats some of these for up to 25 s before it says anything.
                self.send_health.failed()
            # A refusal of another kind states no limit, which is not to say that there is none.
            if route.is_send and route.channel_id is not None and (status < 300 or _REMAINING in headers):
                self.pending.learn(route.channel_id, headers)
        finally:
            self._leave(route)

    def abandon(self, permit: Permit) -> None:
        """The request ended without an answer."""
        self.breaker.abandoned(permit.passage)
        self._leave(permit.route)

    def blocked_by(self, channel_id: int | None = None) -> RequestBlocked | None:
        """Why nothing may be sent to this channel now, or, without one, to an interaction; None where it may."""
        try:
            self._refuse_blocked(RestRoute(channel_id, answers_interaction=channel_id is None))
        except RequestBlocked as reason:
            return reason
        return None

    def has_room(self, channel_id: int) -> bool:
        """Whether one more answer to this channel would leave within `max_wait_seconds`.

        This is the one bound on pending answers, in a channel and in all: a command that would exceed it is refused.
        """
        return self.wait_seconds(channel_id) <= self.max_wait_seconds

    def wait_seconds(self, channel_id: int) -> float:
        """How long an answer to this channel would take to leave if it were ready now.

        It waits for two things at once: for its turn, behind the pending answers of all channels, which take turns at
        `rate` a second and after a pause; and for its channel's own window, behind those of that channel.
        """
        turn = self.pacer.wait_seconds(self.pending.ahead_of(channel_id))
        return max(turn, self.pending.wait_seconds(channel_id))

    @property
    def ban_seconds(self) -> float:
        """What is left of a ban at Discord's edge; 0 where there is none."""
        return max(0.0, self._banned_until - self.clock())

    def _refuse_blocked(self, route: RestRoute) -> None:
        if self.token_doubted.is_set() and not route.checks_token:
            raise RequestBlocked("Discord has refused the token", self.breaker.recovery_seconds)
        if (left := self.ban_seconds) > 0:
            raise RequestBlocked("banned at Discord's edge", left)
        if (left := self.breaker.wait_seconds) > 0:
            raise RequestBlocked("too many requests were refused", left)
        # A short pause is waited out in the queue; Discord's global limit does not count answers to interactions.
        if not route.answers_interaction and (left := self.pacer.pause_seconds) > self.max_wait_seconds:
            raise RequestBlocked(_GLOBAL_LIMIT, left)
        if route.channel_id is not None:
            if (left := self.cooldowns.seconds_left(route.channel_id)) > 0:
                raise RequestBlocked("the bot may not speak in this channel", left)
            if (left := self.limited.seconds_left(route.channel_id)) > 0:
                raise RequestBlocked("the channel's rate limit was reached", left)

    def _passage(self) -> Passage:
        passage = self.breaker.admit()
        if passage is None:
            raise RequestBlocked("too many requests were refused", self.breaker.recovery_seconds)
        return passage

    def _leave(self, route: RestRoute) -> None:
        if not route.answers_interaction:
            self._leave_window(route)
            self.pacer.release(route.queue_key)

    def _leave_window(self, route: RestRoute) -> None:
        if route.is_send and route.channel_id is not None:
            self.pending.leave_window(route.channel_id)

    def _slow_down(self, route: RestRoute, headers: Mapping[str, str]) -> None:
        seconds = bounded_seconds(headers.get("Retry-After"), LONGEST_BAN_SECONDS, "Retry-After")
        # As discord.py tells them apart: the API answers through a proxy (Via) and in JSON, its edge does not.
        if not headers.get("Via") or headers.get("Content-Type") != "application/json":
            self._respect_ban(EDGE_BAN_SECONDS if seconds is None else seconds)
        elif headers.get("X-RateLimit-Global") or headers.get("X-RateLimit-Scope") == "global":
            self._pause(1.0 if seconds is None else seconds)
        elif route.channel_id is not None and (seconds or 0.0) > LONGEST_WAITED_OUT_SECONDS:
            # Shorter limits of single routes are left to discord.py, which waits them out by itself.
            self.limited.start(route.channel_id)

    def _pause(self, seconds: float) -> None:
        self.pacer.pause(seconds)
        if seconds > self.max_wait_seconds:
            _log.warning("Discord's global rate limit was reached; sending is paused for %.0f s", seconds)
            self.pacer.refuse_waiting(lambda: RequestBlocked(_GLOBAL_LIMIT, seconds))

    def _respect_ban(self, seconds: float) -> None:
        self._banned_until = max(self._banned_until, self.clock() + seconds)
        _log.warning("banned at Discord's edge for %.0f s; nothing is sent meanwhile", seconds)

    def _start_cooldown(self, channel_id: int, body: bytes) -> None:
        code = _code_of(body)
        if code != CANNOT_READ_HISTORY:
            self.cooldowns.start(channel_id)
            extra = {"channel_id": str(channel_id), "code": code}
            _log.warning(
                "not allowed to speak in a channel; leaving it alone for %.0f s", self.cooldowns.seconds, extra=extra
            )


async def _refuses_token(response: aiohttp.ClientResponse) -> bool:
    """Whether this looks like a refusal of the bot's token; `token_check` makes sure."""
    # discord.py reads the body again, which aiohttp keeps.
    by_code = response.status in (400, 403) and _code_of(await response.read()) == UNAUTHORIZED
    return by_code or response.status == 401


def _code_of(body: bytes) -> int:
    try:
        return int(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
