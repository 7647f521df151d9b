"""Sets up the process's logging: opened once at the start, closed last, fully undone.

```
any thread ─► root logger ─► FanOutHandler ─┬─► queue ─► OutputListener ─► standard output (JSON or text)
                             (freezes)      └─► queue ─► OutputListener ─► LogFile: nazh.log, nazh.log.1 … (JSON)
```

Lines are formatted and redacted in the listeners' threads. Whoever logs never waits and never sees an error.
"""

import errno
import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from config import Config
from modules import __version__
from modules.log.format import EcsFormatter, TextFormatter
from modules.log.outputs import DescriptorOutput, LastResort, LogFile, Output, StreamOutput, open_unbuffered
from modules.log.queues import FanOutHandler, OutputListener
from modules.log.redaction import Redactor
from modules.log.repeats import RepeatFilter

MINIMUM_LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "discord": logging.INFO,  # its DEBUG repeats every payload, and with it what people wrote
        "asyncio": logging.INFO,
        "aiohttp.access": logging.WARNING,
        "urllib3": logging.INFO,
        "werkzeug": logging.WARNING,
        "waitress": logging.ERROR,  # its warnings are one for each request that a flood leaves waiting
        "PIL": logging.INFO,
        "sqlalchemy": logging.WARNING,
        "aiosqlite": logging.INFO,
    }
)
"""Minimum levels of libraries that log too much."""

_UNUSED_DETAILS = ("logMultiprocessing", "logAsyncioTasks")
"""Details that the standard library would look up for every record, and no formatter uses."""

_CAPACITY_COUNT = 10_000
_CLOSE_SECONDS = 3.0
_FULL = (errno.ENOSPC, errno.EDQUOT)

_logger = logging.getLogger(__name__)


class LogPipeline:
    """The open log; `open_logging` makes one.

    Args:
        listeners: Started listeners, which it stops.
        last_resort: Gets the report where one does not stop.
        undo: Restores the logging configuration as it was.
        close_seconds: Timeout of `close` for records still queued.
    """

    def __init__(
        self,
        listeners: Sequence[OutputListener],
        last_resort: LastResort,
        undo: ExitStack,
        close_seconds: float = _CLOSE_SECONDS,
    ) -> None:
        self._listeners, self._last_resort, self._undo = listeners, last_resort, undo
        self._close_seconds = close_seconds
        self._is_closed = False

    @property
    def dropped_count(self) -> int:
        """Records dropped since the queue of an output was full."""
        return sum(listener.dropped_count for listener in self._listeners)

    @property
    def lost_count(self) -> int:
        """Records that an output could not write."""
        return sum(listener.output.lost_count for listener in self._listeners)

    def close(self) -> None:
        """Undo the installation, write what is queued and free everything; a second call does nothing.

        An output that hangs is abandoned after the timeout.
        """
        if self._is_closed:
            return
        self._is_closed = True
        # First, so that nothing is added while the listeners write what is queued.
        self._undo.close()
        # `QueueListener.stop` waits for its thread without end, so it is waited for from here.
        threads = [threading.Thread(target=listener.stop, daemon=True) for listener in self._listeners]
        for thread in threads:
            thread.start()
        give_up_at = time.monotonic() + self._close_seconds
        for thread, listener in zip(threads, self._listeners, strict=True):
            thread.join(max(0.0, give_up_at - time.monotonic()))
            self._close_output(listener.output, is_stopped=not thread.is_alive())

    def _close_output(self, output: Output, *, is_stopped: bool) -> None:
        if is_stopped:
            output.close()
        else:
            output.abandoned = True
            self._last_resort.report("close", f"{output.subject} hangs; what it has not written is lost")


def open_logging(
    config: Config,
    *,
    stream: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
    close_seconds: float = _CLOSE_SECONDS,
) -> LogPipeline:
    """Send everything that is logged anywhere in the process to standard output and the log file.

    What handled the root logger's records before is set aside until `LogPipeline.close`. Without a usable folder there
    is one warning and no file.

    Args:
        config: Level, formats, folder, and the secrets to redact.
        stream: Instead of standard output; it is not closed.
        clock: Monotonic clock, in seconds.
        close_seconds: How long closing may wait for what is still queued.
    """
    redactor, last_resort = Redactor(config.secrets()), LastResort(clock)
    ecs = EcsFormatter(redactor, _service(config))
    outputs: list[Output] = []
    if (console := _console(stream, last_resort)) is not None:
        outputs.append(console)
        console.setFormatter(ecs if config.log_format == "json" else TextFormatter(redactor))
    path = _log_path(config)
    unusable = _unusable(path) if path is not None else None
    if path is not None and unusable is None:
        outputs.append(_log_file(path, config, last_resort, clock))
        outputs[-1].setFormatter(ecs)
    pipeline = _start(outputs, last_resort, config.log_level, clock, close_seconds)
    if unusable is not None:
        _logger.warning("no log file, standard output only: %s cannot be written: %s", path, unusable)
    return pipeline


def _start(
    outputs: Sequence[Output], last_resort: LastResort, level: str, clock: Callable[[], float], close_seconds: float
) -> LogPipeline:
    listeners = [OutputListener(output, capacity_count=_CAPACITY_COUNT, clock=clock) for output in outputs]
    for listener in listeners:
        listener.start()
    undo = ExitStack()
    handler = FanOutHandler(listeners, last_resort)
    handler.addFilter(RepeatFilter(clock))
    _install(handler, logging.getLevelNamesMapping()[level], undo)
    return LogPipeline(listeners, last_resort, undo, close_seconds)


def _install(handler: logging.Handler, level: int, undo: ExitStack) -> None:
    root = logging.getLogger()
    before = root.handlers[:]
    undo.callback(_replace_handlers, root, [handler], before)
    _replace_handlers(root, before, [handler])
    for name, floor in {"": level, **MINIMUM_LEVELS}.items():
        logger = logging.getLogger(name)
        undo.callback(logger.setLevel, logger.level)
        logger.setLevel(max(level, floor))
    for switch in _UNUSED_DETAILS:
        undo.callback(setattr, logging, switch, getattr(logging, switch, True))
        setattr(logging, switch, False)
    _install_hooks(undo)


def _replace_handlers(logger: logging.Logger, old: Sequence[logging.Handler], new: Sequence[logging.Handler]) -> None:
    for handler in old:
        logger.removeHandler(handler)
    for handler in new:
        logger.addHandler(handler)


def _install_hooks(undo: ExitStack) -> None:
    """Warnings, and errors that would end unseen on standard error, unredacted, go to the log too."""
    shown = warnings.showwarning
    logging.captureWarnings(capture=True)
    # If they were captured before, they still are afterwards.
    if warnings.showwarning is not shown:
        undo.callback(logging.captureWarnings, capture=False)
    undo.callback(setattr, threading, "excepthook", threading.excepthook)
    undo.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
    threading.excepthook = _log_thread_error
    sys.unraisablehook = _log_unraisable


def _log_thread_error(error: threading.ExceptHookArgs) -> None:
    # Python's own hook passes over SystemExit too: a thread that ends itself has not failed.
    if error.exc_type is SystemExit or error.exc_value is None:
        return
    name = error.thread.name if error.thread else "?"
    details = (error.exc_type, error.exc_value, error.exc_traceback)
    _logger.critical("the thread %s ended with an error", name, exc_info=details)


def _log_unraisable(error: "sys.UnraisableHookArgs") -> None:
    if error.exc_value is not None:
        details = (error.exc_type, error.exc_value, error.exc_traceback)
        _logger.error("%s %r", error.err_msg or "Exception ignored in:", error.object, exc_info=details)


def _service(config: Config) -> dict[str, str]:
    return {
        "service.name": "nazh-engine",
        "service.version": __version__,
        "service.environment": config.environment,
    }


def _console(stream: TextIO | None, last_resort: LastResort) -> Output | None:
    """The given stream, else the process's standard output; None where that was closed before the start."""
    if stream is None and sys.stdout is not None:
        try:
            return DescriptorOutput(sys.stdout.fileno(), last_resort)
        except (OSError, ValueError):
            stream = sys.stdout
    return None if stream is None else StreamOutput(stream, last_resort)


def _log_path(config: Config) -> Path | None:
    """Shards that share a folder do not share a file: two processes cannot rotate one."""
    if config.log_dir is None:
        return None
    return config.log_dir / ("nazh.log" if config.shard_count == 1 else f"nazh-{config.shard_id}.log")


def _unusable(path: Path) -> str | None:
    """Why no log can be kept there; a disk that is full will have room again one day."""
    try:
        with suppress(FileExistsError):
            path.parent.mkdir(parents=True)
        open_unbuffered(str(path)).close()
    except OSError as error:
        return None if error.errno in _FULL else error.strerror
    return None


def _log_file(path: Path, config: Config, last_resort: LastResort, clock: Callable[[], float]) -> LogFile:
    max_bytes, backup_count = config.log_max_bytes, config.log_backup_count
    return LogFile(path, max_bytes=max_bytes, backup_count=backup_count, last_resort=last_resort, clock=clock)
