"""The ledger of every roll that was answered: recorded before the answer leaves, read for people afterwards."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from modules.services.bounded_map import BoundedMap
from modules.services.database import Database
from modules.storage import history, ledger, upkeep
from modules.storage.chain import SALT_BYTES, LedgerEntry
from modules.storage.errors import DatabaseAway
from modules.storage.history import HistoryQuery
from modules.storage.ledger import LedgerRow
from modules.storage.upkeep import extent
from modules.telemetry.snapshot import Count, Gauge

_log = logging.getLogger(__name__)

WAIT_SECONDS: Final = 0.25
"""The longest that an answer waits to be recorded."""
GATHER_SECONDS: Final = 0.005
"""How long a group is gathered where the one before had several rolls."""
BATCH_ROWS: Final = 200
"""Rolls that are recorded in one transaction."""
ANSWERS_SECONDS: Final = 1.0
"""How soon it is noted which message answered a roll, where no other roll takes it along."""
FLUSH_SECONDS: Final = 0.5
"""How long the end of the process waits for what is still to be written."""
UPKEEP_ROWS: Final = 25
"""Rolls deleted in one transaction, for which a roll that is to be recorded may have to wait: some 3 ms."""
UPKEEP_PAUSE_SECONDS: Final = 0.02
SOURCES_KEPT: Final = 5_000
"""Sources of recorded rolls whose answer is on its way."""


@dataclass(slots=True, eq=False)
class _Pending:
    """Rolls that wait to be recorded."""

    entries: Sequence[LedgerEntry]
    recorded: "asyncio.Future[tuple[LedgerEntry, ...] | None]"
    since: float

    def end(self, recorded: tuple[LedgerEntry, ...] | None) -> None:
        """Say what the ledger holds; None where it does not."""
        if not self.recorded.done():
            self.recorded.set_result(recorded)


@dataclass(slots=True)
class Ledger:
    """Records rolls in small groups: whoever comes while a group is being committed is in the next one.

    Attributes:
        database: Where it is kept.
        keeps_text: Whether comments and labels are recorded.
        wait_seconds: The longest that an answer waits to be recorded.
        salt: Draws that many random bytes.
    """

    database: Database
    keeps_text: bool = False
    wait_seconds: float = WAIT_SECONDS
    salt: Callable[[int], bytes] = secrets.token_bytes
    _queue: list[_Pending] = field(default_factory=list)
    _group: list[_Pending] = field(default_factory=list)
    _answers: dict[int, int] = field(default_factory=dict)
    _sources: BoundedMap[int, bool] = field(default_factory=lambda: BoundedMap(SOURCES_KEPT))
    _writer: asyncio.Task[None] | None = None
    _answers_due: asyncio.TimerHandle | None = None
    _deadline: asyncio.TimerHandle | None = None

    async def record(self, entries: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...] | None:
        """Record rolls of one source, committed when this returns.

        Args:
            entries: What was rolled.

        Returns:
            What the ledger holds under these sources and indices: the same rolls, or what another process had recorded
            before; None where they could not be recorded in time.
        """
        recorded = None
        if self.database.away is None:
            recorded = await self._enqueued(entries).recorded
        if recorded is None:
            self.database.recorder.count(Count.ROLLS_UNRECORDED, len(entries))
            return None
        for entry in entries:
            self._sources.put(entry.source_id, True)
        return recorded

    def _enqueued(self, entries: Sequence[LedgerEntry]) -> _Pending:
        loop = asyncio.get_running_loop()
        pending = _Pending(entries, loop.create_future(), loop.time())
        self._queue.append(pending)
        self._start()
        if self._deadline is None:
            self._deadline = loop.call_later(self.wait_seconds, self._end_late)
        return pending

    def answered(self, source_id: int, message_id: int | None) -> None:
        """Note which message shows the rolls of a source; a source without recorded rolls is no matter."""
        if message_id is None or not self._sources.get(source_id):
            return
        self._answers[source_id] = message_id
        if self._answers_due is None:
            self._answers_due = asyncio.get_running_loop().call_later(ANSWERS_SECONDS, self._start)

    async def flush(self) -> None:
        """Write what is still to be written; before the database is closed."""
        if self._answers_due is not None:
            self._answers_due.cancel()
        if self.database.away is None:
            self._start()
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=FLUSH_SECONDS)

    async def page(self, query: HistoryQuery, limit: int) -> tuple[LedgerRow, ...]:
        """The newest rolls that a query asks for; for the next page, give the last one's id as `before_id`.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await history.read_page(connection, query, limit)

    async def count(self, query: HistoryQuery) -> int:
        """How many rolls a query asks for.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await history.count(connection, query)

    async def everything(self, query: HistoryQuery) -> AsyncIterator[LedgerRow]:
        """Every roll that a query asks for, the newest first, for a file.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.store.reading() as connection:
            async for row in history.read_all(connection, query):
                yield row

    async def of_source(self, source_id: int) -> tuple[LedgerRow, ...]:
        """The rolls that a message or interaction asked for, in order; of an edited message, all there were.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await ledger.of_source(connection, source_id)

    async def of_answer(self, message_id: int) -> tuple[LedgerRow, ...]:
        """The rolls that a message of the bot's shows, in order.

        Raises:
            DatabaseAway: It cannot be read.
        """
        async with self.database.reading() as connection:
            return await ledger.of_answer(connection, message_id)

    async def blank(self, user_id: int) -> int:
        """Delete what all rolls of a user say, a little at a time, and say how many there were.

        Raises:
            DatabaseAway: Some may be left; to be asked for again.
        """
        return await self._in_batches(lambda connection: upkeep.blank(connection, user_id, UPKEEP_ROWS))

    async def prune(self, before: int) -> int:
        """Delete all rolls older than this Unix time in milliseconds, and say how many there were.

        Raises:
            DatabaseAway: Some may be left; to be asked for again.
        """
        # Whoever waits to be recorded goes first.
        pause = UPKEEP_PAUSE_SECONDS
        return await self._in_batches(lambda connection: upkeep.prune(connection, before, UPKEEP_ROWS), pause)

    async def _in_batches(self, change: Callable[[Connection], int], pause_seconds: float = 0.0) -> int:
        """Change `UPKEEP_ROWS` rows at a time, each in a transaction of its own, until fewer are found; how many."""
        count = 0
        while True:
            changed = await self.database.write(change)
            count += changed
            if changed < UPKEEP_ROWS:
                return count
            await asyncio.sleep(pause_seconds)

    def sample(self) -> None:
        """Tell the recorder how many rolls wait, and for how long the oldest has; called on the event loop."""
        waiting = [each for each in (*self._group, *self._queue) if not each.recorded.done()]
        since = waiting[0].since if waiting else None
        age = asyncio.get_running_loop().time() - since if since is not None else 0.0
        self.database.recorder.gauge(Gauge.LEDGER_QUEUE, sum(len(each.entries) for each in waiting))
        self.database.recorder.gauge(Gauge.LEDGER_OLDEST_SECONDS, age)

    async def measure(self) -> None:
        """Tell the recorder how large the ledger and its database are.

        Raises:
            DatabaseAway: It cannot be asked.
        """
        async with self.database.reading() as connection:
            rows, size_bytes = await extent(connection)
        self.database.recorder.gauge(Gauge.LEDGER_ROWS, rows)
        self.database.recorder.gauge(Gauge.DATABASE_BYTES, size_bytes)

    def _end_late(self) -> None:
        """Show as not recorded what has waited too long; one timer for all is a tenth of the cost of one for each."""
        loop = asyncio.get_running_loop()
        self._deadline = None
        for each in (*self._group, *self._queue):
            if each.recorded.done():
                continue
            if each.since + self.wait_seconds > loop.time():
                self._deadline = loop.call_at(each.since + self.wait_seconds, self._end_late)
                break
            # Left out of the next group; one that is being committed ends as it may, or is given up by `writing`.
            each.end(None)

    def _start(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="ledger")

    async def _write(self) -> None:
        self._answers_due = None
        while self._queue or self._answers:
            if len(self._group) > 1 and len(self._queue) < BATCH_ROWS:
                # Where many roll, a few milliseconds make one commit of many; a lone roll does not wait for company.
                await asyncio.sleep(GATHER_SECONDS)
            group = self._group = self._take()
            answers, self._answers = self._answers, {}
            try:
                await self._commit(group, answers)
            except Exception as error:  # noqa: BLE001 - whatever it is, the rolls are shown as not recorded
                if not isinstance(error, DatabaseAway):
                    _log.exception("rolls could not be recorded")
                for each in group:
                    each.end(None)
        self._group = []

    def _take(self) -> list[_Pending]:
        """The next group; those that have waited too long are left out."""
        group: list[_Pending] = []
        rows = taken = 0
        for pending in self._queue:
            if rows >= BATCH_ROWS:
                break
            taken += 1
            if not pending.recorded.done():
                group.append(pending)
                rows += len(pending.entries)
        del self._queue[:taken]
        return group

    async def _commit(self, group: Sequence[_Pending], answers: Mapping[int, int]) -> None:
        entries = [entry for each in group for entry in each.entries]
        begun_at = asyncio.get_running_loop().time()
        earlier = await self._append(entries, answers)
        if entries:
            self.database.recorder.rolls_committed(len(entries), asyncio.get_running_loop().time() - begun_at)
        for each in group:
            if earlier:
                each.entries = [earlier.get((entry.source_id, entry.source_index), entry) for entry in each.entries]
            each.end(tuple(each.entries))

    async def _append(
        self, entries: Sequence[LedgerEntry], answers: Mapping[int, int]
    ) -> Mapping[tuple[int, int], LedgerEntry]:
        """Record rolls and answers, and say what had been recorded before."""
        salts = self.salt(SALT_BYTES * len(entries))

        def append(connection: Connection) -> None:
            ledger.append(connection, entries, salts)
            ledger.note_answers(connection, answers)

        def append_missing(connection: Connection) -> dict[tuple[int, int], LedgerEntry]:
            earlier = ledger.append_missing(connection, entries, salts)
            ledger.note_answers(connection, answers)
            return earlier

        try:
            await self.database.write(append)
        except IntegrityError:
            # Another process that answers the same message was quicker, which is too rare to look for each time.
            return await self.database.write(append_missing)
        return {}
