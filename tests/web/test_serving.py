"""Each promise of the socket, over real sockets. Time is compressed by the deadline, never by waiting longer."""

import http.client
import os
import select
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import pytest
from waitress import trigger

from modules.telemetry.metrics import Metrics
from modules.web.connections import Limits
from modules.web.serving import WebServer
from tests.telemetry.fakes import Bench
from web_server import create_app

PATIENCE_SECONDS = 20
DRIPPING = 60
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def sidecar() -> Any:
    bench = Bench()
    bench.second()
    return create_app(bench.latest, Metrics(bench.latest), dashboard_token="correct")


def echo(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answers with what the application would believe of its client."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    known = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
    return [" ".join(str(environ.get(name, "-")) for name in known).encode()]


@contextmanager
def serving(app: Any, host: str = "127.0.0.1", **options: Any) -> Iterator[WebServer]:
    server = WebServer(app, host=host, port=0, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop(2)


@contextmanager
def connected(server: WebServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    """All that comes until the server closes; a server that does not is a timeout."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def asked(server: WebServer, raw: bytes) -> bytes:
    with connected(server) as connection:
        connection.sendall(raw)
        return everything(connection)


def get(server: WebServer, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


@contextmanager
def dripping(connections: list[socket.socket], drop: bytes) -> Iterator[None]:
    """Send `drop` on every connection, again and again, until the block ends."""
    done = threading.Event()

    def drip() -> None:
        while not done.wait(0.02):
            for connection in connections:
                try:
                    connection.send(drop)
                except OSError:
                    continue

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_sixty_dripping_clients_are_dropped_and_delay_nobody() -> None:
    with serving(sidecar(), limits=Limits(deadline_seconds=1.0)) as server, ExitStack() as stack:
        slow = [stack.enter_context(connected(server)) for _ in range(DRIPPING)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        with dripping(slow, b"x"):
            for _ in range(50):
                assert get(server, "/healthz")[0] == 200
            assert [everything(connection) for connection in slow] == [b""] * DRIPPING
        assert get(server, "/healthz")[0] == 200


def test_more_clients_than_there_is_room_for_do_not_shut_others_out() -> None:
    with serving(sidecar(), limits=Limits(deadline_seconds=600, connections=20)) as server, ExitStack() as stack:
        crowd = [stack.enter_context(connected(server)) for _ in range(DRIPPING)]
        for connection in crowd:
            connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        for _ in range(10):
            assert get(server, "/healthz")[0] == 200
        assert everything(crowd[0]) == b""


def test_a_dripping_body_is_dropped() -> None:
    with serving(sidecar(), limits=Limits(deadline_seconds=0.5)) as server, connected(server) as slow:
        slow.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n")
        with dripping([slow], b"a"):
            assert everything(slow) == b""


def test_a_client_that_does_not_read_its_answer_is_dropped() -> None:
    size = 64 * 1024 * 1024

    def large(_: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(size))])
        return [bytes(size)]

    with serving(large, limits=Limits(deadline_seconds=0.5)) as server, connected(server) as deaf:
        deaf.sendall(b"GET / HTTP/1.0\r\n\r\n")
        broken = select.poll()
        broken.register(deaf, select.POLLERR)
        assert broken.poll(PATIENCE_SECONDS * 1000)


def test_an_idle_connection_is_closed_after_its_answer() -> None:
    with serving(sidecar(), limits=Limits(deadline_seconds=0.5)) as server, connected(server) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert everything(idle).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"\r\n\r\n", b"400"),
        (b"NONSENSE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"405"),
        (b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"405"),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"404"),
        (b"CONNECT evil:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"40"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n\r\n", b"4"),
        (b"GET /../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /static/..%2f..%2fconfig.py HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /static/%00 HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /%ff HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_what_is_wrong_is_refused_and_tells_nothing(raw: bytes, status: bytes) -> None:
    with serving(sidecar(), limits=Limits(deadline_seconds=5.0)) as server:
        answer = asked(server, raw)
        assert answer.split(b" ", 2)[1].startswith(status)
        for word in (b"waitress", b"werkzeug", b"flask", b"python", b"traceback", b"\r\nserver:"):
            assert word not in answer.lower()
        assert get(server, "/healthz")[0] == 200


def test_an_error_inside_shows_nothing() -> None:
    bench = Bench()
    metrics = Metrics(bench.latest)
    app = create_app(bench.latest, metrics)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/broken", "broken", lambda: str(int("secret detail")))
    answer = app.test_client().get("/broken")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error\n")


@pytest.mark.parametrize(
    ("trusted_proxy", "believed"),
    [
        (None, "127.0.0.1 http - - -"),
        ("192.0.2.1", "127.0.0.1 http - - -"),
        ("127.0.0.1", "203.0.113.9 https 203.0.113.9 - -"),
    ],
)
def test_forwarded_headers_are_believed_from_the_trusted_proxy_only(trusted_proxy: str | None, believed: str) -> None:
    with serving(echo, trusted_proxy=trusted_proxy) as server:
        _, body = get(
            server,
            "/",
            X_Forwarded_For="203.0.113.9",
            X_Forwarded_Proto="https",
            X_Forwarded_Host="evil.example",
            Forwarded="for=198.51.100.7;host=evil.example",
        )
        assert body.decode() == believed


def test_a_forged_host_is_never_echoed() -> None:
    form = b"token=correct"
    raw = b"%s HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: %d\r\n" + (
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with serving(sidecar()) as server:
        for line, body in ((b"GET /", b""), (b"GET /api/status", b""), (b"POST /login", form)):
            answer = asked(server, raw % (line, len(body)) + body)
            assert b"evil.example" not in answer
        assert b"\r\nLocation: /\r\n" in answer


def test_stopping_lets_an_answer_under_way_leave() -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(_: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        entered.set()
        release.wait(PATIENCE_SECONDS)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    with serving(slow) as server, connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(PATIENCE_SECONDS)
        stopping = threading.Thread(target=server.stop, args=(PATIENCE_SECONDS,))
        stopping.start()
        release.set()
        assert everything(client).endswith(b"done")
        stopping.join(PATIENCE_SECONDS)
        assert not stopping.is_alive()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port), 1)


def test_stopping_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with serving(sidecar()) as server:
        assert get(server, "/healthz")[0] == 200
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_the_port_is_bound_before_start_returns() -> None:
    with serving(sidecar()) as server:
        assert server.port != 0
        socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS).close()


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", ""])
def test_every_usual_host_setting_answers_on_loopback(host: str) -> None:
    server = WebServer(sidecar(), host=host, port=0)
    server.start()
    try:
        assert get(server, "/healthz")[0] == 200
    finally:
        server.stop(2)


def test_stopping_does_not_wait_for_a_thread_that_hangs() -> None:
    entered, release = threading.Event(), threading.Event()

    def hanging(_: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        entered.set()
        release.wait(PATIENCE_SECONDS)
        start_response("200 OK", [])
        return []

    server = WebServer(hanging, port=0)
    server.start()
    with connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(PATIENCE_SECONDS)
        (thread,) = [each for each in threading.enumerate() if each.name == "sidecar"]
        server.stop(0.1)
        assert thread.is_alive(), "it still waits for the application, and nobody waits for it"
        release.set()
        everything(client)
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_an_ipv4_client_of_a_dual_stack_socket_has_its_ipv4_address() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with serving(echo, host="::", trusted_proxy="127.0.0.1") as server:
        _, body = get(server, "/", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")
        assert body.decode().startswith("203.0.113.9 https")


def test_neither_answers_nor_the_stop_depend_on_the_wake_up_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(echo) as server:
        (pipe,) = [each for each in server._sockets.values() if isinstance(each, trigger.trigger)]
        monkeypatch.setattr(pipe, "handle_read", lambda: None)
        descriptor = cast("Any", pipe).trigger
        os.set_blocking(descriptor, False)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(descriptor, bytes(4096))
        os.set_blocking(descriptor, True)
        assert get(server, "/")[0] == 200
        (thread,) = [each for each in threading.enumerate() if each.name == "sidecar"]
        server.stop(2)
        assert not thread.is_alive()
