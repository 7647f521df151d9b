"""Where log lines go, and what happens when they cannot: nothing is raised, and standard error hears of it."""

import contextlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol

PATIENCE_SECONDS: Final = 60.0
"""What is wrong with the log is said once in so long."""


class Complaints:
    """At most one line a minute on standard error about each thing that is wrong with the log itself.

    Args:
        clock: Monotonic clock, in seconds.
        write: Takes a line; what it raises is swallowed.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, write: Callable[[str], object] | None = None
    ) -> None:
        self._clock = clock
        self._write = write or _to_standard_error
        self._silent_until: dict[str, float] = {}

    def say(self, subject: str, sentence: str) -> None:
        """Write the sentence, unless the subject was spoken of within the last minute."""
        now = self._clock()
        if now < self._silent_until.get(subject, now):
            return
        self._silent_until[subject] = now + PATIENCE_SECONDS
        try:
            self._write(f"logging: {sentence}\n")
        except (OSError, ValueError):
            return


class Sink(Protocol):
    """The part of a text stream that is needed here."""

    def write(self, text: str, /) -> object:
        """Take the text."""

    def flush(self) -> None:
        """Pass on what was taken."""


class Descriptor:
    """Standard output without Python's buffer in between.

    A buffer that cannot be flushed (a reader gone, or a thread stuck in it) makes the interpreter end with another exit
    code, or not at all.

    Attributes:
        written_count: Bytes that the last call wrote.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)
        self.written_count = 0

    def write(self, text: str) -> None:
        """Write all of it, waiting as long as that takes.

        Raises:
            OSError: Only so many bytes as `written_count` says were written.
        """
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        self.written_count = 0
        while rest:
            count = os.write(self._descriptor, rest)
            self.written_count += count
            rest = rest[count:]

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Give the descriptor back; the original stays open."""
        os.close(self._descriptor)


class Output(logging.Handler):
    """A handler that only its lane's thread calls, and that nothing can make raise.

    Attributes:
        lost_count: Records that could not be written.
        abandoned: The thread hangs in here, so nobody may wait for it.
    """

    subject = "the log"

    def __init__(self, complaints: Complaints) -> None:
        super().__init__()
        self._begin(complaints)

    def _begin(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.lost_count = 0
        self.abandoned = False
        self._untold_count = 0

    def append(self, lines: deque[str]) -> None:
        """Write lines, which have no line break yet, taking off the left what is written.

        Raises:
            OSError: The leftmost that is left could not be written; the next one may be.
        """
        raise NotImplementedError

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it as lost and say so."""
        self.emit_all((record,))

    def emit_all(self, records: Iterable[logging.LogRecord]) -> None:
        """Write the records in one piece; what cannot be written is counted as lost and said to be."""
        lines = deque(line for line in map(self._line, records) if line is not None)
        while lines:
            try:
                self.append(lines)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with the log, the lane goes on
                lines.popleft()
                self._lost(error)
            else:
                self._tell_losses()

    def _line(self, record: logging.LogRecord) -> str | None:
        try:
            return self.format(record)
        except Exception as error:  # noqa: BLE001 - see above
            self._lost(error)
            return None

    def _lost(self, error: Exception) -> None:
        self.lost_count += 1
        self._untold_count += 1
        self.complaints.say(self.subject, f"{self.subject} cannot be written ({reason_of(error)}); trying on")

    def _tell_losses(self) -> None:
        """Lines that get through are followed by how many did not, as soon as that gets through too."""
        if not self._untold_count:
            return
        missing = f"{self.subject} can be written again; records missing here: {self._untold_count}"
        with contextlib.suppress(Exception):
            self.append(deque([self.format(notice(missing))]))
            self._untold_count = 0

    def flush(self) -> None:
        """Pass on what is held back, unless the thread hangs."""
        if not self.abandoned:
            super().flush()

    def close(self) -> None:
        """Free what is held, unless the thread hangs."""
        if not self.abandoned:
            super().close()


class ConsoleOutput(Output):
    """Lines for a stream that belongs to somebody else."""

    subject = "standard output"

    def __init__(self, sink: Sink, complaints: Complaints) -> None:
        super().__init__(complaints)
        self._sink = sink

    def append(self, lines: deque[str]) -> None:
        """Write the lines and pass them on."""
        try:
            self._sink.write("\n".join(lines) + "\n")
            self._sink.flush()
        except OSError:
            # What a stream of somebody else has taken before it failed nobody can tell.
            if isinstance(self._sink, Descriptor):
                _take_off(lines, self._sink.written_count)
            raise
        lines.clear()

    def close(self) -> None:
        """Give back what was opened for it."""
        super().close()
        if isinstance(self._sink, Descriptor) and not self.abandoned:
            self._sink.close()


def _take_off(lines: deque[str], byte_count: int) -> None:
    """Take off the left the lines that these bytes hold whole."""
    while lines and (length := len(encoded(lines[0]))) <= byte_count:
        byte_count -= length
        lines.popleft()


def encoded(line: str) -> bytes:
    """A line as it is written, whatever is in it."""
    return (line + "\n").encode("utf-8", "backslashreplace")


def notice(sentence: str) -> logging.LogRecord:
    """A warning about the log, for the log itself."""
    return logging.makeLogRecord(
        {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": sentence, "args": None}
    )


def reason_of(error: Exception) -> str:
    """What is wrong: never the text of an unexpected error, which may quote what was to be logged."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__


def _to_standard_error(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(line)
        sys.stderr.flush()
