"""SQLite's write-ahead log copied into the database beside the transactions, which else would do it themselves."""

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

TRANSACTION_PAGES: Final = 5
"""About how many pages, of 4 KiB each, a transaction adds to the log besides one for each row that it changes."""
DUE_PAGES: Final = 1_500
"""About how many pages are written to the log before it is copied."""
LONG_LOG_PAGES: Final = 4_000
"""Pages in the log from which on writers wait for a moment so that it begins anew."""


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
    _written_pages: int = 0

    def __post_init__(self) -> None:
        # Open as long as the database: to close any descriptor of the file lets go of all locks that SQLite has on it.
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)

    def written(self, changes: int) -> None:
        """Count a transaction that changed so many rows, and start a checkpoint beside all else if one is due."""
        self._written_pages += changes + TRANSACTION_PAGES
        if self._written_pages >= DUE_PAGES and (self._task is None or self._task.done()):
            self._written_pages = 0
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
