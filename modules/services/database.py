"""Keeps the store open: opens it at start, notices when it is away, says so, and has it back by itself."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.lifecycle.backoff import Backoff
from modules.storage.errors import DatabaseAway, DatabaseRefused
from modules.storage.facts import OPENED_AT, RESTORED_AT, read_fact, write_fact
from modules.storage.notices import listening, until_lost
from modules.storage.store import NOT_OPEN, Result, Store
from modules.storage.upkeep import find_room
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

FAULT: Final = "database"
"""Its name among the faults of the process."""
START_SECONDS: Final = 5.0
"""How long the start waits for the database; after that the bot starts without it."""
OPERATION_SECONDS: Final = 2.0
"""Longest wait of a person for a setting or a page of history."""
CLOSE_SECONDS: Final = 1.0
"""How long the end of the process waits for the database."""
LOOK_SECONDS: Final = 5.0
"""How soon it is noticed that a backup was put back."""
LISTEN_AGAIN_SECONDS: Final = 2.0
PROBE_BASE_SECONDS: Final = 0.5
PROBE_CAP_SECONDS: Final = 15.0


def now_milliseconds() -> int:
    """Unix time in milliseconds."""
    return int(time.time() * 1000)


@dataclass(slots=True)
class Database:
    """The store under supervision.

    Attributes:
        store: The database itself.
        recorder: Told while it is away.
        now: Unix time in milliseconds.
        away: Why it cannot be used at the moment; None while it can.
        on_open: Awaited each time the database is there (again), to read anew what is kept in memory.
        on_notice: Called with the key of what another process changed, by its kind.
        backoff: Spaces the attempts to have it back.
    """

    store: Store
    recorder: Recorder
    now: Callable[[], int] = now_milliseconds
    away: str | None = NOT_OPEN
    on_open: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    on_notice: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    backoff: Backoff = field(default_factory=lambda: Backoff(PROBE_BASE_SECONDS, PROBE_CAP_SECONDS))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _recovery: asyncio.Task[None] | None = None
    _restored_at: str | None = None

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
        self._start(self._look_often())
        if not self.store.is_sqlite:
            self._start(self._listen())
        try:
            yield
        finally:
            self.away = NOT_OPEN
            closing = asyncio.create_task(self._close(), name="database")
            # A server that does not answer would be waited for, connection after connection.
            if (await asyncio.wait({closing}, timeout=CLOSE_SECONDS))[1]:
                closing.cancel()

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

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run a function in a transaction that writes; see `Store.write`.

        Raises:
            DatabaseAway: The database cannot be used now; nothing was changed, as far as is known.
        """
        with self._noticed():
            async with asyncio.timeout(OPERATION_SECONDS):
                return await self.store.write(work)

    def lost(self, error: Exception) -> None:
        """Note that the database cannot be used, and begin to look for it."""
        if self._recovery is not None and not self._recovery.done():
            return
        self._say_away(error)
        _log.warning("%s: rolls go on and are not recorded", self.away)
        self.recorder.add_to_timeline("database", "The database is away: rolls are not recorded")
        self._recovery = self._start(self._recover())

    def refresh(self, read: Callable[[], Awaitable[None]]) -> None:
        """Read something anew beside everything else; where the database is away, that happens once it is back."""
        self._start(_quietly(read))

    async def look(self) -> None:
        """See whether a backup was put back: what is kept in memory is of another day then.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.reading() as connection:
            restored_at = await read_fact(connection, RESTORED_AT)
        if restored_at != self._restored_at:
            await self._read_anew()
            self._restored_at = restored_at

    async def _close(self) -> None:
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.store.close()

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        if self.away is not None:
            raise DatabaseAway(self.away)
        try:
            yield
        except (DatabaseAway, TimeoutError) as error:
            self.lost(error)
            raise DatabaseAway(_reason(error)) from error

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="database")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _say_away(self, error: Exception) -> None:
        self.away = _reason(error)
        self.recorder.fault(FAULT, f"{self.away}: rolls are not recorded")

    async def _open(self) -> None:
        if not self.store.is_open:
            await self.store.open()
        async with self.store.writing() as connection:
            # A full disk or a read-only file is noticed by writing only.
            await find_room(connection)
            await write_fact(connection, OPENED_AT, str(self.now()))
        self.away = None
        self.recorder.fault(FAULT, None)
        await self._read_anew()

    async def _read_anew(self) -> None:
        for each in self.on_open:
            await each()

    async def _recover(self) -> None:
        while True:
            await asyncio.sleep(self.backoff.next_delay())
            try:
                async with asyncio.timeout(START_SECONDS):
                    await self._open()
            except (DatabaseAway, DatabaseRefused, TimeoutError) as error:
                self._say_away(error)
            else:
                break
        self.backoff.reset()
        self.recorder.add_to_timeline("database", "The database is back: rolls are recorded")
        _log.info("the database is back: rolls are recorded")

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await _quietly(self.look)

    async def _listen(self) -> None:
        while True:
            await _quietly(self._listen_once)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _listen_once(self) -> None:
        async with listening(self.store, self._heard) as connection:
            # What was changed before is heard of no more.
            await self._read_anew()
            await until_lost(connection)

    def _heard(self, kind: str, key: object) -> None:
        if (told := self.on_notice.get(kind)) is not None:
            told(key)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    """Do something that is done again in any case."""
    with suppress(DatabaseAway):
        await work()


def _reason(error: Exception) -> str:
    return "the database does not answer" if isinstance(error, TimeoutError) else str(error)
