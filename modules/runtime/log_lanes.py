"""Between those who log and the outputs: a bounded queue and a thread for each, so that nobody waits for a disk."""

import logging
import queue
import time
from collections.abc import Callable, Sequence
from logging.handlers import QueueHandler, QueueListener
from threading import Thread

from modules.runtime.log_outputs import Complaints, Output, notice
from modules.runtime.log_records import freeze

_REPORT_SECONDS = 60.0

GATHER_SECONDS = 0.01


class Lane(QueueListener):
    """One output, its queue and its thread. A disk that hangs silences its own lane only.

    Args:
        output: Where records end.
        capacity_count: How many records may wait; more are dropped.
        clock: Seconds, only ever growing.

    Attributes:
        dropped_count: Records that found the queue full.
    """

    def __init__(self, output: Output, *, capacity_count: int, clock: Callable[[], float] = time.monotonic) -> None:
        # Of the standard queues only this one may be entered again by a finalizer that logs in the middle of a `put`.
        self._waiting: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()
        super().__init__(self._waiting, output)
        self.output = output
        self.dropped_count = 0
        self._capacity_count = capacity_count
        self._clock = clock
        self._reported_count = 0
        self._report_from = clock()
        self._closer: Thread | None = None

    def offer(self, record: logging.LogRecord) -> None:
        """Queue the record, or drop and count it; returns at once either way."""
        if self._waiting.qsize() < self._capacity_count:
            self._waiting.put(record)
        else:
            self.dropped_count += 1

    def dequeue(self, block: bool) -> logging.LogRecord:
        """The next record, waiting for it.

        Under load they gather for a moment first: each waking of a thread costs the loop's more than a record does.
        """
        if self._waiting.empty():
            time.sleep(GATHER_SECONDS)
        return super().dequeue(block)

    def handle(self, record: logging.LogRecord) -> None:
        """Write one record, in the lane's thread.

        The handler's lock is left alone: a thread that hung while holding it would also hang `logging.shutdown`.
        """
        self.output.emit(record)
        if self._clock() >= self._report_from:
            self._report_drops()

    def stop(self) -> None:
        """Write what waits and end the thread, however long that takes."""
        super().stop()
        self._report_drops()

    def begin_stop(self) -> None:
        """Have it stopped, without waiting."""
        self._closer = Thread(target=self.stop, name="log-closer", daemon=True)
        self._closer.start()

    def wait_stopped(self, timeout_seconds: float) -> bool:
        """Whether it stopped within the time."""
        if self._closer is not None:
            self._closer.join(timeout_seconds)
        return self._closer is not None and not self._closer.is_alive()

    def _report_drops(self) -> None:
        count = self.dropped_count - self._reported_count
        if count:
            self._reported_count += count
            self._report_from = self._clock() + _REPORT_SECONDS
            self.output.emit(notice(f"records dropped since {self.output.subject} did not keep up: {count}"))


class LaneHandler(QueueHandler):
    """What loggers see: freezes a record and offers it to every lane."""

    def __init__(self, lanes: Sequence[Lane], complaints: Complaints) -> None:
        super().__init__(queue.SimpleQueue())
        self._lanes = lanes
        self._complaints = complaints

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The record, safe from its caller."""
        return freeze(record)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Offer the record to every lane."""
        for lane in self._lanes:
            lane.offer(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - named by the standard library
        """Say that a record was lost; the standard library would print it, secrets and all."""
        self._complaints.say("record", f"a record of {record.name} could not be taken")
