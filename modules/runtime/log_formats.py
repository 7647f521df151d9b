"""A frozen record as a line: JSON with the field names of the Elastic Common Schema, or text for people."""

import json
import logging
import traceback
from collections.abc import Mapping
from types import MappingProxyType, TracebackType

from pythonjsonlogger.json import JsonFormatter

from modules.runtime.log_records import fields_of, timestamp
from modules.runtime.redaction import Redactor

ECS_VERSION = "8.11.0"
"""The version of the schema that the names are taken from."""

_LINE = "_nazh_line"
_LONGEST = 32_768
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class EcsFormatter(JsonFormatter):
    """One JSON object a line, in ASCII; extras stand beside the schema's fields and never in their place.

    Args:
        redactor: Applied to everything a caller had a hand in.
        service: Fields that are the same on every line.
    """

    def __init__(self, redactor: Redactor, service: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(json_serializer=_encode)
        self._redactor = redactor
        self._service = {**service, "ecs.version": ECS_VERSION}

    def format(self, record: logging.LogRecord) -> str:
        """The record, without a line break at the end; made once, however many outputs show it."""
        made: tuple[EcsFormatter, str] | None = getattr(record, _LINE, None)
        if made is None or made[0] is not self:
            made = self, super().format(record)
            setattr(record, _LINE, made)
        return made[1]

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's name
        """The traceback."""
        return format_traceback(ei)

    def add_fields(
        self, log_data: dict[str, object], record: logging.LogRecord, message_dict: dict[str, object]
    ) -> None:
        """Fill `log_data` in the order in which a person would read it."""
        log_data["@timestamp"] = timestamp(record)
        log_data["log.level"] = record.levelname.lower()
        log_data["message"] = _cut(self._redactor.text(record.getMessage()))
        log_data["log.logger"] = record.name
        log_data.update(_error(record, message_dict, self._redactor))
        log_data.update(self._service)
        log_data["process.pid"] = record.process
        log_data["process.thread.name"] = self._redactor.value(record.threadName)
        log_data["log.origin.file.name"] = record.filename
        log_data["log.origin.file.line"] = record.lineno
        log_data["log.origin.function"] = record.funcName
        for name, value in _fields(record, self._redactor).items():
            log_data.setdefault(name, value)


def _encode(fields: Mapping[str, object], **_options: object) -> str:
    """One encoder for every line: `json.dumps` would make one each time."""
    return _ENCODER.encode(fields)


class TextFormatter(logging.Formatter):
    """Time, level, module, message, extras as name=value, then the traceback.

    Lines after the first are indented and control characters spelt out, so that no message can pass for another.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record, without a line break at the end."""
        message = _cut(self._redactor.text(record.getMessage()))
        extras = "".join(f" {name}={value}" for name, value in _fields(record, self._redactor).items())
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
    story = traceback.TracebackException(kind, raised, trace)
    _without_columns(story)
    return "".join(story.format()).rstrip("\n")


def _without_columns(story: traceback.TracebackException | None) -> None:
    while story is not None:
        for frame in story.stack:
            frame.colno = None
        for member in getattr(story, "exceptions", None) or ():
            _without_columns(member)
        _without_columns(story.__cause__)
        story = story.__context__


def _traceback(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return format_traceback(record.exc_info)
    return record.exc_text or record.stack_info or ""


def _error(record: logging.LogRecord, found: Mapping[str, object], redactor: Redactor) -> dict[str, object]:
    error: dict[str, object] = {}
    kind, raised = record.exc_info[:2] if record.exc_info else (None, None)
    if kind is not None:
        error["error.type"] = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        error["error.message"] = _cut(redactor.text(_sentence(raised)))
    stack = (found.get("exc_info") if kind is not None else record.exc_text) or found.get("stack_info")
    if stack:
        error["error.stack_trace"] = _cut(redactor.text(str(stack)))
    return error


def _sentence(raised: BaseException | None) -> str:
    try:
        return str(raised)
    except Exception:  # noqa: BLE001 - an exception's __str__ may fail as any other
        return "<no text>"


def _fields(record: logging.LogRecord, redactor: Redactor) -> dict[str, object]:
    redacted = redactor.fields(fields_of(record))
    return {name: _cut(value) if isinstance(value, str) else value for name, value in redacted.items()}


def _cut(text: str) -> str:
    """Both ends of an endless text. It comes after redaction: half a secret would not be known for one."""
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
