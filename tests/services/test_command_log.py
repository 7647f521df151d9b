import logging

import pytest

from modules.services.command_log import CommandLog, Status
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


def test_one_line_says_what_ended_and_how(caplog: pytest.LogCaptureFixture) -> None:
    log = CommandLog(Recorder(LatestSnapshot()), clock=lambda: 12.5)
    with caplog.at_level(logging.INFO):
        log.finished("roll", Status.REFUSED, started_at=12.0)
    (record,) = [each for each in caplog.records if each.name == "modules.services.command_log"]
    fields = {k: record.__dict__[k] for k in ("command", "status", "duration_seconds")}
    assert fields == {
        "command": "roll",
        "status": "refused",
        "duration_seconds": 0.5,
    }
