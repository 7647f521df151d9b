"""Where a small text is kept that must outlive the process: a file in `DATA_DIR`, or a row of the database."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from modules.lifecycle.state_file import write_atomically
from modules.storage.facts import forget_fact, read_fact, write_fact

ANSWER_SECONDS: Final = 1.0
"""Longest wait for the database: what waits for this is a start, or a stop."""

Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class StatePlace(Protocol):
    """One text; every method raises OSError or DatabaseAway where the place cannot be used."""

    @property
    def name(self) -> str:
        """What the log calls it."""

    async def read(self) -> bytes | str | None:
        """The text as it was written, but never trust that; None where there is none."""

    async def write(self, text: str) -> None:
        """Replace the text."""

    async def remove(self) -> None:
        """Have no text any more."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file, written whole or not at all.

    Attributes:
        path: The file.
    """

    path: Path

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.path.name

    async def read(self) -> bytes | None:
        """The file's content; None without a file."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    async def write(self, text: str) -> None:
        """Replace the file."""
        write_atomically(self.path, text)

    async def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """A fact of the database, which every machine sees.

    Attributes:
        name: The fact's name.
        reading: A transaction that reads.
        writing: A transaction that writes.
    """

    name: str
    reading: Transaction
    writing: Transaction

    async def read(self) -> str | None:
        """The fact."""
        async with asyncio.timeout(ANSWER_SECONDS), self.reading() as connection:
            return await read_fact(connection, self.name)

    async def write(self, text: str) -> None:
        """Replace the fact."""
        async with asyncio.timeout(ANSWER_SECONDS), self.writing() as connection:
            await write_fact(connection, self.name, text)

    async def remove(self) -> None:
        """Remove the fact."""
        async with asyncio.timeout(ANSWER_SECONDS), self.writing() as connection:
            await forget_fact(connection, self.name)
