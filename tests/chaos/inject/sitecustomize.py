"""Trouble brought into a bot's process from outside: Python runs this before `main.py` where it is on PYTHONPATH.

SIGUSR1 blocks the main thread, and with it the event loop, for INJECT_BLOCK_SECONDS; SIGUSR2 moves the clock by
INJECT_JUMP_SECONDS; names ending in `.standin` resolve to loopback once the file INJECT_DNS_FILE is there, and names
ending in `.slow.standin` do so after INJECT_DNS_SECONDS more; each such wait touches a file with `.asked` at its end.
"""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

_time = time.time
_getaddrinfo = socket.getaddrinfo
_offset_seconds = [0.0]


def _block(_signum: int, _frame: object) -> None:
    time.sleep(float(os.environ["INJECT_BLOCK_SECONDS"]))


def _jump(_signum: int, _frame: object) -> None:
    _offset_seconds[0] += float(os.environ["INJECT_JUMP_SECONDS"])


def _shifted_time() -> float:
    return _time() + _offset_seconds[0]


def _resolve(host: Any, *arguments: Any, **keywords: Any) -> Any:
    if isinstance(host, str) and host.endswith(".standin"):
        if not Path(os.environ["INJECT_DNS_FILE"]).exists():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host.endswith(".slow.standin"):
            Path(os.environ["INJECT_DNS_FILE"] + ".asked").touch()
            time.sleep(float(os.environ["INJECT_DNS_SECONDS"]))
        host = "127.0.0.1"
    return _getaddrinfo(host, *arguments, **keywords)


time.time = _shifted_time
socket.getaddrinfo = _resolve
signal.signal(signal.SIGUSR1, _block)
signal.signal(signal.SIGUSR2, _jump)
