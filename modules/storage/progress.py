"""A progress bar, on a terminal only."""

import sys
from typing import Final, Self, TextIO

WIDTH: Final = 30


class Progress:
    """One line on standard error that says how far something is.

    Args:
        what: Is going on.
        total: Steps in all.
        stream: Where to; None for standard error.
    """

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self._what, self._total = what, max(1, total)
        self._stream = stream or sys.stderr
        self._is_shown = self._stream.isatty()

    def __enter__(self) -> Self:
        self.show(0)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_shown:
            self._stream.write("\n")

    def show(self, done: int) -> None:
        """Say that so many steps are done."""
        if self._is_shown:
            share = min(1.0, done / self._total)
            bar = "█" * round(WIDTH * share)
            self._stream.write(f"\r{self._what} {bar:░<{WIDTH}} {100 * share:3.0f} % {done:,}")
            self._stream.flush()
