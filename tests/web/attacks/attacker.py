"""Attacks on a sidecar, run as a process of their own: `python -m tests.web.attacks.attacker NAME PORT SECONDS`.

Each one says `ready` once it is in full swing, and ends when its time is over.
"""

import contextlib
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

GET: Final = b"GET / HTTP/1.1\r\n\r\n"
PIPELINE: Final = GET * (8192 // len(GET))
PIPELINED_REQUESTS: Final = 80_000
CROWD: Final = 300
IDLE_CROWD: Final = 600
WORKERS: Final = 20
PATIENCE_SECONDS: Final = 10.0
DRIP_SECONDS: Final = 0.05


class Victim:
    """Where the attack goes to and when it ends.

    Args:
        port: The sidecar's port on loopback.
        seconds: How long the attack lasts.
    """

    def __init__(self, port: int, seconds: float) -> None:
        self._port = port
        self._ends_at = time.monotonic() + seconds

    @property
    def goes_on(self) -> bool:
        """Whether the attack's time is not over."""
        return time.monotonic() < self._ends_at

    def connect(self) -> socket.socket:
        """One more connection."""
        return socket.create_connection(("127.0.0.1", self._port), PATIENCE_SECONDS)

    @contextlib.contextmanager
    def crowd(self, size: int) -> Iterator[list[socket.socket]]:
        """As many connections as `size`."""
        sockets = [self.connect() for _ in range(size)]
        yield sockets
        for each in sockets:
            each.close()

    def repeat(self, once: Callable[[socket.socket], None], workers: int = WORKERS) -> None:
        """Do `once` on a new connection again and again, from several threads; an attack must expect errors."""

        def work() -> None:
            while self.goes_on:
                with contextlib.suppress(OSError), self.connect() as connection:
                    once(connection)

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        ready()
        for thread in threads:
            thread.join()

    def drip(self, size: int, start: bytes, drop: bytes) -> None:
        """Send `start` on many connections, then `drop` again and again; whatever is closed is opened anew."""
        with self.crowd(size) as sockets:
            for each in sockets:
                each.setblocking(False)
                with contextlib.suppress(OSError):
                    each.send(start)
            ready()
            while self.goes_on:
                time.sleep(DRIP_SECONDS)
                for place, each in enumerate(sockets):
                    if not is_open_after(each, drop):
                        each.close()
                        sockets[place] = self.connect()
                        sockets[place].setblocking(False)


def is_open_after(connection: socket.socket, drop: bytes) -> bool:
    """Whether a connection that does not block still takes `drop`."""
    try:
        connection.send(drop)
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def read_all(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def request(path: str, *headers: str, body: str = "", method: str = "GET") -> bytes:
    length = [f"Content-Length: {len(body)}"] if method == "POST" else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *headers, *length, "", body]).encode()


def pipelining_and_reading(victim: Victim) -> None:
    """80,000 pipelined requests from clients that read what they get."""

    def once(connection: socket.socket) -> None:
        connection.sendall(PIPELINE)
        read_all(connection)

    pipelined(victim, once)


def pipelining_and_closing(victim: Victim) -> None:
    """80,000 pipelined requests from clients that close at once."""
    pipelined(victim, lambda connection: connection.sendall(PIPELINE))


def pipelining_and_stalling(victim: Victim) -> None:
    """80,000 pipelined requests from clients that neither read nor close, each sending as much as it can."""
    stalled = []

    def once(connection: socket.socket) -> None:
        connection.settimeout(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.append(connection.dup())
        connection.sendall(PIPELINE)

    pipelined(victim, once)
    while victim.goes_on:
        time.sleep(DRIP_SECONDS)


def pipelined(victim: Victim, once: Callable[[socket.socket], None]) -> None:
    turns = itertools.count()
    most = PIPELINED_REQUESTS // (len(PIPELINE) // len(GET)) + 1

    def until_enough(connection: socket.socket) -> None:
        if next(turns) < most:
            once(connection)
        else:
            time.sleep(DRIP_SECONDS)

    victim.repeat(until_enough)


def slow_headers(victim: Victim) -> None:
    """Headers without end, a byte at a time."""
    victim.drip(CROWD, b"GET / HTTP/1.1\r\nX-Slow: ", b"x")


def slow_bodies(victim: Victim) -> None:
    """Bodies that take their time."""
    victim.drip(CROWD, b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n", b"a")


def blank_lines(victim: Victim) -> None:
    """Nothing but line ends, as many as fit."""

    def once(connection: socket.socket) -> None:
        for _ in range(50):
            connection.sendall(b"\r\n" * 30_000)

    victim.repeat(once)


def chunk_garbage(victim: Victim) -> None:
    """Chunked bodies that are none, or that never end."""
    head = b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    long_chunk, long_extension, long_trailer = (
        b"f" * 16 + b"\r\n" + b"x" * 8000,
        b"1;" + b"e" * 9000,
        b"0\r\n" + b"t" * 9000,
    )
    bodies = itertools.cycle((b"zz\r\n", long_chunk, long_extension, long_trailer))

    def once(connection: socket.socket) -> None:
        connection.sendall(head + next(bodies))
        read_all(connection)

    victim.repeat(once)


def malformed_headers(victim: Victim) -> None:
    """What no parser wants to see, `Content-Length` of 5,000 digits among it."""
    wrong = itertools.cycle(
        (
            request("/", "Content-Length: " + "9" * 5000),
            request("http://["),
            request("/", "Content-Length: 1, 2"),
            request("/", "Transfer-Encoding: gzip, chunked"),
            request("/", ": no name"),
            request("/", " folded"),
            b"\xff\xfe\x00 \x01\r\n\r\n",
        )
    )

    def once(connection: socket.socket) -> None:
        connection.sendall(next(wrong))
        read_all(connection)

    victim.repeat(once)


def half_open(victim: Victim) -> None:
    """Connections closed on one side only, half of them in the middle of a request."""
    while victim.goes_on:
        with victim.crowd(CROWD) as sockets:
            for each, half in zip(sockets, itertools.cycle((b"", b"GET / HT")), strict=False):
                with contextlib.suppress(OSError):
                    each.sendall(half)
                    each.shutdown(socket.SHUT_WR)
            ready()


def keep_alive(victim: Victim) -> None:
    """More clients than there is room for, each asking for the dashboard again and again."""
    page = request("/", "Accept-Encoding: gzip")

    def once(connection: socket.socket) -> None:
        while victim.goes_on:
            connection.sendall(page)
            if not connection.recv(65536):
                return

    victim.repeat(once, workers=120)


def wrong_tokens(victim: Victim) -> None:
    """A flood of wrong tokens."""
    form = request("/login", "Content-Type: application/x-www-form-urlencoded", body="token=wrong", method="POST")

    def once(connection: socket.socket) -> None:
        while victim.goes_on:
            connection.sendall(form)
            if not connection.recv(65536):
                return

    victim.repeat(once)


def big_cookies(victim: Victim) -> None:
    """Cookies as large as a header may be, and larger."""
    sizes = itertools.cycle((15_000, 20_000, 200_000))

    def once(connection: socket.socket) -> None:
        many = "; ".join(f"nazh_operator={number}" for number in range(next(sizes) // 20))
        connection.sendall(request("/", f"Cookie: {many}", "Connection: close"))
        read_all(connection)

    victim.repeat(once)


def idle(victim: Victim) -> None:
    """600 connections that say nothing; each that is closed is opened anew."""
    victim.drip(IDLE_CROWD, b"", b"")


ATTACKS: Final[Mapping[str, Callable[[Victim], None]]] = {
    attack.__name__: attack
    for attack in (
        pipelining_and_reading,
        pipelining_and_closing,
        pipelining_and_stalling,
        slow_headers,
        slow_bodies,
        blank_lines,
        chunk_garbage,
        malformed_headers,
        half_open,
        keep_alive,
        wrong_tokens,
        big_cookies,
        idle,
    )
}


if __name__ == "__main__":
    # Once the sidecar has stopped there is nothing left to attack.
    with contextlib.suppress(ConnectionError):
        ATTACKS[sys.argv[1]](Victim(int(sys.argv[2]), float(sys.argv[3])))
