import logging

import pytest

from modules.services.command_log import CommandLog, Status
from modules.telemetry.board import Board
from modules.telemetry.recorder import Recorder


def test_one_line_says_what_ended_how_and_for_which_request(caplog: pytest.LogCaptureFixture) -> None:
    log = CommandLog(Recorder(Board()), shard_id=3, clock=lambda: 12.5)
    with caplog.at_level(logging.INFO):
        log.finished("roll", Status.REFUSED, started_at=12.0, correlation_id=42)
    (record,) = caplog.records
    fields = {k: record.__dict__[k] for k in ("command", "status", "duration_seconds", "correlation_id", "shard_id")}
    assert fields == {
        "command": "roll",
        "status": "refused",
        "duration_seconds": 0.5,
        "correlation_id": "42",
        "shard_id": 3,
    }
