"""Waitress on one daemon thread: how the sidecar starts, serves and stops."""

import logging
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from waitress import wasyncore
from waitress.adjustments import Adjustments

from modules.web.connections import GRACE_SECONDS, Limits, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

PROXY_HEADERS: Final = "x-forwarded-for x-forwarded-proto"
POLL_SECONDS: Final = 0.1
CLOSING_SECONDS: Final = 0.5
HEADER_BYTES_AT_MOST: Final = 16 * 1024
BODY_BYTES_AT_MOST: Final = 4 * 1024


class WebServer:
    """Serves a WSGI application from a daemon thread.

    Args:
        app: The application.
        host: Address to listen on; `::` listens on IPv4 too.
        port: Port to listen on; 0 picks a free one.
        trusted_proxy: Address of the one proxy whose `X-Forwarded-*` headers are believed, `*` for any; None for none.
        limits: What clients may take.
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
        self._adjustments = _adjustments(trusted_proxy)
        self._sockets: dict[int, Any] = {}
        self._thread: threading.Thread | None = None
        self._stop_by: float | None = None

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
        server = Server(self._app, listening, self._sockets, self._adjustments, self._limits)
        self._thread = threading.Thread(target=self._serve, args=(server,), name="sidecar", daemon=True)
        self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """Take no new connections, let answers under way leave, close everything and join the thread.

        The thread polls for the request to stop: writing to its wake-up pipe could block for ever.

        Args:
            timeout_seconds: How long answers may take to leave. Calling it again, or before `start`, does nothing.
        """
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop_by = time.monotonic() + timeout_seconds
            thread.join(timeout_seconds + CLOSING_SECONDS)

    def _serve(self, server: Server) -> None:
        try:
            while self._stop_by is None:
                server.make_room()
                self._poll_once(server, GRACE_SECONDS if server.surplus > 0 else POLL_SECONDS)
            while server.drain() and time.monotonic() < self._stop_by:
                self._poll_once(server, POLL_SECONDS)
        except Exception:
            logger.exception("the sidecar's thread ended")
            raise
        finally:
            server.close_all()

    def _poll_once(self, server: Server, wait_seconds: float) -> None:
        timeout_seconds = 0 if server.has_backlog else wait_seconds
        wasyncore.loop(timeout=timeout_seconds, use_poll=True, map=self._sockets, count=1)
        server.answer()


def _listen(host: str, port: int) -> socket.socket:
    is_every_address = host in ("", "::")
    if is_every_address and socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    return socket.create_server((host, port), family=family)


def _adjustments(trusted_proxy: str | None) -> Adjustments:
    proxy = {"trusted_proxy": trusted_proxy, "trusted_proxy_headers": PROXY_HEADERS} if trusted_proxy else {}
    adjustments = Adjustments(
        **proxy,
        clear_untrusted_proxy_headers=True,
        ident=None,
        # The polling thread answers requests itself.
        threads=0,
        # Nothing more is read from a connection before its answer has left.
        channel_request_lookahead=0,
        max_request_header_size=HEADER_BYTES_AT_MOST,
        max_request_body_size=BODY_BYTES_AT_MOST,
        log_socket_errors=False,
        # Beyond it waitress waits for the polling thread to send, which is the very thread that would wait.
        outbuf_high_watermark=sys.maxsize,
    )
    # Head and body leave in one system call: after each the thread waits for the interpreter's lock again. Waitress
    # wants no such setting any more, but still asks for the value.
    adjustments.send_bytes = sys.maxsize
    return adjustments
