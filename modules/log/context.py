"""Fields that every log line of a piece of work carries, such as the id of the message it answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

DURATION: Final = "duration_seconds"

_FIELDS: ContextVar[Mapping[str, object]] = ContextVar("log_fields", default=MappingProxyType({}))
_STOPWATCH: ContextVar[Callable[[], float] | None] = ContextVar("log_stopwatch", default=None)


@contextmanager
def log_fields(**fields: object) -> Iterator[None]:
    """Add `fields` to every record logged inside the block, in this task and in the tasks it starts."""
    token = _FIELDS.set({**_FIELDS.get(), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


def set_log_fields(**fields: object) -> None:
    """Add `fields` to every record that this task and the tasks it starts log from now on."""
    # Never changed in place: tasks that were started earlier share the mapping.
    _FIELDS.set({**_FIELDS.get(), **fields})


def time_log_lines(elapsed_seconds: Callable[[], float]) -> None:
    """Let every record that this task and the tasks it starts log from now on tell how long the work has taken so far.

    Args:
        elapsed_seconds: Read when a record is made.
    """
    _STOPWATCH.set(elapsed_seconds)


def current_fields() -> Mapping[str, object]:
    """The fields of all open blocks, the innermost winning."""
    elapsed_seconds = _STOPWATCH.get()
    if elapsed_seconds is None:
        return _FIELDS.get()
    return {**_FIELDS.get(), DURATION: round(elapsed_seconds(), 6)}
