"""What can go wrong with a database, in two kinds: what waiting mends, and what only a person can."""

import errno
from types import MappingProxyType
from typing import Final

from sqlalchemy.exc import DBAPIError


class DatabaseAway(Exception):  # noqa: N818 - a state that passes
    """The database cannot be used at the moment; the text says why, fit for the public page."""


class DatabaseRefused(Exception):  # noqa: N818 - a verdict on the database
    """The database must not be used as it is: damaged, newer than this program, or another program's.

    Nothing was changed in it. The text is a sentence for the operator.
    """


def reason_of(error: BaseException) -> str:
    """Why the database cannot be used, in our own words: exception texts may name hosts, users and data."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    inner = cause.__cause__ if cause is not None and cause.__cause__ is not None else cause
    code = str(getattr(inner, "sqlite_errorname", "") or getattr(inner, "sqlstate", None) or "")
    for start, reason in _REASONS.items():
        if code.startswith(start):
            return reason
    if isinstance(inner, TimeoutError):
        return "the database does not answer"
    if isinstance(inner, OSError) and (failure := _DISK_REASONS.get(inner.errno or 0)):
        return failure
    if isinstance(inner, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return "the database cannot be reached"
    return "the database refuses to work"


def is_damage(error: BaseException) -> bool:
    """Whether an SQLite file is no sound database."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlite_errorname", "")).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


_DISK_REASONS: Final = MappingProxyType(
    {
        errno.ENOSPC: "the disk of the database is full",
        errno.EDQUOT: "the disk of the database is full",
        errno.EROFS: "the database file is read-only",
    }
)

_REASONS: Final = MappingProxyType(
    {
        "SQLITE_FULL": "the disk of the database is full",
        "SQLITE_READONLY": "the database file is read-only",
        "SQLITE_IOERR": "the disk of the database fails",
        "SQLITE_CANTOPEN": "the database file cannot be opened",
        "SQLITE_BUSY": "another process holds the database file",
        "SQLITE_CORRUPT": "the database file is damaged",
        "SQLITE_NOTADB": "the database file is damaged",
        "SQLITE": "the database file cannot be used",
        "08": "the database cannot be reached",
        "25006": "the database is read-only",
        "28": "the database refuses the user or the password",
        "3D": "the database server has no database of that name",
        "53100": "the disk of the database is full",
        "53300": "the database takes no more connections",
        "57014": "the database is too slow",
        "57P": "the database is shutting down or starting up",
    }
)
