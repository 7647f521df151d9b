"""Uses of private parts of discord.py's gateway.

discord.py is pinned; `tests/discord_api/compat/test_socket.py` fails when a new version changes any of this.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from discord.http import Route

from modules.discord_api.compat.events import MalformedReadyError
from modules.lifecycle.bounded import LONGEST_BAN_SECONDS, bounded_seconds

_log = logging.getLogger(__name__)

MISSED_ACKS: Final = 2
"""Heartbeats in a row that may go unacknowledged before the connection counts as dead."""

CLOSE_SECONDS: Final = 0.75
"""How long a close frame is waited for in answer to ours; less than the supervisor gives to the whole farewell."""

OPENING_SECONDS: Final = 60.0
"""The longest that handshake, HELLO and IDENTIFY may take together."""

SHORTEST_INTERVAL_SECONDS: Final = 0.1
LONGEST_INTERVAL_SECONDS: Final = 45.0
"""Bounds of the time between two heartbeats, whatever HELLO states; Discord states 41.25 s. The longest is less than
the silence after which a connection counts as dead: an idle gateway may say nothing but its ACKs."""

Reconnect = ReconnectWebSocket
"""Raised by a socket that ended and whose session may go on (`resume`) or not."""


class UnconfirmedError(Exception):
    """Discord answered neither READY to IDENTIFY nor RESUMED to RESUME in time."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a RESUME needs.

    Attributes:
        sequence: Number of the last event that was read.
        gateway: Where Discord wants the RESUME; None for the main gateway.
    """

    id: str
    sequence: int
    gateway: yarl.URL | None


@dataclass(frozen=True, slots=True)
class StartLimit:
    """How many sessions Discord still lets the bot start.

    Attributes:
        remaining: IDENTIFYs left.
        reset_after_seconds: Until there are as many as at first.
    """

    remaining: int
    reset_after_seconds: float


class GatewaySocket(DiscordWebSocket):
    """One connection that notices missing answers and ends on frames it cannot read."""

    _acknowledged_at: float | None = None
    _unacknowledged_count = 0
    _handler: KeepAliveHandler | None = None

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(socket, loop=loop)
        # discord.py grants a silent peer 30 s to answer a close frame, in the middle of reconnecting.
        socket._timeout = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS)

    @property
    def _keep_alive(self) -> KeepAliveHandler | None:
        """The thread that asks for heartbeats; discord.py sets it on HELLO and starts it later."""
        return self._handler

    @_keep_alive.setter
    def _keep_alive(self, handler: KeepAliveHandler | None) -> None:
        if handler is not None:
            handler.interval = heartbeat_interval(handler.interval)
        self._handler = handler

    async def send_heartbeat(self, data: Any) -> None:  # noqa: ANN401 - theirs
        """Send a heartbeat, or hang up if those before it went unheard: discord.py looks only for silence."""
        handler = self._handler
        heard_at = None if handler is None else handler._last_ack
        # An ACK leaves no other trace than its time.
        if heard_at != self._acknowledged_at:
            self._acknowledged_at, self._unacknowledged_count = heard_at, 0
        if self._unacknowledged_count >= MISSED_ACKS:
            _log.warning("%d heartbeats went unacknowledged; reconnecting", self._unacknowledged_count)
            await self.hang_up()
            return
        self._unacknowledged_count += 1
        if handler is not None:
            # The thread notes it only after sending: an ACK that is faster was measured against the heartbeat before.
            handler._last_send = time.perf_counter()
        await super().send_heartbeat(data)

    async def confirm(self) -> None:
        """Read frames until Discord confirms the session that was just asked for.

        The deadline is the one for silence: a gateway that acknowledges heartbeats and does nothing else is as good as
        silent.

        Raises:
            UnconfirmedError: Discord did not do so in time.
            Reconnect, discord.ConnectionClosed: As for `poll_event`.
        """
        confirmed = self.wait_for("READY" if self.session_id is None else "RESUMED", lambda _: True)
        try:
            async with asyncio.timeout(self._max_heartbeat_timeout) as deadline:
                while not confirmed.done():
                    await self.poll_event()
        except TimeoutError:
            if not deadline.expired():
                raise
            raise UnconfirmedError from None

    async def poll_event(self) -> None:
        """Read one frame.

        Raises:
            Reconnect: The connection is over, or sent what nobody can read.
            discord.ConnectionClosed: It was closed for good.
        """
        try:
            await super().poll_event()
        except (ReconnectWebSocket, discord.ConnectionClosed, OSError, aiohttp.ClientError):
            raise
        except Exception as error:
            _log.warning("the gateway sent an unreadable frame; reconnecting", exc_info=True)
            await self.hang_up()
            fresh = isinstance(error, MalformedReadyError)
            raise ReconnectWebSocket(self.shard_id, resume=not fresh) from error

    async def close(self, code: int = 4000) -> None:
        """Close, and wait a moment for the other side to have heard.

        Args:
            code: 1000 ends the session for good; anything else leaves it to be resumed.
        """
        if code == aiohttp.WSCloseCode.OK:
            # A cancelled read marks the socket as broken, and it is then dropped right after the close frame: with
            # events still unread the system resets the connection, and Discord never hears that we mean to leave.
            self.socket._close_code = None
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await super().close(code)

    async def hang_up(self) -> None:
        """Close without waiting for an answer: one that is broken may send events for ever and never give it."""
        if not self.open:
            return
        # aiohttp waits for the answer only while it knows of no close code.
        self.socket._close_code = aiohttp.WSCloseCode.ABNORMAL_CLOSURE
        await self.close(4000)


def heartbeat_interval(stated_seconds: object) -> float:
    """The time between two heartbeats, within bounds.

    Args:
        stated_seconds: What HELLO states.

    Raises:
        ValueError: It is not a number.
    """
    seconds = bounded_seconds(stated_seconds, LONGEST_INTERVAL_SECONDS, "heartbeat_interval")
    if seconds is None:
        raise ValueError("heartbeat_interval is not a number")
    if seconds < SHORTEST_INTERVAL_SECONDS:
        _log.warning(
            "raised heartbeat_interval to %.1f s: %.6g s is not believable", SHORTEST_INTERVAL_SECONDS, seconds
        )
    return max(SHORTEST_INTERVAL_SECONDS, seconds)


async def open_socket(client: discord.Client, session: Session | None, *, initial: bool) -> GatewaySocket:
    """Connect, and send RESUME for a session, or IDENTIFY without one.

    Args:
        client: A client that has logged in; it uses the socket from then on.
        session: What to resume.
        initial: Whether this client never identified before.

    Raises:
        Reconnect: The connection ended before it began.
        discord.ConnectionClosed: Discord closed it for good.
        OSError, aiohttp.ClientError, TimeoutError: Nobody answered.
    """
    known: dict[str, Any] = {}
    if session is not None:
        known = {"resume": True, "session": session.id, "sequence": session.sequence, "gateway": session.gateway}
    opening = GatewaySocket.from_client(client, initial=initial, shard_id=client.shard_id, **known)
    async with asyncio.timeout(OPENING_SECONDS):
        socket = await opening
    client.ws = socket
    return socket


def session_of(socket: DiscordWebSocket) -> Session | None:
    """What it takes to go on where this socket stopped; None if it never had a session, or lost it or count of it."""
    session_id, sequence = socket.session_id, socket.sequence
    # Whatever was in a frame's `s` stands in `sequence`.
    if not isinstance(session_id, str) or not isinstance(sequence, int):
        return None
    return Session(session_id, sequence, socket.gateway)


async def session_start_limit(client: discord.Client) -> StartLimit:
    """Ask Discord how many sessions are left.

    Raises:
        discord.HTTPException: Discord did not say.
        ValueError: Something else answered in its place.
    """
    # Not `http.get_bot_gateway`: it hides the answer that tells how long to wait.
    answer = await client.http.request(Route("GET", "/gateway/bot"))
    try:
        limit = answer["session_start_limit"]
        remaining, reset_after = int(limit["remaining"]), limit["reset_after"] / 1000
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError("not the answer of Discord's GET /gateway/bot") from error
    seconds = bounded_seconds(reset_after, LONGEST_BAN_SECONDS, "session_start_limit.reset_after")
    if seconds is None:
        raise ValueError("GET /gateway/bot states no time of the next reset")
    return StartLimit(remaining, seconds)
