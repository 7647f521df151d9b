"""Keeps one bot connected to the gateway: resumes sessions where possible, identifies otherwise, with backoff.

It takes the place of `Client.connect`, whose loop has no backoff for a RESUME, does not retry its first connect, never
asks how many sessions are left and goes back to a dead resume address for ever.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
import discord

from modules.discord_api.compat.events import guard_events
from modules.discord_api.compat.socket import (
    Reconnect,
    Session,
    UnconfirmedError,
    open_socket,
    session_of,
    session_start_limit,
)
from modules.discord_api.failures import Decision, Failure, classify
from modules.discord_api.gateway.identify_limit import IdentifyLimiter
from modules.discord_api.gateway.reconnect_backoff import ReconnectBackoff
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.waiting import wait_visibly
from modules.log.repeats import RateLimitedLog
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count, Gauge, Phase

_log = logging.getLogger(__name__)

STABLE_SECONDS = 60.0
"""A connection that lived this long ends a series of bad ones."""

FRUITLESS_RESUMES = 5
"""A session that was resumed so often in a row without Discord confirming it is given up."""

MORE_DROPPED = "%(count)d more malformed %(kind)s were dropped within a minute"

LOST = Failure(Decision.RETRY, "the gateway connection was lost")
ENDED = Failure(Decision.RETRY, "Discord ended the session")
UNCONFIRMED = Failure(Decision.RETRY, "Discord did not confirm the session in time")


@dataclass(slots=True)
class GatewayConnection:
    """What outlives the single connection, and the bot of a single attempt too.

    Attributes:
        recorder: Records the state of the connection, and its waits.
        shutdown: The request to stop, which ends every wait.
        reconnect_backoff: Spaces connects.
        identify_limiter: Spaces IDENTIFYs, which cost more.
        clock: Monotonic clock, in seconds.
    """

    recorder: Recorder
    shutdown: Shutdown
    reconnect_backoff: ReconnectBackoff = field(default_factory=ReconnectBackoff)
    identify_limiter: IdentifyLimiter = field(default_factory=IdentifyLimiter)
    clock: Callable[[], float] = time.monotonic
    _connections: "_ClientConnections | None" = None
    _dropped: RateLimitedLog = field(init=False)

    def __post_init__(self) -> None:
        self._dropped = RateLimitedLog(_log, MORE_DROPPED, self.clock)

    @property
    def is_up(self) -> bool:
        """Whether a session that Discord has confirmed is on the connection that stands; True before there is any."""
        return self._connections is None or self._connections.is_up

    def sample(self) -> None:
        """Write the log lines that are due; called once a second."""
        self._dropped.summarize()

    async def keep_connected(self, client: discord.Client) -> None:
        """Stay connected until cancelled.

        Args:
            client: Has logged in, and never connected before.

        Raises:
            discord.ConnectionClosed, discord.HTTPException: Something that a person must mend.
        """
        guard_events(client, self._drop, self.recorder.gateway_event)
        connections = self._connections = _ClientConnections(client, self.clock)
        failure = LOST
        while not self.shutdown.requested.is_set():
            # A session that is over costs an IDENTIFY, which the limiter spaces: the connection itself did not fail.
            backoff_seconds = 0.0 if failure is ENDED else self.reconnect_backoff.next_delay()
            await self._wait(max(backoff_seconds, failure.wait_seconds), failure.reason)
            failure = await self._connection(connections)
        await _until_cancelled()

    def _drop(self, event: str, error: Exception | None) -> None:
        """Count an event that could not be read, and log it."""
        self.recorder.count(Count.MALFORMED_EVENTS)
        self._dropped.warning("a malformed %s was dropped; the connection stays", event, exc_info=error)

    async def _connection(self, connections: "_ClientConnections") -> Failure:
        """One connection from its beginning to its end."""
        connections.begin()
        try:
            if connections.session is None:
                await self._permission_to_identify(connections)
            await connections.run()
        except Reconnect as lost:
            # Unopened, it would come round at once: what spaces sessions is IDENTIFY.
            failure = LOST if lost.resume or not connections.opened else ENDED
            connections.lost(resumable=lost.resume)
        except UnconfirmedError:
            connections.lost(resumable=False)
            failure = UNCONFIRMED
        except (OSError, aiohttp.ClientError, discord.DiscordException, ValueError) as error:
            failure = classify(error)
            if failure.decision is Decision.GIVE_UP:
                raise
            if connections.failed_to_connect:
                self.reconnect_backoff.refused()
            # None of these errors says that the session is over, and a RESUME costs nothing of the budget.
            connections.lost(resumable=True)
        if connections.open_seconds >= STABLE_SECONDS:
            self.reconnect_backoff.lasted()
            self.identify_limiter.lasted()
        _log.warning("%s; reconnecting", failure.reason, extra={"resume": connections.session is not None})
        self.recorder.disconnected()
        # What `Client.connect` would have told whoever listens.
        connections.client.dispatch("disconnect")
        return failure

    async def _permission_to_identify(self, connections: "_ClientConnections") -> None:
        """Wait until an IDENTIFY is due, and as long as Discord's budget is spent."""
        await self._wait(self.identify_limiter.next_delay(), "sessions must not start too often")
        while True:
            limit = await session_start_limit(connections.client)
            self.recorder.gauge(Gauge.IDENTIFY_REMAINING, limit.remaining)
            delay = self.identify_limiter.budget_delay(limit.remaining, limit.reset_after_seconds)
            if not delay:
                return
            await self._wait(delay, "the day's session starts are spent")

    async def _wait(self, seconds: float, reason: str) -> None:
        attempt = max(1, self.reconnect_backoff.streak)
        await wait_visibly(seconds, reason, self.recorder, self.shutdown, then=Phase.CONNECTING, attempt=attempt)
        if self.shutdown.requested.is_set():
            await _until_cancelled()


async def _until_cancelled() -> None:
    """Leave the gateway alone while draining: a new session would bring commands that nobody may start."""
    await asyncio.Event().wait()


@dataclass(slots=True)
class _ClientConnections:
    """The connections of one client, one after the other.

    Attributes:
        clock: Monotonic clock, in seconds.
        session: What the next connection resumes; None to identify.
        fruitless: Resumed connections in a row that ended before Discord had confirmed the session.
        open_seconds: How long this connection was open; the waits and the handshake before it, each of which may take
            longer than a connection has to last, do not count.
        opened: Whether this connection came as far as IDENTIFY or RESUME.
        is_up: Whether the connection stands and Discord has confirmed its session.
    """

    client: discord.Client
    clock: Callable[[], float]
    session: Session | None = None
    fruitless: int = 0
    open_seconds: float = 0.0
    opened: bool = False
    is_up: bool = False
    _initial: bool = True
    _confirmed: bool = False

    def begin(self) -> None:
        """Forget the connection before, since this one may end before it is opened."""
        self.open_seconds, self.opened, self._confirmed = 0.0, False, False

    @property
    def failed_to_connect(self) -> bool:
        """Whether this connection was not opened, at an address for which there is no other."""
        return not self.opened and (self.session is None or self.session.gateway is None)

    async def run(self) -> None:
        """Open a connection and read from it to its end, which is always an exception."""
        socket = await open_socket(self.client, self.session, initial=self._initial)
        self._initial, self.opened = False, True
        opened_at = self.clock()
        try:
            await socket.confirm()
            self._confirmed = self.is_up = True
            while True:
                await socket.poll_event()
        except Exception:
            self.open_seconds = self.clock() - opened_at
            # Not for a cancellation: that leaves the socket to `Client.close`, which ends the session with code 1000.
            await socket.hang_up()
            raise
        finally:
            self.is_up = False

    def lost(self, *, resumable: bool) -> None:
        """Decide what the next connection does, after one has ended."""
        if not resumable:
            self.session, self.fruitless = None, 0
        elif self.opened:
            # A new session whose READY was not read is of no use: the client knows nothing of its guilds.
            is_known = self._confirmed or self.session is not None
            self.session = session_of(self.client.ws) if is_known else None
            self.fruitless = 0 if self._confirmed else self.fruitless + 1
        elif self.session is not None:
            # The resume address may be dead while the gateway lives.
            self.session = Session(self.session.id, self.session.sequence, None)
        if self.fruitless >= FRUITLESS_RESUMES:
            _log.warning("the session cannot be resumed; starting a new one")
            self.session, self.fruitless = None, 0
