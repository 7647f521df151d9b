"""Watches the event loop from a thread: logs the stack of a hung loop, and ends a process that stays hung."""

import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from modules.telemetry.latest import LatestSnapshot

_log = logging.getLogger(__name__)

CHECKS_PER_SECOND = 4
STANDARD_ERROR = 2

LOG_SECONDS = 2.0
"""How long logging may take: the loop may hang while it holds one of the log's own locks."""


@dataclass(slots=True)
class Watchdog:
    """Checks the heartbeat that `run_heartbeat` records.

    Attributes:
        latest: Has the time of the last heartbeat.
        dump_seconds: Time without a heartbeat after which the stack is logged, once.
        exit_seconds: Time without a heartbeat after which the process is ended.
        give_up: Ends the process; called from the watching thread.
        clock: Monotonic clock, in seconds.
    """

    latest: LatestSnapshot
    dump_seconds: float
    exit_seconds: float
    give_up: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    _silence: float = 0.0
    _checked_at: float | None = None
    _dumped: bool = False
    _done: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the calling thread's loop while inside."""
        watched = threading.current_thread().ident
        thread = threading.Thread(target=self._watch, args=(watched,), name="watchdog", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def check(self, stack: Callable[[], str]) -> None:
        """Check once.

        Args:
            stack: What the watched thread is doing, as text.
        """
        now = self.clock()
        since_last_check = 0.0 if self._checked_at is None else now - self._checked_at
        self._checked_at = now
        # A process that was suspended has an old beat and a healthy loop: only time that was watched counts.
        watched = self._silence + min(since_last_check, 2 / CHECKS_PER_SECOND)
        self._silence = min(self.latest.beat_age_seconds() or 0.0, watched)
        if self._silence < self.dump_seconds:
            self._dumped = False
        elif not self._dumped:
            self._dumped = True
            _log_or_print(
                logging.ERROR, f"the event loop has been silent for {self._silence:.1f} s; it is at\n{stack()}"
            )
        if self._silence >= self.exit_seconds:
            _log_or_print(logging.CRITICAL, f"the event loop has been silent for {self._silence:.0f} s; giving up")
            self.give_up()

    def _watch(self, watched: int | None) -> None:
        while not self._done.wait(1 / CHECKS_PER_SECOND):
            self.check(lambda: _stack_of(watched))


def _log_or_print(level: int, text: str) -> None:
    """Log from another thread; where the log hangs too, print to standard error."""
    done = threading.Event()

    def log() -> None:
        _log.log(level, "%s", text)
        done.set()

    threading.Thread(target=log, name="watchdog log", daemon=True).start()
    if not done.wait(LOG_SECONDS):
        with suppress(OSError):
            # Not sys.stderr: the thread that hangs may hold its lock.
            os.write(STANDARD_ERROR, f"{text}\n".encode(errors="replace"))


def _stack_of(thread_id: int | None) -> str:
    frame = sys._current_frames().get(thread_id or 0)  # noqa: SLF001 - documented in spite of its name
    return "(gone)" if frame is None else "".join(traceback.format_stack(frame))
