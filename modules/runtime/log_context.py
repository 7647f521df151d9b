"""Fields that every log line of a piece of work carries, such as the id of the message it answers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_FIELDS: ContextVar[Mapping[str, object]] = ContextVar("log_fields", default=MappingProxyType({}))


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
    _FIELDS.set({**_FIELDS.get(), **fields})


def current_fields() -> Mapping[str, object]:
    """The fields of all open blocks, the innermost winning."""
    return _FIELDS.get()
