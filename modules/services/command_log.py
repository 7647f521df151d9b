"""One line and one measurement for every command that ends."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)


class Status(StrEnum):
    """How a command ended."""

    OK = "ok"
    REFUSED = "refused"
    """Answered, with a sentence about what the user or the server has to change."""
    ERROR = "error"
    """A fault of ours, with an incident id."""


@dataclass(frozen=True, slots=True)
class CommandLog:
    """Writes down that a command ended, never what it was about.

    Attributes:
        recorder: Counts commands and their durations.
        clock: Monotonic seconds.
    """

    recorder: Recorder
    clock: Callable[[], float] = time.monotonic

    def finished(
        self, command: str, status: Status, *, started_at: float, kind: str | None = None, incident: str | None = None
    ) -> None:
        """Record one ended command.

        Args:
            command: Its name; from our own table, never text of a user.
            status: How it ended.
            started_at: `clock` when it arrived.
            kind: Of an error, the name of its class.
            incident: Of an error, the id that the user was told.
        """
        duration_seconds = self.clock() - started_at
        self.recorder.command_finished(command, status, duration_seconds, kind=kind, incident=incident)
        _log.info(
            "command finished",
            extra={
                "command": command,
                "status": str(status),
                "duration_seconds": round(duration_seconds, 6),
            },
        )
