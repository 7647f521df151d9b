"""Everything we touch of discord.py that it does not promise to keep, in this one file.

discord.py is pinned; `tests/runtime/test_discord_internals.py` fails when a new version changes any of this under us.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route
from multidict import CIMultiDict, CIMultiDictProxy

from modules.runtime.bounded import LONGEST_BAN_SECONDS, bounded_seconds

_log = logging.getLogger(__name__)

MISSED_ACKS = 2
"""Heartbeats in a row that may go unacknowledged before the connection counts as dead."""

GOODBYE_SECONDS = 0.75
"""How long a close frame is waited for in answer to ours; less than the supervisor gives to the whole farewell."""

OPENING_SECONDS: Final = 60.0
"""The longest that handshake, HELLO and IDENTIFY may take together."""

CogT = TypeVar("CogT", bound=commands.Cog)
P = ParamSpec("P")

Reconnect = ReconnectWebSocket
"""Raised by a socket that ended and whose session may go on (`resume`) or not."""


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
    """One connection that notices missing ACKs and outlives nothing it cannot read."""

    _acknowledged_at: float | None = None
    _unacknowledged_count = 0

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(socket, loop=loop)
        # discord.py grants a silent peer 30 s to answer a close frame, in the middle of reconnecting.
        socket._timeout = aiohttp.ClientWSTimeout(ws_close=GOODBYE_SECONDS)

    async def send_heartbeat(self, data: Any) -> None:  # noqa: ANN401 - theirs
        """Send a heartbeat, or hang up if those before it went unheard: discord.py looks only for silence."""
        keeper = self._keep_alive
        heard_at = None if keeper is None else keeper._last_ack
        # An ACK leaves no other trace than its time.
        if heard_at != self._acknowledged_at:
            self._acknowledged_at, self._unacknowledged_count = heard_at, 0
        if self._unacknowledged_count >= MISSED_ACKS:
            _log.warning("%d heartbeats went unacknowledged; reconnecting", self._unacknowledged_count)
            await self.hang_up()
            return
        self._unacknowledged_count += 1
        await super().send_heartbeat(data)

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
        except Exception as garbage:
            _log.warning("the gateway sent an unreadable frame; reconnecting", exc_info=True)
            await self.hang_up()
            fresh = isinstance(garbage, MalformedReadyError)
            raise ReconnectWebSocket(self.shard_id, resume=not fresh) from garbage

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
            async with asyncio.timeout(GOODBYE_SECONDS):
                await super().close(code)

    async def hang_up(self) -> None:
        """Close without waiting for an answer: one that is broken may send events for ever and never give it."""
        if not self.open:
            return
        # aiohttp waits for the answer only while it knows of no close code.
        self.socket._close_code = aiohttp.WSCloseCode.ABNORMAL_CLOSURE
        await self.close(4000)


class MalformedReadyError(Exception):
    """READY could not be read, so that the session is of no use."""


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
    """What it takes to go on where this socket stopped; None if it never had a session or lost it."""
    if socket.session_id is None or socket.sequence is None:
        return None
    return Session(socket.session_id, socket.sequence, socket.gateway)


async def session_start_limit(client: discord.Client) -> StartLimit:
    """Ask Discord how many sessions are left.

    Raises:
        discord.HTTPException: Discord did not say.
        ValueError: Something else answered in its place.
    """
    # Not `http.get_bot_gateway`: it hides the answer that tells how long to wait.
    answer = await client.http.request(Route("GET", "/gateway/bot"))
    try:
        limit: Mapping[str, int] = answer["session_start_limit"]
        remaining, reset_after = int(limit["remaining"]), limit["reset_after"] / 1000
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("not the answer of Discord's GET /gateway/bot") from error
    seconds = bounded_seconds(reset_after, LONGEST_BAN_SECONDS, "session_start_limit.reset_after")
    if seconds is None:
        raise ValueError("GET /gateway/bot states no time of the next reset")
    return StartLimit(remaining, seconds)


def rewrite_answer(
    response: aiohttp.ClientResponse, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> None:
    """Replace what discord.py is about to read of an answer.

    Args:
        response: The answer.
        headers: All its headers, if they are to change.
        body: All its body, if it is to change.
    """
    if headers is not None:
        response._headers = CIMultiDictProxy(CIMultiDict(headers))
        response._cache.pop("headers", None)
    if body is not None:
        response._body = body


def drop_malformed_events(client: discord.Client, dropped: Callable[[str], None]) -> None:
    """Have events that discord.py's parsers choke on left out, instead of ending the process.

    Args:
        client: The client, before it connects.
        dropped: Told the name of each event that was left out; the error is the one being handled.
    """
    parsers = client._connection.parsers
    for event, parse in list(parsers.items()):
        parsers[event] = _guarded(event, parse, dropped)


def is_heard(bot: commands.Bot, event: str) -> bool:
    """Whether a listener has the event, or somebody waits for it by `Client.wait_for`."""
    return f"on_{event}" in bot.extra_events or bool(bot._listeners.get(event))


def leave_messages_unread_unless(client: discord.Client, wanted: Callable[[Mapping[str, Any]], bool]) -> None:
    """Have messages that are not wanted passed over before discord.py makes objects of them.

    Nearly all that a bot hears is people talking to each other; making objects of a message costs many times what a
    look at its text does.

    Args:
        client: The client, before it connects.
        wanted: Looks at a message as Discord sent it.
    """
    parsers = client._connection.parsers
    parse = parsers["MESSAGE_CREATE"]

    def look(payload: Any) -> None:  # noqa: ANN401 - whatever Discord sent
        if wanted(payload):
            parse(payload)

    parsers["MESSAGE_CREATE"] = look


def _guarded(event: str, parse: Callable[[Any], None], dropped: Callable[[str], None]) -> Callable[[Any], None]:
    def guarded(payload: Any) -> None:  # noqa: ANN401 - whatever Discord sent
        try:
            parse(payload)
        except Exception as error:
            if event == "READY":
                raise MalformedReadyError from error
            dropped(event)

    return guarded


class RestCommand(commands.HybridCommand[CogT, P, None]):
    """A command that takes no argument of a message, or all that follows its name as a single text.

    Of what discord.py offers between a message and a callback none of ours uses converters, cooldowns or hooks;
    finding that out anew each time costs several times what rolling the dice does. A bot's own checks are asked; its
    hooks before and after commands are for slash commands alone.
    """

    async def invoke(self, ctx: commands.Context[Any], /) -> None:
        """Carry out the command of a message; slash commands do not come this way.

        Raises:
            commands.CommandError: Anything that went wrong.
        """
        if self._wants_more:
            await super().invoke(ctx)
            return
        if not await ctx.bot.can_run(ctx):
            raise commands.CheckFailure(f"The checks of the bot refused {self.qualified_name}.")
        rest = ctx.view.read_rest().strip()
        callback: Any = self.callback
        try:
            await callback(self.cog, ctx, **(dict.fromkeys(self.params, rest) if rest else {}))
        except commands.CommandError:
            raise
        except Exception as error:
            raise commands.CommandInvokeError(error) from error

    @property
    def _wants_more(self) -> bool:
        return bool(
            self.checks or self._buckets.valid or self._max_concurrency or self._before_invoke or self._after_invoke
        )
