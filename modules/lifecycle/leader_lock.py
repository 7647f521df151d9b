"""One process a shard talks to players: two with one token would answer every message twice."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

POLL_SECONDS: Final = 0.1
"""How soon the successor notices; asking is one system call."""

FAULT: Final = "leader-lock"
"""Its name among the faults of the process."""


class LeaderLock(Protocol):
    """Decides which process of a shard leads."""

    async def acquire(self, stand_by: Callable[[], None]) -> bool:
        """Wait to lead; a process that leads already goes on at once.

        Args:
            stand_by: Called once where another process leads.

        Returns:
            Whether it was called.

        Raises:
            OSError: There are no locks here.
        """

    async def until_lost(self) -> None:
        """Wait until another process leads in our place."""

    async def release(self) -> None:
        """Let the successor lead."""


@dataclass(slots=True)
class FileLock:
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

    async def acquire(self, stand_by: Callable[[], None]) -> bool:
        """Wait to lead; as `LeaderLock.acquire`."""
        if self.try_acquire():
            return False
        stand_by()
        while not self.try_acquire():  # noqa: ASYNC110 - no event tells of another process
            await asyncio.sleep(POLL_SECONDS)
        return True

    async def until_lost(self) -> None:
        """Wait for ever: nobody takes the lock from a process that lives."""
        await asyncio.Event().wait()

    async def release(self) -> None:
        """Let the successor lead; the file stays, for removing it would let two lead."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor, self.is_held = None, False
