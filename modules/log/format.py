"""Formatters of a frozen record: JSON with the fields of the Elastic Common Schema, or text for people."""

import json
import logging
import traceback
from collections.abc import Mapping
from types import MappingProxyType, TracebackType

from modules.log.records import fields_of, timestamp
from modules.log.redaction import Redactor

ECS_VERSION = "8.11.0"
"""The version of the schema that the names are taken from."""

_LINE = "_nazh_line"
_LONGEST = 32_768
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class EcsFormatter(logging.Formatter):
    """One JSON object per line, in ASCII; extras are added to the schema's fields and never replace them.

    Args:
        redactor: Applied to everything that comes from a caller.
        service: Fields that are the same on every line.
    """

    def __init__(self, redactor: Redactor, service: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__()
        self._redactor = redactor
        self._service = {**service, "ecs.version": ECS_VERSION}

    def format(self, record: logging.LogRecord) -> str:
        """The record, without a line break at the end; made once, however many outputs show it."""
        made: tuple[EcsFormatter, str] | None = getattr(record, _LINE, None)
        if made is None or made[0] is not self:
            made = self, _ENCODER.encode(self._fields(record))
            setattr(record, _LINE, made)
        return made[1]

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        line: dict[str, object] = {
            "@timestamp": timestamp(record),
            "log.level": record.levelname.lower(),
            "message": _cut(self._redactor.text(record.getMessage())),
            "log.logger": record.name,
            **self._service,
            "process.pid": record.process,
            "process.thread.name": self._redactor.value(record.threadName),
            "log.origin.file.name": record.filename,
            "log.origin.file.line": record.lineno,
            "log.origin.function": record.funcName,
        }
        for name, value in {**_extras(record, self._redactor), **_error(record, self._redactor)}.items():
            line.setdefault(name, value)
        return line


class TextFormatter(logging.Formatter):
    """Time, level, module, message, extras as name=value, then the traceback.

    Lines after the first are indented and control characters escaped, so that no message can forge another.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record, without a line break at the end."""
        message = _cut(self._redactor.text(record.getMessage()))
        extras = "".join(f" {name}={value}" for name, value in _extras(record, self._redactor).items())
        first = f"{timestamp(record)} {record.levelname:<8} {record.name}: {message}{extras}"
        trace = _cut(self._redactor.text(_traceback(record)))
        return _visible("\n".join(part for part in (first, trace) if part)).replace("\n", "\n    ")


def format_traceback(error: ExceptionInfo) -> str:
    """The traceback without the carets under each line.

    To place a caret Python parses the line, and its parser of syntax trees does not bear two threads at once
    (`SystemError: AST constructor recursion depth mismatch`): lines of the log are made in threads beside others.
    """
    kind, raised, trace = error
    if kind is None or raised is None:
        return ""
    formatted = traceback.TracebackException(kind, raised, trace)
    _without_columns(formatted)
    return "".join(formatted.format()).rstrip("\n")


def _without_columns(formatted: traceback.TracebackException | None) -> None:
    while formatted is not None:
        for frame in formatted.stack:
            frame.colno = None
        for member in getattr(formatted, "exceptions", None) or ():
            _without_columns(member)
        _without_columns(formatted.__cause__)
        formatted = formatted.__context__


def _traceback(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return format_traceback(record.exc_info)
    return record.exc_text or record.stack_info or ""


def _error(record: logging.LogRecord, redactor: Redactor) -> dict[str, object]:
    error: dict[str, object] = {}
    kind, raised = record.exc_info[:2] if record.exc_info else (None, None)
    if kind is not None:
        error["error.type"] = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        error["error.message"] = _cut(redactor.text(_text_of(raised)))
    if stack := _traceback(record):
        error["error.stack_trace"] = _cut(redactor.text(stack))
    return error


def _text_of(raised: BaseException | None) -> str:
    try:
        return str(raised)
    except Exception:  # noqa: BLE001 - an exception's __str__ may fail as any other
        return "<no text>"


def _extras(record: logging.LogRecord, redactor: Redactor) -> dict[str, object]:
    redacted = redactor.fields(fields_of(record))
    return {name: _cut(value) if isinstance(value, str) else value for name, value in redacted.items()}


def _cut(text: str) -> str:
    """Truncates a very long text in the middle; after redaction, since half a secret would not be recognized."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} [{len(text) - 2 * half} characters left out] {text[-half:]}"


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode("ascii") for each in text
    )
