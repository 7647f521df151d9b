import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.lifecycle import healthcheck

ROOT = Path(__file__).parents[2]


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def answering(listener: socket.socket, *parts: bytes) -> threading.Thread:
    """Answer one connection with `parts`, each sent by itself, then close it."""

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in parts:
                connection.sendall(part)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("parts", "is_healthy"),
    [
        ((b"HTTP/1.1 200 OK\r\n\r\n",), True),
        ((b"HTTP/1.", b"0 2", b"00 OK\r\n"), True),
        ((b"HTTP/1.1 503 Service Unavailable\r\n\r\n",), False),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), False),
        ((b"HTTP/1.1",), False),
        ((), False),
    ],
)
def test_only_a_200_is_healthy(listening: socket.socket, parts: tuple[bytes, ...], is_healthy: bool) -> None:
    thread = answering(listening, *parts)
    assert healthcheck.is_healthy(listening.getsockname()[1]) is is_healthy
    thread.join(5)


def test_a_server_that_says_nothing_is_given_up_on(listening: socket.socket) -> None:
    assert not healthcheck.is_healthy(listening.getsockname()[1], timeout_seconds=0.05)


def test_it_runs_as_docker_runs_it(listening: socket.socket) -> None:
    answering(listening, b"HTTP/1.1 200 OK\r\n\r\n")
    command = [sys.executable, "-m", "modules.lifecycle.healthcheck"]
    environ = {**os.environ, "PORT": str(listening.getsockname()[1])}
    assert subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode == 0
    listening.close()
    assert subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode == 1


def test_it_loads_nothing_that_takes_time() -> None:
    code = "import sys, modules.lifecycle.healthcheck; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"asyncio", "http.client", "urllib.request", "discord", "flask", "logging"} & set(output.split())
