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


class Rig:
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
    rig = Rig(3)
    rig.offer(5)
    assert rig.listener.dropped_count == 2


def test_drops_are_reported_at_most_once_a_minute() -> None:
    rig = Rig(1)
    rig.offer(3)
    rig.write_waiting()
    assert rig.shelf.lines == ["0", "records dropped since the shelf did not keep up: 2"]
    rig.offer(5)
    rig.clock.now += 59
    rig.write_waiting()
    assert rig.shelf.lines[2:] == ["0"]
    rig.offer(2)
    rig.clock.now += 1
    rig.write_waiting()
    assert rig.shelf.lines[3:] == ["0", "records dropped since the shelf did not keep up: 5"]


def test_what_waits_is_written_in_one_piece_and_more_gathers_once_nothing_does() -> None:
    rig = Rig(1000)
    rig.offer(BATCH_COUNT + 2)
    rig.write_waiting()
    assert [len(piece) for piece in rig.shelf.pieces] == [BATCH_COUNT, 2]
    assert rig.shelf.lines == [str(number) for number in range(BATCH_COUNT + 2)]
    assert rig.slept == [BATCH_SECONDS]


def test_a_listener_that_has_fallen_idle_is_woken() -> None:
    rig = Rig(10)
    rig.listener.start()
    for number in range(3):
        rig.listener.offer(notice(f"{number}"))
        deadline = time.monotonic() + 60
        while len(rig.shelf.lines) <= number:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    rig.listener.stop()
    assert rig.shelf.lines == ["0", "1", "2"]


def test_stopping_writes_what_waits_and_reports_what_was_not_due_yet() -> None:
    rig = Rig(1)
    rig.offer(2)
    rig.write_waiting()
    rig.offer(3)
    rig.listener.start()
    rig.listener.stop()
    assert rig.shelf.lines[-2:] == ["0", "records dropped since the shelf did not keep up: 2"]
