"""Where log lines are written; failures to write are reported on standard error and never raised."""

import contextlib
import errno
import io
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO

REPORT_INTERVAL_SECONDS: Final = 60.0
"""Minimum time between two reports of the same problem."""

Written = tuple[int, Exception | None]
"""Number of bytes written, and the error that stopped the rest."""


class LastResort:
    """Reports problems of the log itself on standard error, at most one line a minute for each.

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

    def report(self, subject: str, sentence: str) -> None:
        """Write the sentence, unless there was one about the subject within the last minute."""
        now = self._clock()
        if now >= self._silent_until.get(subject, now):
            self._silent_until[subject] = now + REPORT_INTERVAL_SECONDS
            with contextlib.suppress(OSError, ValueError):
                self._write(f"logging: {sentence}\n")


class Output(logging.Handler):
    """A handler that never raises, called by its listener's thread only.

    Attributes:
        last_resort: Reports that it cannot write.
        lost_count: Records that could not be written.
        abandoned: Its thread hangs in a write, so nobody may wait for it.
    """

    subject = "the log"
    last_resort: LastResort
    lost_count = 0
    abandoned = False
    _unreported_count = 0

    def append(self, text: bytes) -> Written:
        """Write whole lines; lines that were not written, without an error, are passed in again.

        Raises:
            Exception: Nothing of it was written.
        """
        raise NotImplementedError

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count and report it as lost."""
        self.emit_all((record,))

    def emit_all(self, records: Iterable[logging.LogRecord]) -> None:
        """Write the records at once; those that cannot be written are counted and reported as lost."""
        lines = deque(line for record in records if (line := self._line(record)) is not None)
        while lines:
            count, error = self._append(b"".join(lines))
            while lines and len(lines[0]) <= count:
                count -= len(lines.popleft())
            if error is None:
                self._report_losses()
            elif lines:
                lines.popleft()
                self._lost(error)

    def _append(self, text: bytes) -> Written:
        try:
            return self.append(text)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the log, the listener goes on
            return 0, error

    def _line(self, record: logging.LogRecord) -> bytes | None:
        try:
            return (self.format(record) + "\n").encode("utf-8", "backslashreplace")
        except Exception as error:  # noqa: BLE001 - see above
            self._lost(error)
            return None

    def _lost(self, error: Exception) -> None:
        self.lost_count += 1
        self._unreported_count += 1
        self.last_resort.report(self.subject, f"{self.subject} cannot be written ({_reason_of(error)}); trying on")

    def _report_losses(self) -> None:
        """After a successful write, log how many records were lost before it."""
        if not self._unreported_count:
            return
        missing = f"{self.subject} can be written again; records missing here: {self._unreported_count}"
        line = self._line(notice(missing))
        if line is not None and self._append(line)[1] is None:
            self._unreported_count = 0

    def flush(self) -> None:
        """Flush, unless the thread hangs."""
        if not self.abandoned:
            super().flush()

    def close(self) -> None:
        """Close, unless the thread hangs."""
        if not self.abandoned:
            super().close()


class StreamOutput(Output):
    """Writes to a text stream that somebody else owns, such as a standard output without a descriptor."""

    subject = "standard output"

    def __init__(self, stream: TextIO, last_resort: LastResort) -> None:
        super().__init__()
        self.last_resort = last_resort
        self._stream = stream

    def append(self, text: bytes) -> Written:
        """Write and flush the lines."""
        self._stream.write(text.decode())
        self._stream.flush()
        return len(text), None


class DescriptorOutput(Output):
    """Writes to standard output without Python's buffer.

    A buffer that cannot be flushed (a reader gone, or a thread stuck in it) makes the interpreter end with another exit
    code, or not at all.
    """

    subject = "standard output"

    def __init__(self, descriptor: int, last_resort: LastResort) -> None:
        super().__init__()
        self.last_resort = last_resort
        self._descriptor = os.dup(descriptor)

    def append(self, text: bytes) -> Written:
        """Write all lines, however long that takes."""
        rest = memoryview(text)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            return len(text) - len(rest), error
        return len(text), None

    def close(self) -> None:
        """Close the duplicate; the original descriptor stays open."""
        super().close()
        if not self.abandoned:
            os.close(self._descriptor)


class LogFile(Output, RotatingFileHandler):
    """A rotating file that keeps every line whole, even where the disk is full or broken or the file is deleted.

    Args:
        path: The file; rotated ones have .1, .2 … at the end.
        max_bytes: Size at which it is rotated.
        backup_count: How many rotated files are kept.
        last_resort: Reports that it cannot be written.
        clock: Monotonic clock, in seconds.
        open_file: Opens the path for appending; by default `open_unbuffered`.
    """

    subject = "the log file"

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int,
        backup_count: int,
        last_resort: LastResort,
        clock: Callable[[], float] = time.monotonic,
        open_file: Callable[[str], io.FileIO] | None = None,
    ) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=backup_count, delay=True)
        self.last_resort = last_resort
        self._clock = clock
        self._open_file = open_file or open_unbuffered
        self._rotate_from = clock()

    def append(self, text: bytes) -> Written:
        """Write the lines that fit into the file, one at least, after rotating it if not even that fits.

        Raises:
            OSError: Nothing was written. The file is opened anew for the next line.
        """
        try:
            size, first = self._size(), text.index(b"\n") + 1
            if size + first > self.maxBytes:
                self._rotate()
                size = self._size()
            end = text.rfind(b"\n", 0, max(first, self.maxBytes - size)) + 1
            return self._write(text[:end], size)
        except OSError:
            self._drop_stream()
            raise

    def _write(self, text: bytes, size: int) -> Written:
        count = self._raw().write(text)
        if count == len(text):
            return count, None
        # A disk that fills up takes a part without raising; half a line must not stay.
        whole_count = text.rfind(b"\n", 0, count) + 1
        self._raw().truncate(size + whole_count)
        self._drop_stream()
        return whole_count, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _size(self) -> int:
        """The size of the file, which is reopened if it was deleted."""
        found = os.fstat(self._raw().fileno())
        if found.st_nlink == 0:
            self._drop_stream()
            found = os.fstat(self._raw().fileno())
        return found.st_size

    def _rotate(self) -> None:
        """Rotate; after a failure let the file grow for a while, since every attempt costs the oldest backup."""
        # A line longer than the limit goes into an empty file: rotating that would gain nothing.
        if self._clock() < self._rotate_from or not self._size():
            return
        try:
            self.doRollover()
        except OSError as error:
            self._rotate_from = self._clock() + REPORT_INTERVAL_SECONDS
            self.last_resort.report(
                "rotation", f"{self.subject} cannot be rotated ({_reason_of(error)}); it grows meanwhile"
            )

    def _raw(self) -> io.FileIO:
        # The standard library only closes and flushes its stream, which a raw file does as well as a text stream.
        if self.stream is None:
            self.stream: Any = self._open_file(self.baseFilename)
        raw: io.FileIO = self.stream
        return raw

    def _drop_stream(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def open_unbuffered(path: str) -> io.FileIO:
    """A file to append to, without a buffer, which only its owner may read; a folder that was removed is made again."""
    try:
        return io.FileIO(path, "a", opener=_private)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return io.FileIO(path, "a", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def notice(sentence: str) -> logging.LogRecord:
    """A warning about the log, for the log itself."""
    return logging.makeLogRecord(
        {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": sentence, "args": None}
    )


def _reason_of(error: Exception) -> str:
    """What is wrong: never the text of an unexpected error, which may quote what was to be logged."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__


def _to_standard_error(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(line)
        sys.stderr.flush()
