"""Files that are written whole or not at all, for their owner alone, by however many processes."""

import os
from pathlib import Path

import pytest

from modules.lifecycle.state_file import STALE_SECONDS, write_atomically
from tests.clocks import FakeClock


def partials(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".partial")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state"
    path.parent.mkdir()
    path.write_text("old")
    path.chmod(0o644)
    write_atomically(path, "text")
    assert path.read_text() == "text"
    assert path.stat().st_mode & 0o777 == 0o600
    assert partials(path.parent) == []


def test_two_processes_with_one_id_do_not_share_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def full(_descriptor: int) -> None:
        names.extend(partials(tmp_path))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            write_atomically(tmp_path / "state", "text")
    assert len(set(names)) == 2
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_behind_is_removed_once_it_is_old(tmp_path: Path) -> None:
    clock = FakeClock(1_700_000_000.0)
    for name, age_seconds in {
        "state.old.partial": STALE_SECONDS + 1,
        "state.new.partial": 1.0,
        "other.old.partial": STALE_SECONDS + 1,
    }.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (clock.at - age_seconds, clock.at - age_seconds))
    write_atomically(tmp_path / "state", "text", clock)
    assert partials(tmp_path) == ["other.old.partial", "state.new.partial"]
