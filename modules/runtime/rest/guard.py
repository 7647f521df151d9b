"""Stands before every REST request: paces it, or holds it back where sending it could only do harm.

One guard lives as long as the process, so that what Discord has said outlives the bot of one attempt.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp

from modules.runtime.failures import EDGE_BAN_SECONDS
from modules.runtime.rest.breaker import Breaker, Passage, State, is_invalid
from modules.runtime.rest.channel_backlog import ChannelBacklog
from modules.runtime.rest.held_back import HeldBack
from modules.runtime.rest.mutes import MUTING_CODES, Mutes
from modules.runtime.rest.pacing import BURST, Pacer, TokenBucket
from modules.runtime.rest.target import RestTarget
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge

_log = logging.getLogger(__name__)

DEFAULT_RATE: Final = 45.0
EDGE_BAN: Final = "edge-ban"
INVALID_REQUESTS: Final = "invalid-requests"


@dataclass(frozen=True, slots=True)
class Permit:
    """One request that was let go."""

    target: RestTarget
    passage: Passage


@dataclass(slots=True)
class RestGuard:
    """Pacing, breaker, mutes, and the respect for a ban.

    Attributes:
        recorder: Told of what is held back, and why.
        rate: Requests a second, answers to interactions not counted.
        clock: Seconds that only ever grow, at the event loop's pace.
        token_doubted: Set once Discord has refused the token while running.
    """

    recorder: Recorder
    rate: float = DEFAULT_RATE
    clock: Callable[[], float] = time.monotonic
    token_doubted: asyncio.Event = field(default_factory=asyncio.Event)
    pacer: Pacer = field(init=False)
    breaker: Breaker = field(init=False)
    mutes: Mutes = field(init=False)
    backlog: ChannelBacklog = field(init=False)
    _banned_until: float | None = None

    def __post_init__(self) -> None:
        self.pacer = Pacer(TokenBucket(self.rate, BURST), self.clock)
        self.breaker = Breaker(self.clock)
        self.mutes = Mutes(self.clock)
        self.backlog = ChannelBacklog(self.clock)

    async def admit(self, target: RestTarget) -> Permit:
        """Wait for the request's turn.

        Returns:
            A permit; to be handed to `settle` or `abandon`.

        Raises:
            HeldBack: It must not be sent.
        """
        self._hold_back(target.channel_id, checks_token=target.checks_token)
        if target.answers_interaction:
            return Permit(target, self._passage())
        has_waited = await self.pacer.acquire(target.lane)
        try:
            if has_waited:  # what was learned meanwhile holds for it too
                self._hold_back(target.channel_id, checks_token=target.checks_token)
            return Permit(target, self._passage())
        except HeldBack:
            self.pacer.release(target.lane)
            raise

    async def settle(self, permit: Permit, response: aiohttp.ClientResponse) -> None:
        """Learn from an answer, before anybody else in its lane is let go."""
        status, headers, target = response.status, response.headers, permit.target
        try:
            self.breaker.answered(permit.passage, invalid=is_invalid(status, headers.get("X-RateLimit-Scope")))
            if status == 429:
                self._slow_down(headers)
            elif status == 401 and not target.answers_interaction:
                # Answers to interactions are left out: they carry tokens of their own, and their 401 tells of those.
                self.token_doubted.set()
            elif status == 403 and target.channel_id is not None:
                # discord.py reads the body again, which aiohttp keeps.
                self._mute_if_told_so(target.channel_id, await response.read())
            if target.is_send and target.channel_id is not None:
                self.backlog.learn(target.channel_id, headers)
        finally:
            self._leave(target)

    def abandon(self, permit: Permit) -> None:
        """The request ended without an answer."""
        self.breaker.abandoned(permit.passage)
        self._leave(permit.target)

    def held_back(self, channel_id: int | None = None) -> HeldBack | None:
        """Why nothing may be sent now, at all or to this channel; None where it may."""
        try:
            self._hold_back(channel_id)
        except HeldBack as reason:
            return reason
        return None

    def wait_seconds(self, channel_id: int) -> float:
        """How long an answer to this channel would take to leave if it were ready now."""
        turn = self.pacer.wait_seconds(self.backlog.ahead_of(channel_id))
        return max(turn, self.backlog.wait_seconds(channel_id))

    def sample(self) -> None:
        """Tell the recorder how things stand, and take back the faults that are over."""
        gauge = self.recorder.gauge
        gauge(Gauge.PACING_QUEUE, self.pacer.waiting_count)
        gauge(Gauge.PACING_WAIT_SECONDS, self.pacer.wait_seconds(self.pacer.waiting_count))
        gauge(Gauge.INVALID_REQUESTS, self.breaker.refused_count)
        gauge(Gauge.MUTED_CHANNELS, self.mutes.count())
        self.backlog.forget_idle()
        open_now = self.breaker.state is not State.CLOSED
        reason = "too many requests were refused by Discord; sending rests" if open_now else None
        self.recorder.fault(INVALID_REQUESTS, reason, blocking=True)
        if self._banned_until is not None and self.clock() >= self._banned_until:
            self._banned_until = None
            self.recorder.fault(EDGE_BAN, None)

    def _hold_back(self, channel_id: int | None, *, checks_token: bool = False) -> None:
        if self.token_doubted.is_set() and not checks_token:
            raise HeldBack("Discord has refused the token", self.breaker.rest_seconds)
        if self._banned_until is not None and (left := self._banned_until - self.clock()) > 0:
            raise HeldBack("banned at Discord's edge", left)
        if (left := self.breaker.wait_seconds) > 0:
            raise HeldBack("too many requests were refused", left)
        if channel_id is not None and (left := self.mutes.seconds_left(channel_id)) > 0:
            raise HeldBack("the bot may not speak in this channel", left)

    def _passage(self) -> Passage:
        passage = self.breaker.admit()
        if passage is None:
            raise HeldBack("too many requests were refused", self.breaker.rest_seconds)
        return passage

    def _leave(self, target: RestTarget) -> None:
        if not target.answers_interaction:
            self.pacer.release(target.lane)

    def _slow_down(self, headers: Mapping[str, str]) -> None:
        seconds = _retry_after(headers)
        # As discord.py tells them apart: the API answers through a proxy (Via) and in JSON, its edge does not.
        if not headers.get("Via") or headers.get("Content-Type") != "application/json":
            self._respect_ban(EDGE_BAN_SECONDS if seconds is None else seconds)
        elif headers.get("X-RateLimit-Global") or headers.get("X-RateLimit-Scope") == "global":
            # The limits of single routes are left to discord.py, which waits them out by itself.
            self.pacer.pause(1.0 if seconds is None else seconds)

    def _respect_ban(self, seconds: float) -> None:
        self._banned_until = max(self._banned_until or 0.0, self.clock() + seconds)
        until_at = datetime.now(UTC) + timedelta(seconds=seconds)
        _log.warning("banned at Discord's edge for %.0f s; nothing is sent meanwhile", seconds)
        self.recorder.fault(EDGE_BAN, f"Discord's edge refuses us until {until_at:%H:%M:%S} UTC", blocking=True)

    def _mute_if_told_so(self, channel_id: int, body: bytes) -> None:
        code = _code_of(body)
        if code in MUTING_CODES:
            self.mutes.mute(channel_id)
            extra = {"channel_id": str(channel_id), "code": code}
            _log.warning(
                "not allowed to speak in a channel; leaving it alone for %.0f s", self.mutes.seconds, extra=extra
            )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(headers["Retry-After"])
    except (KeyError, ValueError):
        return None
    # A day is longer than any ban; NaN and infinity would never end.
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None


def _code_of(body: bytes) -> int:
    try:
        return int(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return 0
