"""Backups of the SQLite file, made and put back by SQLite's own online backup while the bot runs."""

import os
import shlex
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from modules.storage.engine import BUSY_SECONDS, create_private
from modules.storage.facts import RESTORED_AT
from modules.storage.migrations import LATEST
from modules.storage.store import Store

PAGES_AT_ONCE: Final = 1_000
"""Pages copied before the bot's own writes get a turn."""


class NoBackupError(Exception):
    """It cannot be done, and nothing was changed; the text says why."""


def back_up(store: Store, file: Path) -> None:
    """Copy the database into a new file that only its owner can read.

    Raises:
        NoBackupError: The file is there already, the database is not, or it is a PostgreSQL.
        OSError: The file cannot be written.
    """
    source = _path(store, f"pg_dump --format=custom --file={shlex.quote(str(file))}")
    if not source.exists():
        raise NoBackupError(f"there is no database at {source}")
    if file.exists():
        raise NoBackupError(f"{file} is there already; a backup overwrites nothing")
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    create_private(partial)
    try:
        with closing(_connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
            live.backup(copy, pages=PAGES_AT_ONCE)
            # One file that is complete in itself.
            copy.execute("PRAGMA journal_mode=DELETE")
            _check(copy, file)
        # Else a power cut could leave the name without its content.
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(file)
    except sqlite3.Error as error:
        raise NoBackupError(f"the database could not be copied: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def restore(store: Store, file: Path) -> None:
    """Put a backup in the place of everything in the database; a bot that runs goes on with it.

    Raises:
        NoBackupError: The file is no backup that this program can read, or the database is a PostgreSQL.
        OSError: The database cannot be written.
    """
    target = _path(store, f"pg_restore --clean --if-exists --dbname=... {shlex.quote(str(file))}")
    if not file.is_file():
        raise NoBackupError(f"there is no file {file}")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            _check(backup, file)
            create_private(target)
            with closing(_connect(target)) as live:
                live.execute("PRAGMA journal_mode=WAL")
                # All at once: in between, the bot would see half of it.
                backup.backup(live)
                live.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (RESTORED_AT, str(time.time_ns())))
                live.commit()
    except sqlite3.Error as error:
        raise NoBackupError(f"the backup could not be put back: {error}") from error


def _path(store: Store, tool: str) -> Path:
    if store.path is None:
        raise NoBackupError(f"the database is a PostgreSQL, which has a tool of its own: {tool}")
    return store.path


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    try:
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise NoBackupError(f"{file} is no backup of this program") from error
    if not sound:
        raise NoBackupError(f"{file} is damaged")
    if schema > LATEST:
        raise NoBackupError(f"{file} has schema {schema}, which is newer than this program's {LATEST}")
