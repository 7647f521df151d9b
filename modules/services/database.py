"""Keeps the store open: opens it at start, notices when it is away, says so, and has it back by itself."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from modules.lifecycle.backoff import Backoff
from modules.storage.errors import DatabaseAway
from modules.storage.facts import write_fact
from modules.storage.store import NOT_OPEN, Store
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

FAULT: Final = "database"
"""Its name among the faults of the process."""
START_SECONDS: Final = 5.0
"""How long the start waits for the database; after that the bot starts without it."""
OPERATION_SECONDS: Final = 2.0
"""Longest wait of a person for a setting or a page of history."""
PROBE_BASE_SECONDS: Final = 0.5
PROBE_CAP_SECONDS: Final = 15.0


def now_milliseconds() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Database:
    """The store under supervision.

    Attributes:
        store: The database itself.
        recorder: Told while it is away.
        now: Unix time in milliseconds.
        away: Why it cannot be used at the moment; None while it can.
        on_open: Awaited each time the database is there (again), to read what is kept in memory.
    """

    store: Store
    recorder: Recorder
    now: Callable[[], int] = now_milliseconds
    away: str | None = NOT_OPEN
    on_open: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    backoff: Backoff = field(default_factory=lambda: Backoff(PROBE_BASE_SECONDS, PROBE_CAP_SECONDS))
    _recovery: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the store, and keep it open inside the block; where it is away, keep trying beside the block.

        Raises:
            DatabaseRefused: It is damaged, newer than this program, or another program's.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._open()
        except (DatabaseAway, TimeoutError) as error:
            self.lost(error)
        try:
            yield
        finally:
            if self._recovery is not None:
                self._recovery.cancel()
                await asyncio.gather(self._recovery, return_exceptions=True)
            self.away = NOT_OPEN
            await self.store.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads.

        Raises:
            DatabaseAway: The database cannot be used now.
        """
        with self._noticed():
            async with asyncio.timeout(OPERATION_SECONDS), self.store.reading() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes, committed at the end of the block.

        Raises:
            DatabaseAway: The database cannot be used now; nothing was changed, as far as is known.
        """
        with self._noticed():
            async with asyncio.timeout(OPERATION_SECONDS), self.store.writing() as connection:
                yield connection

    def lost(self, error: Exception) -> None:
        """Note that the database cannot be used, and begin to look for it."""
        if self.away is None or self._recovery is None:
            self.away = _reason(error)
            _log.warning("%s: rolls go on and are not recorded", self.away)
            self.recorder.fault(FAULT, f"{self.away}: rolls are not recorded")
        if self._recovery is None or self._recovery.done():
            self._recovery = asyncio.create_task(self._recover(), name="database recovery")

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        if self.away is not None:
            raise DatabaseAway(self.away)
        try:
            yield
        except (DatabaseAway, TimeoutError) as error:
            self.lost(error)
            raise DatabaseAway(_reason(error)) from error

    async def _open(self) -> None:
        if not self.store.is_open:
            await self.store.open()
        async with self.store.writing() as connection:
            # A full disk or a read-only file is noticed by writing only.
            await write_fact(connection, "opened_at", str(self.now()))
        self.away = None
        for each in self.on_open:
            await each()

    async def _recover(self) -> None:
        while True:
            await asyncio.sleep(self.backoff.next_delay())
            try:
                async with asyncio.timeout(START_SECONDS):
                    await self._open()
            except (DatabaseAway, TimeoutError) as error:
                self.away = _reason(error)
                self.recorder.fault(FAULT, f"{self.away}: rolls are not recorded")
            else:
                break
        self.backoff.reset()
        self.recorder.fault(FAULT, None)
        _log.info("the database is back: rolls are recorded")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, DatabaseAway) else "the database does not answer"
