"""Events that nobody can read: each counted, few told."""

import pytest

from modules.discord_api.gateway.dropped_events import DroppedEvents
from modules.log.repeats import PERIOD_SECONDS
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count
from tests.clocks import FakeClock


def test_a_flood_is_one_line_with_its_traceback_and_one_with_the_count(caplog: pytest.LogCaptureFixture) -> None:
    recorder, clock = Recorder(LatestSnapshot()), FakeClock()
    dropped = DroppedEvents(recorder, clock)
    for _ in range(2500):
        dropped.add("MESSAGE_CREATE", KeyError("id"))
        dropped.add("event without a name", None)
        dropped.sample()
    assert caplog.messages == [
        "a malformed MESSAGE_CREATE was dropped; the connection stays",
        "a malformed event without a name was dropped; the connection stays",
    ]
    with_error, without = caplog.records
    assert with_error.exc_info is not None
    assert with_error.exc_info[0] is KeyError
    assert not without.exc_info
    caplog.clear()
    clock.pass_seconds(PERIOD_SECONDS)
    dropped.sample()
    assert caplog.messages[0] == "2499 more malformed MESSAGE_CREATE were dropped within a minute"
    assert len(caplog.messages) == 2
    assert recorder.publish().totals.counts[Count.MALFORMED_EVENTS] == 5000
