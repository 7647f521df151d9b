"""Limits of a connection, and which idle connection is closed for a new one."""

import errno
import socket
import struct
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, TcpWSGIServer
from waitress.utilities import BadRequest, Error

if TYPE_CHECKING:
    from socket import _RetAddress

    from _typeshed.wsgi import WSGIApplication

CONNECTIONS_AT_MOST: Final = 100
PROBES: Final = frozenset({"/healthz", "/livez", "/readyz", "/startupz", "/metrics"})
WAITING_AT_MOST: Final = 32
ACCEPTS_PER_POLL: Final = 4
ACCEPT_PAUSE_SECONDS: Final = 0.5
GRACE_SECONDS: Final = 0.02
OUT_OF_RESOURCES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
MAPPED_IPV4: Final = "::ffff:"
# SO_LINGER on with no time: close() resets the connection, and the kernel keeps no unsent bytes for the client.
RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of clients.

    Attributes:
        deadline_seconds: From a request's first byte, or a connection's start, until the answer has left.
        connections: Open at once. For one more, an idle connection of the address that holds most of them is closed.
    """

    deadline_seconds: float = 10.0
    connections: int = CONNECTIONS_AT_MOST


class Request(HTTPRequestParser):
    """One request at a time: a client that pipelines gets its first answer, then the connection is closed."""

    path = ""
    """Waitress logs the path when a client leaves early, even of a request too malformed to have one."""

    def received(self, data: bytes) -> int:
        """Parse `data`; returns how much of it was taken."""
        try:
            consumed = super().received(data)
        except ValueError:  # from int("9" * 5000) or urlsplit("http://["), which waitress does not expect
            consumed = 0
            self._refuse("Malformed request")
        if self.empty:
            # Waitress skips blank lines at no cost to a client that sends nothing else.
            self._refuse("Empty request")
        if not self.completed or consumed == len(data):
            return consumed
        cast("dict[str, str]", self.headers)["CONNECTION"] = "close"
        return len(data)

    def _refuse(self, reason: str) -> None:
        self.error, self.completed, self.empty = BadRequest(reason), True, False


class Channel(HTTPChannel):
    """One connection; its deadline restarts with each request, not with each byte."""

    parser_class = Request

    def __init__(
        self,
        server: BaseWSGIServer,
        sock: socket.socket,
        addr: "_RetAddress",
        adj: Adjustments,
        map: dict[int, Any] | None = None,  # noqa: A002 - waitress's name
    ) -> None:
        super().__init__(server, sock, addr, adj, map)
        self.since = time.monotonic()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being made or is leaving."""
        return bool(self.requests or self.total_outbufs_len)

    def received(self, data: bytes) -> bool:
        """Take what the client sent; whether anything was done with it."""
        if self.request is None:
            self.since = time.monotonic()
        return bool(super().received(data))

    def read_early(self) -> None:
        """Read what came along with the connection, without a poll in between."""
        try:
            if self.socket and (data := self.socket.recv(self.adj.recv_bytes)):
                self.received(data)
        except OSError:  # nothing yet, or a fault that polling reports as well
            pass
        except Exception:  # noqa: BLE001 - left to waitress it would close the listening socket
            self.handle_error()

    def answer(self) -> None:
        """Make the answer and send what the client takes of it now; polling sends the rest."""
        self.service()
        if self.connected:
            self.handle_write()

    def drop(self) -> None:
        """Close at once; an answer that the client has not taken is cut off, in the kernel too."""
        if self.is_busy and self.socket:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.handle_close()


class _BusyError(Error):
    code = 503
    reason = "Service Unavailable"


class Server(TcpWSGIServer):
    """Accepts up to the limit of connections, and closes idle ones for new ones.

    Requests are answered by the thread that polls, between two polls. Answers are computed in a few milliseconds under
    the interpreter's lock: more threads would compute nothing sooner, and each hand-over to one is one more wait for
    that lock while the bot is busy.

    Args:
        listening: The bound socket.
        sockets: Everything that is polled, by descriptor.
    """

    channel_class = Channel

    def __init__(
        self,
        app: "WSGIApplication",
        listening: socket.socket,
        sockets: dict[int, Any],
        adj: Adjustments,
        limits: Limits,
    ) -> None:
        info = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(app, sockets, _sock=listening, adj=adj, sockinfo=info, bind_socket=False)
        self._limits = limits
        self._accepts_from = 0.0
        self._probes: list[Channel] = []
        self._pages: deque[Channel] = deque()

    def channels(self) -> list[Channel]:
        """All open connections."""
        return list(cast("dict[int, Channel]", self.active_channels).values())

    def add_task(self, task: object) -> None:
        """Queue the request of a channel; one of too many that wait is refused with 503."""
        channel = cast("Channel", task)
        request = cast("Request", channel.requests[0])
        if not request.error and request.path not in PROBES:
            if len(self._pages) < WAITING_AT_MOST:
                self._pages.append(channel)
                return
            request.error = _BusyError("Too many requests are waiting")
        self._probes.append(channel)

    @property
    def has_backlog(self) -> bool:
        """Whether requests wait for the next turn."""
        return bool(self._pages)

    def answer(self) -> None:
        """Answer all probes and one other request: a flood of those delays no probe by more than one of them."""
        turn, self._probes = self._probes, []
        if self._pages:
            turn.append(self._pages.popleft())
        for channel in turn:
            channel.answer()

    def pull_trigger(self) -> None:
        """Wake nobody: the thread that waitress would wake is the one that calls this."""

    @property
    def surplus(self) -> int:
        """How many connections there are too many."""
        return len(self.channels()) - self._limits.connections

    def readable(self) -> bool:
        """Whether to accept; called before each poll."""
        return self.accepting and self.surplus <= 0 and time.monotonic() >= self._accepts_from

    def accept(self) -> tuple[socket.socket, Any] | None:
        """The next waiting connection, if any. Without a free descriptor accepting is paused: poll() would spin."""
        try:
            return super().accept()
        except OSError as error:
            if error.errno in OUT_OF_RESOURCES:
                self._accepts_from = time.monotonic() + ACCEPT_PAUSE_SECONDS
            return None

    def handle_accept(self) -> None:
        """Accept a few at once: one a poll would leave /healthz waiting behind a flood of connections.

        Each system call gives the interpreter's lock away, and while the bot is busy it takes long to win it back: so a
        probe is answered after as few of them as possible.
        """
        for _ in range(ACCEPTS_PER_POLL):
            known_count = len(self.channels())
            super().handle_accept()
            channels = self.channels()
            if len(channels) == known_count:
                return
            channels[-1].read_early()
            if self._probes:
                return

    def fix_addr(self, addr: "_RetAddress") -> "_RetAddress":
        """An IPv4 client of a dual-stack socket by its IPv4 address, as `TRUSTED_PROXY` names it."""
        return (addr[0].removeprefix(MAPPED_IPV4), *addr[1:])

    def make_room(self) -> None:
        """Close overdue and surplus connections. Between polls only: a closed descriptor may be reused at once."""
        oldest = time.monotonic() - self._limits.deadline_seconds
        for channel in self.channels():
            if channel.since < oldest:
                channel.drop()
        if self.surplus > 0:
            for channel in self._expendable()[: self.surplus]:
                channel.drop()

    def drain(self) -> bool:
        """Accept nothing more, close what is idle; whether an answer is still under way."""
        self.close()
        for channel in self.channels():
            if not channel.is_busy:
                channel.drop()
        return bool(self.channels())

    def close_all(self) -> None:
        """Close everything."""
        for channel in self.channels():
            channel.drop()
        self.close()

    def _expendable(self) -> list[Channel]:
        """Connections without a request under way: first those of the address with most of them, oldest first."""
        # A new client gets a moment to send its request: a health check may be the only idle connection in a flood.
        youngest = time.monotonic() - GRACE_SECONDS
        idle = [channel for channel in self.channels() if not channel.requests and channel.since < youngest]
        held = Counter(channel.addr[0] for channel in idle)
        return sorted(idle, key=lambda channel: (-held[channel.addr[0]], channel.since))
