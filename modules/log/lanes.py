"""Between those who log and the outputs: a bounded queue and a thread for each, so that nobody waits for a disk."""

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from logging.handlers import QueueHandler
from threading import Thread
from typing import Final

from modules.log.outputs import Complaints, Output, notice
from modules.log.records import freeze

_REPORT_SECONDS = 60.0

BATCH_COUNT: Final = 100
"""Records that are written in one piece at most."""

GATHER_SECONDS: Final = 0.05
"""How long records gather under load. Waking a thread, and letting it give the interpreter's lock away for a write and
take it back, costs the event loop more than the line does: one write a record took an eighth of all a command costs."""


class Lane:
    """One output, its queue and its thread. A disk that hangs silences its own lane only.

    Args:
        output: Where records end.
        capacity_count: How many records may wait; more are dropped.
        clock: Monotonic clock, in seconds.

    Attributes:
        dropped_count: Records that found the queue full.
    """

    def __init__(self, output: Output, *, capacity_count: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.output = output
        self.dropped_count = 0
        self._waiting: deque[logging.LogRecord] = deque()
        self._is_idle = False
        self._is_over = False
        # Of what can wake a thread only this may be entered again by a finalizer that logs in the middle of a `put`.
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._capacity_count = capacity_count
        self._clock = clock
        self._reported_count = 0
        self._report_from = clock()
        self._thread = Thread(target=self._run, name=f"log to {output.subject}", daemon=True)

    def start(self) -> None:
        """Write from now on, in a thread."""
        self._thread.start()

    def offer(self, record: logging.LogRecord) -> None:
        """Queue the record, or drop and count it; returns at once either way."""
        if len(self._waiting) >= self._capacity_count:
            self.dropped_count += 1
            return
        self._waiting.append(record)
        if self._is_idle:
            self._is_idle = False
            self._bell.put(None)

    def write_waiting(self) -> None:
        """Write what waits.

        The handler's lock is left alone: a thread that hung while holding it would also hang `logging.shutdown`.
        """
        while self._waiting:
            # Only this thread takes records out: as many as were counted are there.
            count = min(len(self._waiting), BATCH_COUNT)
            self.output.emit_all([self._waiting.popleft() for _ in range(count)])
            if self._clock() >= self._report_from:
                self._report_drops()

    def begin_stop(self) -> None:
        """Have what waits written and the thread ended, without waiting for it."""
        self._is_over = True
        self._bell.put(None)

    def wait_stopped(self, timeout_seconds: float) -> bool:
        """Whether it stopped within the time."""
        if self._thread.ident is None:
            return False
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._is_over:
            self._wait()
            self.write_waiting()
            if not self._is_over:
                time.sleep(GATHER_SECONDS)
        self.write_waiting()
        self._report_drops()

    def _wait(self) -> None:
        """Wait for a record; none is missed that comes while the thread is falling idle."""
        # Idle before it looks, as `offer` appends before it looks: one of the two always sees the other.
        self._is_idle = True
        if not self._waiting:
            self._bell.get()
        self._is_idle = False

    def _report_drops(self) -> None:
        count = self.dropped_count - self._reported_count
        if count:
            self._reported_count += count
            self._report_from = self._clock() + _REPORT_SECONDS
            self.output.emit(notice(f"records dropped since {self.output.subject} did not keep up: {count}"))


class LaneHandler(QueueHandler):
    """What loggers see: freezes a record and offers it to every lane."""

    def __init__(self, lanes: Sequence[Lane], complaints: Complaints) -> None:
        # The base class asks for a queue, which `enqueue` below leaves empty.
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
