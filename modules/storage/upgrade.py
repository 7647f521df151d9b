"""Brings a database to the latest schema, under a lock, or refuses to touch it."""

import logging
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from modules.storage.errors import DatabaseRefused
from modules.storage.migrations import LATEST

_log = logging.getLogger(__name__)

UPGRADE_LOCK: Final = 0x4E617A68_0001
"""Key of the advisory lock that PostgreSQL gives to one upgrade at a time."""
CHECKED_AT_MOST_BYTES: Final = 64 * 1024 * 1024
"""Size up to which every page of an SQLite file is checked at start; that takes some 0.3 s."""


def upgrade(connection: Connection, target: str = LATEST) -> bool:
    """Run the migrations that are missing; in a transaction that is going to write, so that all happen or none.

    Args:
        connection: With SQLite the transaction itself is the lock, with PostgreSQL an advisory lock is taken.
        target: The revision wanted.

    Returns:
        Whether there were any.

    Raises:
        DatabaseRefused: The database is newer than this program, or another program's.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
    found = _revision(connection)
    if found == target:
        return False
    # A third of a second of imports, which only an upgrade pays.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = [revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()]
    if found is not None and found not in known:
        raise DatabaseRefused(f"has schema {found}, which is newer than this program's {LATEST}: run a newer version")
    command.upgrade(config, target)
    _log.info("database schema upgraded from %s to %s", found or "nothing", target)
    return True


def check_file(connection: Connection, size_bytes: int) -> None:
    """Look an SQLite file through.

    Args:
        connection: To the file.
        size_bytes: Of the file; a large one is not read whole.

    Raises:
        DatabaseRefused: It is damaged.
        sqlalchemy.exc.DBAPIError: It cannot be read.
    """
    if size_bytes > CHECKED_AT_MOST_BYTES:
        return
    if (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
        _log.error("the database file is damaged: %s", found)
        raise DatabaseRefused("is damaged")


def _revision(connection: Connection) -> str | None:
    """The revision of the schema; None for an empty database."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return revision
    if tables:
        raise DatabaseRefused("belongs to another program: it has tables, but no schema of ours")
    return None
