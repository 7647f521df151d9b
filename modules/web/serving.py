"""Waitress in one thread of its own, with deadlines that a slow client cannot stretch."""

import logging
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from waitress.task import ThreadedTaskDispatcher

logger = logging.getLogger(__name__)

PROXY_HEADERS: Final = "x-forwarded-for x-forwarded-proto"
CONNECTIONS_AT_MOST: Final = 512
HEADER_BYTES_AT_MOST: Final = 16 * 1024
BODY_BYTES_AT_MOST: Final = 4 * 1024
WAKE_SECONDS: Final = 0.25
# SO_LINGER on, for no time at all: close() then resets the connection, and the kernel keeps nothing for the client.
RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take.

    Attributes:
        deadline_seconds: From a request's first byte, or a connection's start, until the answer has left.
        connections: Open at once; for one more, the one that has taken longest is closed.
        header_bytes: Size of a request's head.
        body_bytes: Size of a request's body.
    """

    deadline_seconds: float = 10.0
    connections: int = CONNECTIONS_AT_MOST
    header_bytes: int = HEADER_BYTES_AT_MOST
    body_bytes: int = BODY_BYTES_AT_MOST


class _Channel(HTTPChannel):
    """One connection. Bytes do not buy time: only a whole request and its answer do."""

    def __init__(
        self,
        server: "_Server",
        sock: socket.socket,
        addr: str,
        adj: Adjustments,
        map: dict[int, Any] | None = None,  # noqa: A002 - waitress's name
    ) -> None:
        super().__init__(server, sock, addr, adj, map)
        self.since = time.monotonic()
        self._is_answered = False

    def received(self, data: bytes) -> bool:
        if self._is_answered:
            self.since, self._is_answered = time.monotonic(), False
        return bool(super().received(data))

    def drop(self) -> None:
        """Close at once; what the client has not taken yet is forgotten, by the kernel too."""
        if self.total_outbufs_len and self.socket:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.handle_close()

    def service(self) -> None:
        super().service()
        self.since, self._is_answered = time.monotonic(), True


class _Turns:
    """Serves requests one after another on the thread that polls, instead of handing them to a pool.

    Every answer here is computed in a few milliseconds under the interpreter's lock: more threads would compute nothing
    sooner, and each hand-over from thread to thread is one more wait for that lock while the bot is busy.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Channel] = deque()

    def add_task(self, channel: "_Channel") -> None:
        """Remember a channel that has a whole request; waitress holds its lock, so it cannot be served yet."""
        self._waiting.append(channel)

    def serve(self) -> None:
        """Answer every request that waits."""
        while self._waiting:
            # A client that sent several requests at once comes back to the queue after each.
            self._waiting.popleft().service()


class _Server(TcpWSGIServer):
    """Drops every connection that is past its deadline, whatever it is doing."""

    channel_class = _Channel
    deadline_seconds = 0.0
    connections_at_most = 0

    def connections(self) -> list[_Channel]:
        """All that are open."""
        return list(cast("dict[int, _Channel]", self.active_channels).values())

    def maintenance(self, now: float) -> None:
        """Do nothing: waitress calls this while it gathers sockets to poll, too late to close any of them safely."""

    def drop_overdue(self) -> None:
        """Close what is overdue or one too many; only between two polls, lest a new client inherit a polled number."""
        channels = sorted(self.connections(), key=lambda channel: channel.since)
        surplus = len(channels) - self.connections_at_most
        oldest = time.monotonic() - self.deadline_seconds
        for place, channel in enumerate(channels):
            if channel.since < oldest or place < surplus:
                channel.drop()


class WebServer:
    """Serves a WSGI application from a daemon thread.

    Args:
        app: The application.
        host: Address to listen on; `::` listens on IPv4 too.
        port: Port to listen on; 0 picks a free one.
        trusted_proxy: Address of the one proxy whose `X-Forwarded-*` headers are believed, `*` for any; None for none.
        limits: What a client may take.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        host: str = "127.0.0.1",
        port: int = 8080,
        trusted_proxy: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._app = app
        self._address = (host, port)
        self._limits = limits or Limits()
        self._adjustments = _adjustments(trusted_proxy, self._limits)
        self._sockets: dict[int, Any] = {}
        self._turns = _Turns()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._stop_by: float | None = None
        self._waking = threading.Lock()

    @property
    def port(self) -> int:
        """The port really bound."""
        return self._address[1]

    def start(self) -> None:
        """Bind in the calling thread, then serve from another.

        Raises:
            OSError: The address is taken or not ours.
        """
        listening = _listen(*self._address)
        self._address = (self._address[0], listening.getsockname()[1])
        info = (listening.family, listening.type, listening.proto, listening.getsockname())
        self._server = _Server(
            self._app,
            self._sockets,
            _sock=listening,
            dispatcher=cast("ThreadedTaskDispatcher", self._turns),
            adj=self._adjustments,
            sockinfo=info,
            bind_socket=False,
        )
        self._server.deadline_seconds = self._limits.deadline_seconds
        self._server.connections_at_most = self._limits.connections
        self._thread = threading.Thread(target=self._serve, args=(self._server,), name="sidecar", daemon=True)
        self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """Take no new connections, let answers under way leave, close everything and join the thread.

        Args:
            timeout_seconds: How long all of that may take. Calling it again, or before `start`, does nothing.
        """
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        self._server = self._thread = None
        with self._waking:
            self._stop_by = time.monotonic() + timeout_seconds
            server.pull_trigger()
        # Longer than the thread gives itself, so that it can still close what is left.
        thread.join(timeout_seconds + 1.0)

    def _serve(self, server: _Server) -> None:
        try:
            self._run(server, lambda: self._stop_by is None)
            with self._waking:  # else the trigger's descriptor could be closed, and be another's, when it is pulled
                # Not server.close(): that closes the trigger as well, which answers under way still pull.
                wasyncore.dispatcher.close(server)
            self._run(server, lambda: _is_busy(server) and time.monotonic() < (self._stop_by or 0.0))
        except Exception:
            logger.exception("the sidecar's thread ended")
            raise
        finally:
            wasyncore.close_all(self._sockets, ignore_all=True)

    def _run(self, server: _Server, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            server.drop_overdue()
            wasyncore.loop(timeout=WAKE_SECONDS, use_poll=True, map=self._sockets, count=1)
            self._turns.serve()


def _is_busy(server: _Server) -> bool:
    return any(channel.requests or channel.total_outbufs_len for channel in server.connections())


def _listen(host: str, port: int) -> socket.socket:
    is_every_address = host in ("", "::")
    if is_every_address and socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    return socket.create_server((host, port), family=family)


def _adjustments(trusted_proxy: str | None, limits: Limits) -> Adjustments:
    proxy = {"trusted_proxy": trusted_proxy, "trusted_proxy_headers": PROXY_HEADERS} if trusted_proxy else {}
    return Adjustments(
        **proxy,
        clear_untrusted_proxy_headers=True,
        ident=None,
        # Never reached: there waitress would stop accepting, and slow clients would shut out everyone else.
        connection_limit=2 * limits.connections,
        max_request_header_size=limits.header_bytes,
        max_request_body_size=limits.body_bytes,
        log_socket_errors=False,
        # Beyond it waitress waits for the polling thread to send; here that very thread would be the one that waits.
        outbuf_high_watermark=sys.maxsize,
    )
