import http.client
import logging
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from modules.web.keepalive import fetch, keeping_alive
from tests.web.test_serving import serving, sidecar

PATIENCE_SECONDS = 20


class Visits:
    """Counts visits, and fails those it is told to, with `error`."""

    def __init__(
        self, wanted: int, outcome: Callable[[int], bool] = lambda _: True, error: Exception | None = None
    ) -> None:
        self.urls: list[str] = []
        self.enough = threading.Event()
        self._wanted, self._outcome = wanted, outcome
        self._error = error or OSError("no answer")

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        if len(self.urls) >= self._wanted:
            self.enough.set()
        if not self._outcome(len(self.urls)):
            raise self._error


def run(visits: Visits) -> None:
    with keeping_alive("https://example.org/", 0.001, visits):
        assert visits.enough.wait(PATIENCE_SECONDS)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The address of a server that answers everything with these very bytes."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def test_the_address_is_visited_again_and_again_until_stopped() -> None:
    visits = Visits(3)
    run(visits)
    count = len(visits.urls)
    assert count >= 3
    assert set(visits.urls) == {"https://example.org/"}
    assert not [thread for thread in threading.enumerate() if thread.name == "keepalive"]


def test_a_row_of_failures_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run(Visits(5, lambda number: number < 2))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(
    "error",
    [
        OSError("no answer"),
        http.client.BadStatusLine("nonsense"),
        http.client.IncompleteRead(b""),
        UnicodeError("no such name"),
        ValueError("redirected to no address"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_is_one_warning_and_does_not_end_the_visits(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    visits = Visits(3, lambda number: number > 1, error)
    with caplog.at_level(logging.WARNING):
        run(visits)
    assert len(visits.urls) >= 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n"])
def test_a_garbled_answer_is_a_failed_visit(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with answering(answer) as url, caplog.at_level(logging.WARNING):
        asked = threading.Semaphore(0)

        def counted(address: str) -> None:
            try:
                fetch(address)
            finally:
                asked.release()

        with keeping_alive(url, 0.001, counted):
            for _ in range(2):
                assert asked.acquire(timeout=PATIENCE_SECONDS)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_stopping_before_the_first_visit_is_immediate() -> None:
    visits = Visits(1)
    with keeping_alive("https://example.org/", 3600, visits):
        pass
    assert visits.urls == []
    assert not [thread for thread in threading.enumerate() if thread.name == "keepalive"]


def test_a_real_request_returns_the_status() -> None:
    with serving(sidecar()) as server:
        assert fetch(f"http://127.0.0.1:{server.port}/healthz") == 200
        with pytest.raises(OSError, match="503"):
            fetch(f"http://127.0.0.1:{server.port}/readyz")
