"""Watches the event loop from a thread: what a hung loop was doing goes to the log, and one beyond hope is ended."""

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

LOOKS_A_SECOND = 4
STANDARD_ERROR = 2

SAY_SECONDS = 2.0
"""How long the log may take for a line: the loop may hang while it holds one of the log's own locks."""


@dataclass(slots=True)
class Watchdog:
    """Listens for the beat that `pulse` records.

    Attributes:
        latest: Where the beat is read.
        dump_seconds: A loop silent for so long has its stack logged, once a silence.
        exit_seconds: A loop silent for so long is given up.
        give_up: Ends the process; called from the watching thread.
        clock: Monotonic clock, in seconds.
    """

    latest: LatestSnapshot
    dump_seconds: float
    exit_seconds: float
    give_up: Callable[[], None]
    clock: Callable[[], float] = time.monotonic
    _silence: float = 0.0
    _looked_at: float | None = None
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

    def look(self, stack: Callable[[], str]) -> None:
        """Look once.

        Args:
            stack: What the watched thread is doing, as text.
        """
        now = self.clock()
        since_last_look = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        # A process that was suspended has an old beat and a healthy loop: only time that was watched counts.
        watched = self._silence + min(since_last_look, 2 / LOOKS_A_SECOND)
        self._silence = min(self.latest.beat_age_seconds() or 0.0, watched)
        if self._silence < self.dump_seconds:
            self._dumped = False
        elif not self._dumped:
            self._dumped = True
            _say(logging.ERROR, f"the event loop has been silent for {self._silence:.1f} s; it is at\n{stack()}")
        if self._silence >= self.exit_seconds:
            _say(logging.CRITICAL, f"the event loop has been silent for {self._silence:.0f} s; giving up")
            self.give_up()

    def _watch(self, watched: int | None) -> None:
        while not self._done.wait(1 / LOOKS_A_SECOND):
            self.look(lambda: _stack_of(watched))


def _say(level: int, text: str) -> None:
    """Log without trusting the log; where it hangs too, standard error has the text."""
    done = threading.Event()

    def speak() -> None:
        _log.log(level, "%s", text)
        done.set()

    threading.Thread(target=speak, name="watchdog's voice", daemon=True).start()
    if not done.wait(SAY_SECONDS):
        with suppress(OSError):
            # Not sys.stderr: the thread that hangs may hold its lock.
            os.write(STANDARD_ERROR, f"{text}\n".encode(errors="replace"))


def _stack_of(thread_id: int | None) -> str:
    frame = sys._current_frames().get(thread_id or 0)  # noqa: SLF001 - documented in spite of its name
    return "(gone)" if frame is None else "".join(traceback.format_stack(frame))
