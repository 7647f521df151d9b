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


class Rig:
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
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.file.close()


FULL = "logging: the log file cannot be written (No space left on device); trying on\n"


def test_a_full_disk_is_one_line_a_minute(rig: Rig) -> None:
    rig.disk.room = 0
    rig.log(1, 2, 3)
    assert rig.last_resort == [FULL]
    rig.clock.now += 59
    rig.log(4)
    assert rig.last_resort == [FULL]
    rig.clock.now += 1
    rig.log(5, 6)
    assert rig.last_resort == [FULL, FULL]
    assert rig.file.lost_count == 6


def test_it_recovers_by_itself_and_says_what_is_missing(rig: Rig) -> None:
    rig.log("before")
    rig.disk.room = 0
    rig.log(1, 2)
    rig.disk.room = None
    rig.log("after", "and on")
    assert rig.messages() == [
        "before",
        "after",
        "the log file can be written again; records missing here: 2",
        "and on",
    ]


def test_a_line_that_fits_in_part_leaves_no_part(rig: Rig) -> None:
    rig.log("whole")
    rig.disk.room = 7
    rig.log("torn")
    assert rig.messages() == ["whole"]
    rig.disk.room = None
    rig.log("again")
    assert rig.messages()[:2] == ["whole", "again"]
    assert rig.last_resort == [FULL]


def test_what_still_fits_of_many_lines_is_kept(rig: Rig) -> None:
    rig.disk.room = 60
    rig.file.emit_all(notice(f"{number}") for number in range(5))
    assert rig.messages() == ["0", "1", "2"]
    rig.disk.room = None
    rig.log("again")
    assert rig.messages()[-2:] == ["again", "the log file can be written again; records missing here: 2"]


def test_the_disk_is_full_when_the_file_is_opened(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: str) -> io.FileIO:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    with monkeypatch.context() as patch:
        patch.setattr(rig.file, "_open_file", fail)
        rig.log(1)
    rig.log(2)
    assert rig.messages()[0] == "2"
    assert rig.last_resort == ["logging: the log file cannot be written (Read-only file system); trying on\n"]


@pytest.mark.parametrize("at_once", [False, True])
def test_rotation_keeps_every_line(rig: Rig, at_once: bool) -> None:
    messages = [f"{number:050}" for number in range(7)]
    if at_once:
        rig.file.emit_all(map(notice, messages))
    else:
        rig.log(*messages)
    assert [*rig.messages(".2"), *rig.messages(".1"), *rig.messages()] == messages
    assert rig.path.stat().st_size <= 200
    assert not rig.last_resort


def test_a_line_longer_than_a_file_has_one_for_itself(rig: Rig) -> None:
    rig.log("x" * 500, "y")
    assert rig.messages(".1") == ["x" * 500]
    assert rig.messages() == ["y"]
    assert not rig.path.with_name("nazh.log.2").exists(), "an empty file was rotated"


def test_a_rotation_that_fails_costs_no_line(rig: Rig, tmp_path: Path) -> None:
    obstacle = tmp_path / "nazh.log.1"
    (obstacle / "full").mkdir(parents=True)
    rig.file.backupCount = 1
    rig.log(*(f"{number:050}" for number in range(9)))
    assert len(rig.messages()) == 9
    assert len(rig.last_resort) == 1
    assert rig.last_resort[0].startswith("logging: the log file cannot be rotated (")
    assert rig.file.lost_count == 0

    (obstacle / "full").rmdir()
    obstacle.rmdir()
    rig.log("still growing")
    assert len(rig.messages()) == 10
    rig.clock.now += 60
    rig.log("rotated")
    assert rig.messages() == ["rotated"]
    assert len(rig.messages(".1")) == 10


def test_a_file_deleted_beneath_us_is_begun_anew(rig: Rig) -> None:
    rig.log("gone")
    rig.path.unlink()
    rig.log("here")
    assert rig.messages() == ["here"]


def test_a_folder_deleted_beneath_us_is_a_complaint_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    rig = Rig(folder)
    rig.log("gone")
    rig.path.unlink()
    folder.rmdir()
    rig.log(1, 2)
    assert rig.last_resort == ["logging: the log file cannot be written (No such file or directory); trying on\n"]
    folder.mkdir()
    rig.log("here")
    assert rig.messages()[0] == "here"
    rig.file.close()


def test_a_stale_file_is_opened_anew(rig: Rig) -> None:
    rig.log("before")
    rig.disk.stale = rig.disk.opened[:]
    rig.log("lost", "here")
    assert rig.messages()[:2] == ["before", "here"]


def test_an_abandoned_output_is_touched_by_nobody(rig: Rig) -> None:
    rig.log("x")
    rig.file.abandoned = True
    rig.file.flush()
    rig.file.close()
    assert not rig.disk.opened[0].closed
    rig.file.abandoned = False
    rig.file.close()
    assert rig.disk.opened[0].closed


def test_closing_our_descriptor_leaves_the_original_open(rig: Rig) -> None:
    reader, writer = os.pipe()
    console = DescriptorOutput(writer, rig.file.last_resort)
    console.emit(notice("é \ud800"))
    console.close()
    os.write(writer, b"after")
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == "é \\ud800\nafter".encode()


def test_a_stream_that_takes_a_part_is_given_no_line_twice(rig: Rig) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    console = DescriptorOutput(writer, rig.file.last_resort)
    messages = [f"{number:06} {'x' * 90}" for number in range(1000)]
    console.emit_all(map(notice, messages))
    console.close()
    os.close(writer)
    with os.fdopen(reader) as file:
        *written, torn = file.read().split("\n")
    assert written == messages[: len(written)]
    assert messages[len(written)].startswith(torn)
    assert console.lost_count == len(messages) - len(written)


def test_a_formatter_that_fails_is_told_by_its_kind_only(rig: Rig) -> None:
    class Failing(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            raise ValueError(f"the secret: {record.getMessage()}")

    rig.file.setFormatter(Failing())
    rig.log(1)
    assert rig.last_resort == ["logging: the log file cannot be written (ValueError); trying on\n"]


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
