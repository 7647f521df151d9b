"""The standard library's queue handler and listener, with bounded queues and one listener thread per output."""

import logging
import time
from collections.abc import Callable, Sequence
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from typing import Final

from modules.log.outputs import LastResort, Output, notice
from modules.log.records import freeze

_REPORT_SECONDS = 60.0

BATCH_COUNT: Final = 100
"""Maximum number of records per write."""

BATCH_SECONDS: Final = 0.05
"""How long records are collected under load. Waking the thread and handing the GIL over for each write cost the event
loop more than the line itself: one write per record took an eighth of the time of a command."""


class OutputListener(QueueListener):
    """One output with its queue and thread. A disk that hangs blocks its own listener only.

    Args:
        output: Where records end.
        capacity_count: Size of the queue; further records are dropped.
        clock: Monotonic clock, in seconds.
        sleep: Waits some seconds for more records.

    Attributes:
        dropped_count: Records that found the queue full.
    """

    def __init__(
        self,
        output: Output,
        *,
        capacity_count: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        # The only queue that is reentrant: a finalizer may log in the middle of a `put`.
        self._records: SimpleQueue[logging.LogRecord | None] = SimpleQueue()
        super().__init__(self._records, output)
        self.output = output
        self.dropped_count = 0
        self._capacity_count, self._clock, self._sleep = capacity_count, clock, sleep
        self._reported_count = 0
        self._report_from = clock()

    def offer(self, record: logging.LogRecord) -> None:
        """Queue the record, or drop and count it; returns at once either way."""
        if self._records.qsize() >= self._capacity_count:
            self.dropped_count += 1
        else:
            self._records.put(record)

    def handle(self, record: logging.LogRecord) -> None:
        """Write the record and those queued behind it.

        The handler's lock is left alone: a thread that hung while holding it would also hang `logging.shutdown`.
        """
        records = [record]
        while len(records) < BATCH_COUNT and not self._records.empty():
            # Only this thread takes records out: what is not empty gives one at once.
            following = self._records.get()
            if following is None:
                self.enqueue_sentinel()  # for the base class, which ends the thread
                break
            records.append(following)
        self.output.emit_all(records)
        if self._clock() >= self._report_from:
            self._report_drops()
        if self._records.empty():
            self._sleep(BATCH_SECONDS)

    def stop(self) -> None:
        """Write what is queued, end the thread, and report what was dropped."""
        super().stop()
        self._report_drops()

    def _report_drops(self) -> None:
        count = self.dropped_count - self._reported_count
        if count:
            self._reported_count += count
            self._report_from = self._clock() + _REPORT_SECONDS
            self.output.emit(notice(f"records dropped since {self.output.subject} did not keep up: {count}"))


class FanOutHandler(QueueHandler):
    """The root logger's handler: freezes a record once and offers it to every listener."""

    def __init__(self, listeners: Sequence[OutputListener], last_resort: LastResort) -> None:
        # The base class asks for a queue, which `enqueue` below leaves empty.
        super().__init__(SimpleQueue())
        self._listeners = listeners
        self._last_resort = last_resort

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The record, safe from its caller."""
        return freeze(record)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Offer the record to every listener."""
        for listener in self._listeners:
            listener.offer(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - named by the standard library
        """Say that a record was lost; the standard library would print it, secrets and all."""
        self._last_resort.report("record", f"a record of {record.name} could not be taken")
