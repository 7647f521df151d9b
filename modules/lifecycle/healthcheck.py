"""What Docker's HEALTHCHECK runs: `python -m modules.lifecycle.healthcheck` asks the sidecar whether the process lives.

It starts anew for every check, so it imports next to nothing and takes a few milliseconds.
"""

import os
import socket
import sys
import time
from collections.abc import Mapping

TIMEOUT_SECONDS = 3.0
STATUS_BYTES = len(b"HTTP/1.1 200")
REQUEST = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"
LOOPBACK = "127.0.0.1"
# `::` accepts IPv4 too.
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - nothing is bound here


def is_healthy(port: int, host: str = LOOPBACK, timeout_seconds: float = TIMEOUT_SECONDS) -> bool:
    """Whether `/healthz` of a sidecar that listens on `host` answers 200 within `timeout_seconds`."""
    deadline = time.monotonic() + timeout_seconds
    address = (LOOPBACK if host in EVERY_ADDRESS else host, port)
    answer = b""
    try:
        with socket.create_connection(address, timeout_seconds) as connection:
            connection.sendall(REQUEST)
            while len(answer) < STATUS_BYTES and (left := deadline - time.monotonic()) > 0:
                # A socket's timeout holds for one call: a server that trickles must not outlast the deadline.
                connection.settimeout(left)
                if not (part := connection.recv(STATUS_BYTES)):
                    break
                answer += part
    except OSError:
        return False
    # The version in front is the server's choice, whatever the request names.
    return answer[8:STATUS_BYTES] == b" 200"


def main(environ: Mapping[str, str]) -> int:
    """The exit code: 0 when healthy, 1 when not or when `PORT` is no port."""
    host = environ.get("HOST", "").strip()
    port = environ.get("PORT", "").strip() or "8080"
    return 0 if port.isdecimal() and int(port) < 65536 and is_healthy(int(port), host) else 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
