"""What a listener does when its output is slower than those who log."""

import time

from modules.log.outputs import LastResort, Output, Written, notice
from modules.log.queues import BATCH_COUNT, BATCH_SECONDS, OutputListener


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Shelf(Output):
    """An output that keeps what it is given."""

    subject = "the shelf"

    def __init__(self) -> None:
        super().__init__()
        self.last_resort = LastResort()
        self.pieces: list[list[str]] = []

    def append(self, text: bytes) -> Written:
        self.pieces.append(text.decode().splitlines())
        return len(text), None

    @property
    def lines(self) -> list[str]:
        return [line for piece in self.pieces for line in piece]


class Desk:
    """A listener whose thread is the test's own until it is started."""

    def __init__(self, capacity_count: int) -> None:
        self.clock, self.shelf, self.slept = Clock(), Shelf(), list[float]()
        self.listener = OutputListener(
            self.shelf, capacity_count=capacity_count, clock=self.clock, sleep=self.slept.append
        )

    def offer(self, count: int) -> None:
        for number in range(count):
            self.listener.offer(notice(f"{number}"))

    def write_waiting(self) -> None:
        while not self.listener._records.empty():
            self.listener.handle(self.listener.dequeue(block=True))


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    desk = Desk(3)
    desk.offer(5)
    assert desk.listener.dropped_count == 2


def test_drops_are_reported_at_most_once_a_minute() -> None:
    desk = Desk(1)
    desk.offer(3)
    desk.write_waiting()
    assert desk.shelf.lines == ["0", "records dropped since the shelf did not keep up: 2"]
    desk.offer(5)
    desk.clock.now += 59
    desk.write_waiting()
    assert desk.shelf.lines[2:] == ["0"]
    desk.offer(2)
    desk.clock.now += 1
    desk.write_waiting()
    assert desk.shelf.lines[3:] == ["0", "records dropped since the shelf did not keep up: 5"]


def test_what_waits_is_written_in_one_piece_and_more_gathers_once_nothing_does() -> None:
    desk = Desk(1000)
    desk.offer(BATCH_COUNT + 2)
    desk.write_waiting()
    assert [len(piece) for piece in desk.shelf.pieces] == [BATCH_COUNT, 2]
    assert desk.shelf.lines == [str(number) for number in range(BATCH_COUNT + 2)]
    assert desk.slept == [BATCH_SECONDS]


def test_a_listener_that_has_fallen_idle_is_woken() -> None:
    desk = Desk(10)
    desk.listener.start()
    for number in range(3):
        desk.listener.offer(notice(f"{number}"))
        deadline = time.monotonic() + 60
        while len(desk.shelf.lines) <= number:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    desk.listener.stop()
    assert desk.shelf.lines == ["0", "1", "2"]


def test_stopping_writes_what_waits_and_reports_what_was_not_due_yet() -> None:
    desk = Desk(1)
    desk.offer(2)
    desk.write_waiting()
    desk.offer(3)
    desk.listener.start()
    desk.listener.stop()
    assert desk.shelf.lines[-2:] == ["0", "records dropped since the shelf did not keep up: 2"]
