"""What a lane does when its output is slower than those who log."""

import time
from collections import deque

from modules.log.lanes import BATCH_COUNT, Lane
from modules.log.outputs import Complaints, Output, notice


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Shelf(Output):
    """An output that keeps what it is given."""

    subject = "the shelf"

    def __init__(self) -> None:
        super().__init__(Complaints())
        self.pieces: list[list[str]] = []

    def append(self, lines: deque[str]) -> None:
        self.pieces.append(list(lines))
        lines.clear()

    @property
    def lines(self) -> list[str]:
        return [line for piece in self.pieces for line in piece]


def offer(lane: Lane, count: int) -> None:
    for number in range(count):
        lane.offer(notice(f"{number}"))


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    lane = Lane(Shelf(), capacity_count=3, clock=Clock())
    offer(lane, 5)
    assert lane.dropped_count == 2


def test_drops_are_reported_at_most_once_a_minute() -> None:
    clock, shelf = Clock(), Shelf()
    lane = Lane(shelf, capacity_count=1, clock=clock)
    offer(lane, 3)
    lane.write_waiting()
    assert shelf.lines == ["0", "records dropped since the shelf did not keep up: 2"]
    offer(lane, 5)
    clock.now += 59
    lane.write_waiting()
    assert shelf.lines[2:] == ["0"]
    offer(lane, 2)
    clock.now += 1
    lane.write_waiting()
    assert shelf.lines[3:] == ["0", "records dropped since the shelf did not keep up: 5"]


def test_what_waits_is_written_in_one_piece() -> None:
    shelf = Shelf()
    lane = Lane(shelf, capacity_count=1000)
    offer(lane, BATCH_COUNT + 2)
    lane.write_waiting()
    assert [len(piece) for piece in shelf.pieces] == [BATCH_COUNT, 2]
    assert shelf.lines == [str(number) for number in range(BATCH_COUNT + 2)]


def test_a_lane_that_has_fallen_idle_is_woken() -> None:
    shelf = Shelf()
    lane = Lane(shelf, capacity_count=10)
    lane.start()
    for number in range(3):
        lane.offer(notice(f"{number}"))
        deadline = time.monotonic() + 60
        while len(shelf.lines) <= number:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    lane.begin_stop()
    assert lane.wait_stopped(60)


def test_stopping_writes_what_waits_and_reports_what_was_not_due_yet() -> None:
    clock, shelf = Clock(), Shelf()
    lane = Lane(shelf, capacity_count=1, clock=clock)
    offer(lane, 2)
    lane.write_waiting()
    offer(lane, 3)
    lane.start()
    lane.begin_stop()
    assert lane.wait_stopped(60)
    assert shelf.lines[-2:] == ["0", "records dropped since the shelf did not keep up: 2"]


def test_a_lane_that_was_not_stopped_has_not_stopped() -> None:
    assert not Lane(Shelf(), capacity_count=1).wait_stopped(0)
