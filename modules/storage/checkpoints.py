"""SQLite's write-ahead log copied into the database beside the transactions, which else would do it themselves."""

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CHANGES: Final = 1_000
"""Rows written to the log before it is copied."""
LONG_LOG_PAGES: Final = 4_000
"""Pages in the log, of 4 KiB each, from which on writers wait for a moment so that it begins anew."""


@dataclass(slots=True)
class Checkpoints:
    """Keeps the log of one open file short.

    Left to SQLite, now and then a commit copies the log, and whoever waits for that commit waits for two fsyncs more.

    Attributes:
        path: The database.
        writing: Held by whoever writes.
    """

    path: Path
    writing: asyncio.Lock
    _descriptor: int = field(init=False)
    _task: asyncio.Task[None] | None = None
    _done_at: int = 0

    def __post_init__(self) -> None:
        # Open as long as the database: to close any descriptor of the file lets go of all locks that SQLite has on it.
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)

    def written(self, changes: int) -> None:
        """Start a checkpoint beside everything else, where enough was written since the last one.

        Args:
            changes: Rows that the connection has written so far; a new connection begins at 0.
        """
        is_idle = self._task is None or self._task.done()
        if is_idle and abs(changes - self._done_at) >= CHANGES:
            self._done_at = changes
            self._task = asyncio.create_task(self._run(), name="checkpoint")

    async def wait(self) -> None:
        """Wait for the checkpoint that is under way, if there is one."""
        if self._task is not None:
            await self._task

    def close(self) -> None:
        """Let go of the file; after every connection to it was closed."""
        os.close(self._descriptor)

    async def _run(self) -> None:
        if await asyncio.to_thread(checkpoint, self.path) <= LONG_LOG_PAGES:
            return
        # What is written meanwhile keeps the log from beginning anew: that takes a last checkpoint without writers,
        # for which nearly everything is copied, and on the disk, before.
        await asyncio.to_thread(self._copy_and_sync)
        async with self.writing:
            await asyncio.to_thread(checkpoint, self.path)

    def _copy_and_sync(self) -> None:
        checkpoint(self.path)
        with suppress(OSError):
            os.fsync(self._descriptor)


def checkpoint(path: Path) -> int:
    """Copy what is in the log into the database, while others read and write.

    Returns:
        Pages that were in the log when this began; it begins anew where nothing was written meanwhile.
    """
    # What is wrong with the disk, the next commit tells somebody who can say so.
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        return pages
    return 0
