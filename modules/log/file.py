"""The rotated file, on disks that are full, broken or swept clean."""

import contextlib
import errno
import io
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from modules.log.outputs import PATIENCE_SECONDS, Complaints, Output, encoded, reason_of


def open_unbuffered(path: str) -> io.FileIO:
    """A file to append to, in which no line waits, and which only its owner may read.

    A folder that was removed is made again.
    """
    try:
        return io.FileIO(path, "a", opener=_private)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return io.FileIO(path, "a", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class LogFile(Output, RotatingFileHandler):
    """A rotated file in which every line is whole, even on a disk that is full at times.

    Args:
        path: The file; rotated ones have .1, .2 … at the end.
        max_bytes: Size at which it is rotated.
        backup_count: How many rotated files are kept.
        complaints: Told when it cannot be written.
        clock: Monotonic clock, in seconds.
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
        # Not by way of Output's constructor: its `super()` is RotatingFileHandler here, which wants a path.
        RotatingFileHandler.__init__(self, path, maxBytes=max_bytes, backupCount=backup_count, delay=True)
        self._begin(complaints)
        self._clock = clock
        self._open_file = open_file
        self._rotate_from = clock()

    def append(self, lines: deque[str]) -> None:
        """Write the lines in one piece, or in as few as the size of a file allows.

        Raises:
            OSError: The leftmost could not be written, and nothing of it was. The file is opened anew for the next one.
        """
        try:
            while lines:
                size = self._size()
                piece = self._piece(lines, size)
                if size + len(piece[0]) > self.maxBytes:
                    self._rotate()
                    size = self._size()
                self._write_whole(b"".join(piece), size)
                for _ in piece:
                    lines.popleft()
        except OSError:
            self._forget_stream()
            raise

    def _piece(self, lines: Iterable[str], size: int) -> list[bytes]:
        """As many of the lines as fit into the file, but one at least."""
        piece: list[bytes] = []
        for line in lines:
            text = encoded(line)
            size += len(text)
            if piece and size > self.maxBytes:
                break
            piece.append(text)
        return piece

    def _write_whole(self, text: bytes, size: int) -> None:
        raw = self._raw()
        # A disk that fills up takes a part and raises nothing; half a line must not stay.
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
        # A line that is longer than a file may be goes into an empty one: to rotate that would win nothing.
        if self._clock() < self._rotate_from or not self._size():
            return
        try:
            self.doRollover()
        except OSError as error:
            self._rotate_from = self._clock() + PATIENCE_SECONDS
            self.complaints.say(
                "rotation", f"{self.subject} cannot be rotated ({reason_of(error)}); it grows meanwhile"
            )

    def _raw(self) -> io.FileIO:
        if self.stream is None or self.stream.closed:
            self.stream = self._open()
        return cast(io.FileIO, self.stream.buffer)

    def _open(self) -> io.TextIOWrapper:
        # The standard library wants a text stream to close; lines go past it, to the raw file within.
        return io.TextIOWrapper(self._open_file(self.baseFilename), encoding="utf-8")

    def _forget_stream(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
