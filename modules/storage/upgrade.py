"""Brings a database to the latest schema, under a lock, or refuses to touch it."""

import logging
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select, text

from modules.storage.errors import DatabaseRefused
from modules.storage.migrations import LATEST
from modules.storage.tables import alembic_version, metadata

_log = logging.getLogger(__name__)

UPGRADE_LOCK: Final = 0x4E617A68_0001
"""Key of the advisory lock that PostgreSQL gives to one upgrade at a time."""
CHECKED_AT_MOST_BYTES: Final = 64 * 1024 * 1024
"""Size up to which every page of an SQLite file is checked at start; that takes some 0.3 s."""


def needs_migrations(connection: Connection) -> bool:
    """Whether `upgrade` will run any: those load Alembic, a third of a second of imports."""
    return _revision(connection) not in (None, LATEST)


def upgrade(connection: Connection, target: str = LATEST) -> bool:
    """Run the migrations that are missing; in a transaction that is going to write, so that all happen or none.

    An empty database is given the latest schema at once: the migrations come to the same, as a test makes sure, and
    Alembic takes 10 MB that nobody needs again.

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
    if found is None and target == LATEST:
        metadata.create_all(connection)
        alembic_version.create(connection)
        connection.execute(alembic_version.insert().values(version_num=LATEST))
    else:
        _migrate(connection, found, target)
    _log.info("database schema upgraded from %s to %s", found or "nothing", target)
    return True


def _migrate(connection: Connection, found: str | None, target: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = [revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()]
    if found is not None and found not in known:
        raise DatabaseRefused(f"has schema {found}, which is newer than this program's {LATEST}: run a newer version")
    command.upgrade(config, target)


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
        revision: str | None = connection.execute(select(alembic_version.c.version_num)).scalar()
        return revision
    if tables:
        raise DatabaseRefused("belongs to another program: it has tables, but no schema of ours")
    return None
