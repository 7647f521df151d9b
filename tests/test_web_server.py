import errno
import gzip
import http.client
import json
import mimetypes
import re
import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from modules.lifecycle import healthcheck
from modules.telemetry.metrics import Metrics
from modules.telemetry.snapshot import Phase
from tests.telemetry.fakes import Bench
from web_server import WebServer, bind_fault, create_app

PAGES = (
    "/",
    "/healthz",
    "/livez",
    "/readyz",
    "/startupz",
    "/api/status",
    "/metrics",
    "/openapi.json",
    "/favicon.ico",
    "/robots.txt",
    "/static/dashboard.css",
)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.second()
    return bench


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    return create_app(bench.latest, Metrics(bench.latest)).test_client()


@pytest.fixture
def server(bench: Bench) -> Iterator[WebServer]:
    server = WebServer(create_app(bench.latest, Metrics(bench.latest)), host="127.0.0.1", port=0)
    server.start()
    yield server
    server.stop(2)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_get_and_head_with_the_same_headers(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert got.status_code == head.status_code
    assert head.data == b""
    assert {k: v for k, v in got.headers.items() if k != "Date"} == {
        k: v for k, v in head.headers.items() if k != "Date"
    }


@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
def test_every_answer_carries_the_security_headers_and_no_banner(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "NONSENSE"])
@pytest.mark.parametrize("path", PAGES)
def test_other_methods_are_refused(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_before_the_first_heartbeat_the_latency_is_a_dash(client: FlaskClient) -> None:
    status = client.get("/api/status").get_json()
    assert status["latency_seconds"] is None
    assert status["texts"]["latency"] == "\N{EN DASH}"
    assert "nan" not in client.get("/").text.lower()


@pytest.mark.parametrize(
    ("path", "media_type"), [("/favicon.ico", "image/x-icon"), ("/robots.txt", "text/plain; charset=utf-8")]
)
def test_what_browsers_and_robots_ask_for_unbidden_is_there(client: FlaskClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.data.startswith({"/favicon.ico": b"\0\0\1\0", "/robots.txt": b"User-agent: *\nDisallow: /\n"}[path])


def test_a_wrong_address_is_a_page_for_people_and_a_line_for_programs(client: FlaskClient) -> None:
    browser = client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.status_code, browser.mimetype) == (404, "text/html")
    assert "There is nothing at this address." in browser.text
    assert 'href="/"' in browser.text
    assert "Accept" in browser.headers["Vary"]
    program = client.get("/nowhere", headers={"Accept": "*/*"})
    assert (program.status_code, program.mimetype, program.text) == (404, "text/plain", "Not Found\n")


def test_status_is_strict_json(bench: Bench, client: FlaskClient) -> None:
    bench.recorder.gateway_latency(float("nan"))
    bench.second()

    def refuse(constant: str) -> float:
        raise AssertionError(constant)

    json.loads(client.get("/api/status").text, parse_constant=refuse)


def test_readiness_follows_the_phase(bench: Bench, client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 503
    bench.recorder.set_phase(Phase.READY)
    bench.second()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (200, "application/health+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.text)["status"] == "pass"


def test_a_hung_loop_turns_liveness_503(bench: Bench, client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    bench.time.seconds += 5
    assert client.get("/healthz").status_code == 503
    assert "silent" in json.loads(client.get("/healthz").text)["output"]


def test_a_taken_port_is_an_error_in_the_caller(server: WebServer, bench: Bench) -> None:
    second = WebServer(create_app(bench.latest, Metrics(bench.latest)), host="127.0.0.1", port=server.port)
    with pytest.raises(OSError, match=r"[Aa]ddress already in use"):
        second.start()


def test_stopping_frees_the_port_and_may_be_repeated(server: WebServer, bench: Bench) -> None:
    server.stop(2)
    server.stop(2)
    again = WebServer(create_app(bench.latest, Metrics(bench.latest)), host="127.0.0.1", port=server.port)
    again.start()
    again.stop(2)


def test_a_server_that_never_started_stops_in_silence(bench: Bench) -> None:
    WebServer(create_app(bench.latest, Metrics(bench.latest)), port=0).stop(1)


def test_the_container_check_follows_liveness(server: WebServer, bench: Bench) -> None:
    environ = {"PORT": str(server.port)}
    assert healthcheck.main(environ) == 0
    bench.time.seconds += 5
    assert healthcheck.main(environ) == 1
    server.stop(2)
    assert healthcheck.main(environ) == 1


@pytest.mark.parametrize("host", ["", "0.0.0.0", "127.0.0.1", "localhost", "::", "::1"])
def test_the_container_check_asks_where_the_sidecar_listens(bench: Bench, host: str) -> None:
    if ":" in host and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    server = WebServer(create_app(bench.latest, Metrics(bench.latest)), host=host, port=0)
    server.start()
    try:
        assert healthcheck.main({"PORT": str(server.port), "HOST": f" {host} "}) == 0
    finally:
        server.stop(2)


@pytest.mark.parametrize("port", ["", "no port", "-1", "70000", "\N{SUPERSCRIPT TWO}"])
def test_the_container_check_survives_a_wrong_port(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthcheck, "is_healthy", lambda asked, _host: asked == 8080)
    assert healthcheck.main({"PORT": port}) == (0 if not port else 1)


def test_one_connection_serves_many_requests(server: WebServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Server")) == (200, None)
        answer.read()
    connection.close()


@pytest.mark.parametrize("path", ["/", "/api/status", "/metrics", "/static/dashboard.css", "/static/dashboard.js"])
def test_what_is_long_travels_short_for_whoever_can_read_it(client: FlaskClient, path: str) -> None:
    plain, short = client.get(path), client.get(path, headers={"Accept-Encoding": "br;q=1, gzip;q=0.5"})
    assert "Content-Encoding" not in plain.headers
    assert short.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(short.data) == plain.data
    assert len(short.data) < len(plain.data) / 2
    assert plain.headers["Vary"] == short.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_pages_files_are_kept_as_long_as_their_content(client: FlaskClient) -> None:
    (url,) = re.findall(r'href="(/static/dashboard\.css\?v=\w+)"', client.get("/").text)
    first = client.get(url)
    assert "immutable" in first.headers["Cache-Control"]
    # Kept, but asked about each time.
    for unsure in ("/static/dashboard.css?v=old", "/static/dashboard.css", "/openapi.json"):
        assert client.get(unsure).headers["Cache-Control"] == "no-cache"
    nothing = client.get("/static/nothing.css")
    assert (nothing.status_code, nothing.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("dashboard.css", "text/css; charset=utf-8"),
        ("dashboard.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("openapi.json", "application/json"),
    ],
)
def test_a_files_type_does_not_depend_on_the_machine(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str, content_type: str
) -> None:
    # As on Python 3.11 without /etc/mime.types, but of every file.
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_: ("application/javascript", None))
    client = create_app(bench.latest, Metrics(bench.latest)).test_client()
    assert client.get(f"/static/{name}").headers["Content-Type"] == content_type


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ["/openapi.json", "/static/dashboard.js", "/static/icon.svg", "versioned"])
def test_what_the_client_has_already_is_not_sent_again(
    client: FlaskClient, path: str, encoding: str, method: str
) -> None:
    if path == "versioned":
        (path,) = re.findall(r'href="(/static/dashboard\.css\?v=\w+)"', client.get("/").text)
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    for known in (first.headers["ETag"], first.headers["ETag"].removeprefix("W/"), f'"old", {first.headers["ETag"]}'):
        again = client.open(path, method=method, headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]
        assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(again.headers.keys())
    changed = client.open(path, method=method, headers={**headers, "If-None-Match": 'W/"old"'})
    assert (changed.status_code, changed.headers["Content-Length"]) == (200, first.headers["Content-Length"])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OSError(errno.EADDRINUSE, "Address already in use (while attempting to bind on ('', 1))"),
            "Address already in use",
        ),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "Name or service not known"),
        (OSError("refused"), "refused"),
    ],
)
def test_why_it_cannot_listen_is_told_without_the_address(error: OSError, told: str) -> None:
    assert bind_fault(error) == told
