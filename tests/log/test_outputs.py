"""The log file and its last resort, on disks that are full, broken or swept clean."""

import errno
import io
import json
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.log.outputs import DescriptorOutput, LastResort, LogFile, notice


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Disk:
    """A disk with so much room left, None for plenty; files that are stale must be opened anew."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.opened: list[io.FileIO] = []
        self.stale: list[io.FileIO] = []

    def open(self, path: str) -> io.FileIO:
        self.opened.append(DiskFile(path, self))
        return self.opened[-1]


class DiskFile(io.FileIO):
    def __init__(self, path: str, disk: Disk) -> None:
        super().__init__(path, "a")
        self.disk = disk

    def write(self, text: bytes) -> int:  # type: ignore[override] # the log writes bytes only
        if self in self.disk.stale:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        room = self.disk.room
        if room is None or room >= len(text):
            return super().write(text)
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.disk.room = 0
        return super().write(text[:room])

    def truncate(self, size: int | None = None) -> int:
        before = os.fstat(self.fileno()).st_size
        after = super().truncate(size)
        if self.disk.room is not None:
            self.disk.room += before - after
        return after


class Desk:
    """A log file in a folder, on a disk and a clock that the test holds."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "nazh.log"
        self.clock = Clock()
        self.disk = Disk()
        self.last_resort: list[str] = []
        self.file = LogFile(
            self.path,
            max_bytes=200,
            backup_count=2,
            last_resort=LastResort(self.clock, self.last_resort.append),
            clock=self.clock,
            open_file=self.disk.open,
        )
        self.file.setFormatter(logging.Formatter('{"message": "%(message)s"}'))

    def log(self, *messages: object) -> None:
        for message in messages:
            self.file.emit(notice(str(message)))

    def messages(self, suffix: str = "") -> list[str]:
        text = self.path.with_name(self.path.name + suffix).read_text()
        return [json.loads(line)["message"] for line in text.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.file.close()


FULL = "logging: the log file cannot be written (No space left on device); trying on\n"


def test_a_full_disk_is_one_line_a_minute(desk: Desk) -> None:
    desk.disk.room = 0
    desk.log(1, 2, 3)
    assert desk.last_resort == [FULL]
    desk.clock.now += 59
    desk.log(4)
    assert desk.last_resort == [FULL]
    desk.clock.now += 1
    desk.log(5, 6)
    assert desk.last_resort == [FULL, FULL]
    assert desk.file.lost_count == 6


def test_it_recovers_by_itself_and_says_what_is_missing(desk: Desk) -> None:
    desk.log("before")
    desk.disk.room = 0
    desk.log(1, 2)
    desk.disk.room = None
    desk.log("after", "and on")
    assert desk.messages() == [
        "before",
        "after",
        "the log file can be written again; records missing here: 2",
        "and on",
    ]


def test_a_line_that_fits_in_part_leaves_no_part(desk: Desk) -> None:
    desk.log("whole")
    desk.disk.room = 7
    desk.log("torn")
    assert desk.messages() == ["whole"]
    desk.disk.room = None
    desk.log("again")
    assert desk.messages()[:2] == ["whole", "again"]
    assert desk.last_resort == [FULL]


def test_what_still_fits_of_many_lines_is_kept(desk: Desk) -> None:
    desk.disk.room = 60
    desk.file.emit_all(notice(f"{number}") for number in range(5))
    assert desk.messages() == ["0", "1", "2"]
    desk.disk.room = None
    desk.log("again")
    assert desk.messages()[-2:] == ["again", "the log file can be written again; records missing here: 2"]


def test_the_disk_is_full_when_the_file_is_opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: str) -> io.FileIO:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    with monkeypatch.context() as patch:
        patch.setattr(desk.file, "_open_file", fail)
        desk.log(1)
    desk.log(2)
    assert desk.messages()[0] == "2"
    assert desk.last_resort == ["logging: the log file cannot be written (Read-only file system); trying on\n"]


@pytest.mark.parametrize("at_once", [False, True])
def test_rotation_keeps_every_line(desk: Desk, at_once: bool) -> None:
    messages = [f"{number:050}" for number in range(7)]
    if at_once:
        desk.file.emit_all(map(notice, messages))
    else:
        desk.log(*messages)
    assert [*desk.messages(".2"), *desk.messages(".1"), *desk.messages()] == messages
    assert desk.path.stat().st_size <= 200
    assert not desk.last_resort


def test_a_line_longer_than_a_file_has_one_for_itself(desk: Desk) -> None:
    desk.log("x" * 500, "y")
    assert desk.messages(".1") == ["x" * 500]
    assert desk.messages() == ["y"]
    assert not desk.path.with_name("nazh.log.2").exists(), "an empty file was rotated"


def test_a_rotation_that_fails_costs_no_line(desk: Desk, tmp_path: Path) -> None:
    obstacle = tmp_path / "nazh.log.1"
    (obstacle / "full").mkdir(parents=True)
    desk.file.backupCount = 1
    desk.log(*(f"{number:050}" for number in range(9)))
    assert len(desk.messages()) == 9
    assert len(desk.last_resort) == 1
    assert desk.last_resort[0].startswith("logging: the log file cannot be rotated (")
    assert desk.file.lost_count == 0

    (obstacle / "full").rmdir()
    obstacle.rmdir()
    desk.log("still growing")
    assert len(desk.messages()) == 10
    desk.clock.now += 60
    desk.log("rotated")
    assert desk.messages() == ["rotated"]
    assert len(desk.messages(".1")) == 10


def test_a_file_deleted_beneath_us_is_begun_anew(desk: Desk) -> None:
    desk.log("gone")
    desk.path.unlink()
    desk.log("here")
    assert desk.messages() == ["here"]


def test_a_folder_deleted_beneath_us_is_a_complaint_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    desk = Desk(folder)
    desk.log("gone")
    desk.path.unlink()
    folder.rmdir()
    desk.log(1, 2)
    assert desk.last_resort == ["logging: the log file cannot be written (No such file or directory); trying on\n"]
    folder.mkdir()
    desk.log("here")
    assert desk.messages()[0] == "here"
    desk.file.close()


def test_a_stale_file_is_opened_anew(desk: Desk) -> None:
    desk.log("before")
    desk.disk.stale = desk.disk.opened[:]
    desk.log("lost", "here")
    assert desk.messages()[:2] == ["before", "here"]


def test_an_abandoned_output_is_touched_by_nobody(desk: Desk) -> None:
    desk.log("x")
    desk.file.abandoned = True
    desk.file.flush()
    desk.file.close()
    assert not desk.disk.opened[0].closed
    desk.file.abandoned = False
    desk.file.close()
    assert desk.disk.opened[0].closed


def test_closing_our_descriptor_leaves_the_original_open(desk: Desk) -> None:
    reader, writer = os.pipe()
    console = DescriptorOutput(writer, desk.file.last_resort)
    console.emit(notice("é \ud800"))
    console.close()
    os.write(writer, b"after")
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == "é \\ud800\nafter".encode()


def test_a_stream_that_takes_a_part_is_given_no_line_twice(desk: Desk) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    console = DescriptorOutput(writer, desk.file.last_resort)
    messages = [f"{number:06} {'x' * 90}" for number in range(1000)]
    console.emit_all(map(notice, messages))
    console.close()
    os.close(writer)
    with os.fdopen(reader) as file:
        *written, torn = file.read().split("\n")
    assert written == messages[: len(written)]
    assert messages[len(written)].startswith(torn)
    assert console.lost_count == len(messages) - len(written)


def test_a_formatter_that_fails_is_told_by_its_kind_only(desk: Desk) -> None:
    class Failing(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            raise ValueError(f"the secret: {record.getMessage()}")

    desk.file.setFormatter(Failing())
    desk.log(1)
    assert desk.last_resort == ["logging: the log file cannot be written (ValueError); trying on\n"]


def test_a_complaint_that_cannot_be_made_is_kept_to_oneself() -> None:
    def fail(_line: str) -> None:
        raise BrokenPipeError

    LastResort(Clock(), fail).report("a", "b")


def test_each_subject_has_its_own_minute() -> None:
    said: list[str] = []
    last_resort = LastResort(Clock(), said.append)
    for subject in ("a", "b", "a"):
        last_resort.report(subject, subject)
    assert said == ["logging: a\n", "logging: b\n"]


def private_file(folder: Path) -> LogFile:
    """A log file on the real disk."""
    file = LogFile(folder / "logs" / "nazh.log", max_bytes=200, backup_count=2, last_resort=LastResort(write=print))
    file.setFormatter(logging.Formatter("%(message)s"))
    return file


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = private_file(tmp_path)
    file.emit(notice("before"))
    shutil.rmtree(tmp_path / "logs")
    for text in ("between", "after"):
        file.emit(notice(text))
    assert (tmp_path / "logs" / "nazh.log").read_text() == "between\nafter\n"
    assert file.lost_count == 0
    assert capsys.readouterr().out == ""
    file.close()


def test_only_the_owner_may_read_the_file_and_its_backups(tmp_path: Path) -> None:
    file = private_file(tmp_path)
    for number in range(5):
        file.emit(notice(f"{number} " * 40))
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    file.close()
