"""One process a shard talks to players: two with one token would answer every message twice."""

import asyncio
import fcntl
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""How soon the successor notices; asking is one system call."""


@dataclass(slots=True)
class LeaderLock:
    """A lock on a file, which the operating system takes back from a process that dies, however it dies.

    Attributes:
        path: The file, on a disk that the processes of one shard share.
        is_held: Whether this process leads.
    """

    path: Path
    is_held: bool = False
    _descriptor: int | None = field(default=None, repr=False)

    def try_acquire(self) -> bool:
        """Lead, unless another process does.

        Raises:
            OSError: This disk knows no locks, or cannot be written.
        """
        if self.is_held:
            return True
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # A child process that inherited the descriptor would hold the lock beyond our end.
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Not lockf: POSIX locks are lost as soon as the process closes any descriptor of the file.
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self.is_held = True
        return True

    async def acquire(self) -> None:
        """Wait to lead.

        Raises:
            OSError: As for `try_acquire`.
        """
        while not self.try_acquire():  # noqa: ASYNC110 - no event tells of another process
            await asyncio.sleep(POLL_SECONDS)

    def release(self) -> None:
        """Let the successor lead; the file stays, for removing it would let two lead."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor, self.is_held = None, False
