"""Makes log records safe to hand to another thread, and reads them there."""

import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from modules.log.context import current_fields

# The three added are set by formatters, and by Python itself from 3.12 on.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIELDS = "_nazh_fields"
_PLAIN = frozenset({bool, int, str})
_DEEPEST = 4
_MOST_ITEMS = 50


def freeze(record: logging.LogRecord) -> logging.LogRecord:
    """The record, or a copy of it, that the caller can no longer change.

    The message is formatted and extras become plain values here, in the caller's thread. An exception stays as it is:
    its traceback does not change, and formatting it may read source files, which the event loop must not wait for.
    Nothing about a bad format or a bad `__str__` is raised.
    """
    given = vars(record)
    fields = {name: _plain(value, _DEEPEST) for name, value in current_fields().items()}
    for name, value in given.items():
        if name not in _STANDARD:
            fields[str(name)] = _plain(value, _DEEPEST)
    frozen = record
    if record.args or record.exc_info or type(record.msg) is not str:
        # `logging.makeLogRecord` would first gather everything about its own making, which costs as much as the rest.
        frozen = logging.LogRecord.__new__(logging.LogRecord)
        vars(frozen).update(given)
        frozen.msg, frozen.args = _message(record), None
    setattr(frozen, _FIELDS, fields)
    return frozen


def fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    """The plain extras of a frozen record."""
    fields: Mapping[str, object] = getattr(record, _FIELDS, {})
    return fields


def timestamp(record: logging.LogRecord) -> str:
    """When it was logged: UTC, ISO 8601, milliseconds, a Z at the end."""
    second, microseconds = divmod(round(record.created * 1e6), 1_000_000)
    return f"{_second(second)}.{microseconds // 1000:03}Z"


@lru_cache(maxsize=8)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).replace(tzinfo=None).isoformat()


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - any __str__ or format of the caller may fail, in any way
        return f"{_text(record.msg)} (with arguments that do not fit: {_text(record.args)})"


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - see above
        return f"<{type(value).__name__} without text>"


def _plain(value: object, depth: int) -> object:
    """`value` as None, number, text, or a dict or list of these."""
    if value is None or type(value) in _PLAIN:
        return value
    # By the methods of the plain class: those of a subclass may do anything.
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)  # JSON has no NaN and no infinity
    if isinstance(value, int):
        return int(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    try:
        return _contents(value, depth)
    except Exception:  # noqa: BLE001 - it changed while it was read, or is no proper container
        return _text(value)


def _contents(value: object, depth: int) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if depth and isinstance(value, Mapping):
        return {_text(key): _plain(value[key], depth - 1) for key in list(value)[:_MOST_ITEMS]}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth - 1) for item in list(value)[:_MOST_ITEMS]]
    return _text(value)
