"""Where log lines go, and what happens when they cannot: nothing is raised, and standard error hears of it."""

import contextlib
import errno
import io
import logging
import os
import stat
import sys
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol, cast

_PATIENCE_SECONDS = 60.0


class Complaints:
    """At most one line a minute on standard error about each thing that is wrong with the log itself.

    Args:
        clock: Seconds, only ever growing.
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
        self._silent_until[subject] = now + _PATIENCE_SECONDS
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
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)

    def write(self, text: str) -> None:
        """Write all of it, waiting as long as that takes."""
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

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

    def append(self, line: str) -> None:
        """Write the line, which has no line break yet.

        Raises:
            OSError: It could not be written; the next one may be.
        """
        raise NotImplementedError

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it as lost and say so."""
        try:
            self.append(self.format(record))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the log, the lane goes on
            self.lost_count += 1
            self._untold_count += 1
            self.complaints.say(self.subject, f"{self.subject} cannot be written ({_reason(error)}); trying on")
        else:
            self._tell_losses()

    def _tell_losses(self) -> None:
        """The first line that gets through is followed by how many did not."""
        count, self._untold_count = self._untold_count, 0
        if count:
            self.emit(notice(f"{self.subject} can be written again; records missing here: {count}"))

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

    def append(self, line: str) -> None:
        """Write the line and pass it on."""
        self._sink.write(line + "\n")
        self._sink.flush()

    def close(self) -> None:
        """Give back what was opened for it."""
        super().close()
        if isinstance(self._sink, Descriptor) and not self.abandoned:
            self._sink.close()


def open_unbuffered(path: str) -> io.FileIO:
    """A file to append to, in which no line waits."""
    return io.FileIO(path, "a")


class LogFile(Output, RotatingFileHandler):
    """A rotated file in which every line is whole, even on a disk that is full at times.

    Args:
        path: The file; rotated ones have .1, .2 … at the end.
        max_bytes: Size at which it is rotated.
        backup_count: How many rotated files are kept.
        complaints: Told when it cannot be written.
        clock: Seconds, only ever growing.
        open_file: Opens the path for appending.
    """

    subject = "the log file"

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int,
        backup_count: int,
        complaints: Complaints,
        clock: Callable[[], float] = time.monotonic,
        open_file: Callable[[str], io.FileIO] = open_unbuffered,
    ) -> None:
        RotatingFileHandler.__init__(self, path, maxBytes=max_bytes, backupCount=backup_count, delay=True)
        self._begin(complaints)
        self._clock = clock
        self._open_file = open_file
        self._rotate_from = clock()

    def append(self, line: str) -> None:
        """Write the line in one piece, into a new file if it does not fit into this one.

        Raises:
            OSError: It could not be written, and nothing of it was. The file is opened anew for the next one.
        """
        text = (line + "\n").encode("utf-8", "backslashreplace")
        try:
            if self._size() + len(text) > self.maxBytes:
                self._rotate()
            self._write_whole(text, self._size())
        except OSError:
            self._forget_stream()
            raise

    def _write_whole(self, text: bytes, size: int) -> None:
        raw = self._raw()
        if raw.write(text) != len(text):
            raw.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _size(self) -> int:
        """The size of the file; one that was deleted beneath us is begun anew, a device never grows."""
        found = os.fstat(self._raw().fileno())
        if found.st_nlink == 0:
            self._forget_stream()
            found = os.fstat(self._raw().fileno())
        return found.st_size if stat.S_ISREG(found.st_mode) else 0

    def _rotate(self) -> None:
        """Rotate, or grow on for a while: every failed try costs the oldest backup."""
        if self._clock() < self._rotate_from or not self._size():
            return
        try:
            self.doRollover()
        except OSError as error:
            self._rotate_from = self._clock() + _PATIENCE_SECONDS
            self.complaints.say("rotation", f"{self.subject} cannot be rotated ({_reason(error)}); it grows meanwhile")

    def _raw(self) -> io.FileIO:
        if self.stream is None or self.stream.closed:
            self.stream = self._open()
        return cast(io.FileIO, self.stream.buffer)

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._open_file(self.baseFilename), encoding="utf-8")

    def _forget_stream(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def notice(sentence: str) -> logging.LogRecord:
    """A warning about the log, for the log itself."""
    return logging.makeLogRecord(
        {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": sentence, "args": None}
    )


def _reason(error: Exception) -> str:
    """Never the text of an unexpected error: it may quote what was to be logged."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__


def _to_standard_error(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(line)
        sys.stderr.flush()
