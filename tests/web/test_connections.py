"""What one connection may take, and what of waitress that relies on: each test fails when waitress changes it."""

import errno
import http.client
import inspect
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, TcpWSGIServer

from modules.web.connections import (
    ACCEPT_PAUSE_SECONDS,
    OUT_OF_RESOURCES,
    WAITING_AT_MOST,
    Channel,
    Limits,
    Request,
    Server,
)
from modules.web.serving import WebServer
from tests.web.test_serving import PATIENCE_SECONDS, asked, connected, echo, everything, get, serving

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
def server(listening: socket.socket) -> Iterator[Server]:
    """One that is not polled: what it would do is asked for step by step."""
    sockets: dict[int, Any] = {}
    server = Server(echo, listening, sockets, Adjustments(threads=0), Limits(connections=10))
    yield server
    server.close_all()
    assert not sockets


def accepted(server: Server, listening: socket.socket, stack: ExitStack, count: int) -> list[socket.socket]:
    """So many clients, all of them connected and accepted."""
    clients = []
    for number in range(count):
        clients.append(stack.enter_context(socket.create_connection(listening.getsockname())))
        while len(server.channels()) <= number:
            server.handle_accept()
    return clients


def read_requests(server: Server) -> None:
    """Poll until every connection has sent a request."""
    while not all(channel.requests for channel in server.channels()):
        wasyncore.loop(timeout=PATIENCE_SECONDS, use_poll=True, map=cast("Any", server)._map, count=1)


def test_a_pipelining_client_gets_its_first_answer_and_no_other() -> None:
    with serving(echo) as server:
        answer = asked(server, b"".join(GET % number for number in range(100)))
        assert answer.count(b"HTTP/1.1 200 OK") == 1
        assert b"\r\nConnection: close\r\n" in answer


def test_a_client_that_waits_for_each_answer_keeps_its_connection() -> None:
    with serving(echo) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        connection.connect()
        kept = connection.sock
        for _ in range(20):
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Connection")) == (200, None)
            answer.read()
            assert connection.sock is kept
        connection.close()


def test_nothing_more_is_read_before_the_answer_has_left() -> None:
    served, release = threading.Semaphore(0), threading.Semaphore(0)

    def slow(_: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        served.release()
        assert release.acquire(timeout=PATIENCE_SECONDS)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with serving(slow) as server, connected(server) as client:
        client.sendall(GET % 1)
        assert served.acquire(timeout=PATIENCE_SECONDS)
        client.sendall(GET % 2)
        release.release()
        answer = b""
        while not answer.endswith(b"ok"):
            answer += client.recv(65536)
        assert b"close" not in answer, "the second was not taken for a pipelined one"
        assert served.acquire(timeout=PATIENCE_SECONDS), "it is read once the first is answered"
        release.release()


def test_a_flood_of_pages_is_refused_and_health_is_answered_meanwhile(server: Server, listening: socket.socket) -> None:
    with ExitStack() as stack:
        *crowd, refused, monitor = clients = accepted(server, listening, stack, WAITING_AT_MOST + 2)
        for client in clients:
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n" if client is monitor else b"GET / HTTP/1.0\r\n\r\n")
        read_requests(server)
        server.answer()
        assert everything(monitor).startswith(b"HTTP/1.0 200 OK")
        assert everything(refused).startswith(b"HTTP/1.0 503 Service Unavailable")
        assert len(server.channels()) == len(crowd) - 1, "one page in a turn"
        while server.has_backlog:
            server.answer()
        assert all(everything(client).startswith(b"HTTP/1.0 200 OK") for client in crowd)


def test_probes_do_not_keep_pages_waiting(server: Server, listening: socket.socket) -> None:
    with ExitStack() as stack:
        *monitors, visitor = clients = accepted(server, listening, stack, 5)
        for client in clients:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n" if client is visitor else b"GET /healthz HTTP/1.0\r\n\r\n")
        read_requests(server)
        server.answer()
        assert all(everything(client).startswith(b"HTTP/1.0 200 OK") for client in (*monitors, visitor))


def test_an_answer_leaves_in_one_system_call(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, send = [], Channel.send

    def recorded(channel: Channel, data: bytes, do_close: bool = True) -> int:
        sent.append(data)
        return int(send(channel, data, do_close))

    monkeypatch.setattr(Channel, "send", recorded)
    with serving(echo) as server:
        assert get(server, "/")[0] == 200
    (answer,) = sent
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"127.0.0.1 http") == 1


def test_a_probe_is_accepted_and_read_by_two_system_calls(
    server: Server, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted_count, accept = 0, Server.accept

    def counted(server: Server) -> Any:
        nonlocal accepted_count
        accepted_count += 1
        return accept(server)

    monkeypatch.setattr(Server, "accept", counted)
    with socket.create_connection(listening.getsockname()) as probe:
        probe.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        server.handle_accept()
        assert accepted_count == 1
        server.answer()
        assert everything(probe).startswith(b"HTTP/1.0 200 OK")


def test_a_client_that_has_sent_nothing_yet_is_read_later(server: Server, listening: socket.socket) -> None:
    with ExitStack() as stack:
        (client,) = accepted(server, listening, stack, 1)
        assert not server.channels()[0].requests
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        read_requests(server)
        server.answer()
        assert everything(client).startswith(b"HTTP/1.0 200 OK")


@pytest.mark.parametrize("number", sorted(OUT_OF_RESOURCES))
def test_without_a_free_descriptor_accepting_is_paused(
    server: Server, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def accept(_: object) -> None:
        raise OSError(number, "out of something")

    monkeypatch.setattr(wasyncore.dispatcher, "accept", accept)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert server.readable()
    server.handle_accept()
    assert not server.readable(), "poll() would return at once, again and again"
    now += ACCEPT_PAUSE_SECONDS
    assert server.readable()


def test_a_client_that_is_gone_before_it_is_accepted_pauses_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(_: object) -> None:
        raise OSError(errno.EPROTO, "gone")

    monkeypatch.setattr(wasyncore.dispatcher, "accept", accept)
    server.handle_accept()
    assert server.readable()


def test_the_address_with_most_connections_makes_room(
    server: Server, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with ExitStack() as stack:
        accepted(server, listening, stack, 11)
        monitor, *crowd = server.channels()
        monitor.addr = ("192.0.2.1", 1)
        assert not server.readable(), "one too many already"
        server.make_room()
        assert len(server.channels()) == 11, "nobody is closed who has had no time to ask"
        now += 1
        server.make_room()
        assert server.channels() == [monitor, *crowd[1:]]
        assert server.readable()


def test_a_request_under_way_is_not_closed_to_make_room(
    server: Server, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        accepted(server, listening, stack, 11)
        later = time.monotonic() + 1
        monkeypatch.setattr(time, "monotonic", lambda: later)
        for channel in server.channels():
            channel.requests = [Request(channel.adj)]
        server.make_room()
        assert len(server.channels()) == 11
        assert not server.readable()


TARGETS = st.sampled_from((b"/", b"http://[", b"http://[::1", b"//x", b"*", b"/%zz", b"/#?", b"")) | st.binary(
    max_size=9
)
NAMES = st.sampled_from(
    (b"Content-Length", b"Transfer-Encoding", b"Connection", b"Host", b"Expect", b"", b" X", b"X_Y")
)
VALUES = st.sampled_from((b"9" * 5000, b"9" * 4300, b"4", b"-1", b"1_0", b"chunked", b"gzip, chunked", b"100-continue"))
MALFORMED = st.builds(
    lambda target, lines, body: b"POST %s HTTP/1.1\r\n%s\r\n\r\n%s" % (target, b"\r\n".join(lines), body),
    TARGETS,
    st.lists(st.builds(b"%s: %s".__mod__, st.tuples(NAMES, VALUES | st.binary(max_size=9))), max_size=4),
    st.sampled_from((b"0\r\n\r\n", b"ffff\r\n", b"4;x\r\nbody\r\n")) | st.binary(max_size=20),
)


@given(MALFORMED | st.binary(), st.integers(1, 9000))
@example(b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 9000)
@example(b"GET http://[ HTTP/1.1\r\n\r\n", 9000)
def test_no_bytes_make_the_parser_raise(data: bytes, at_once: int) -> None:
    adj = Adjustments(max_request_header_size=16 * 1024, max_request_body_size=4 * 1024)
    request = Request(adj)
    while data and not request.completed:
        taken = request.received(data[:at_once])
        assert 0 < taken <= len(data)
        data = data[taken:]
    assert not request.empty
    request.close()


def parameters(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def test_what_is_used_of_waitress_is_there() -> None:
    assert {"_sock", "dispatcher", "adj", "sockinfo", "bind_socket", "map"} <= parameters(BaseWSGIServer)
    assert {"timeout", "use_poll", "map", "count"} <= parameters(wasyncore.loop)
    assert {"server", "sock", "addr", "adj", "map"} <= parameters(HTTPChannel)
    for name in ("accept", "handle_accept", "readable", "fix_addr", "add_task", "pull_trigger", "close"):
        assert hasattr(TcpWSGIServer, name)
    for name in ("received", "service", "handle_write", "handle_close", "connected", "request", "total_outbufs_len"):
        assert hasattr(HTTPChannel, name)
    assert hasattr(TcpWSGIServer, "channel_class")
    assert hasattr(HTTPChannel, "parser_class")
    for name in ("send_bytes", "outbuf_high_watermark", "threads"):
        assert hasattr(Adjustments, name)
    for name in ("received", "completed", "empty", "error"):
        assert hasattr(HTTPRequestParser, name)


def test_waitress_calls_what_is_overridden(server: Server, listening: socket.socket) -> None:
    with ExitStack() as stack:
        (client,) = accepted(server, listening, stack, 1)
        (channel,) = server.channels()
        assert isinstance(channel, Channel)
        assert not channel.is_busy
        assert channel.requests == []
        client.sendall(b"GET / HTTP/1.1\r\n")
        while channel.request is None:
            channel.handle_read()
        assert isinstance(channel.request, Request)


def test_a_server_can_be_asked_by_ipv6_alone() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    server = WebServer(echo, host="::1", port=0)
    server.start()
    try:
        with socket.create_connection(("::1", server.port), PATIENCE_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert b"::1 http" in everything(client)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS)
    finally:
        server.stop(2)
