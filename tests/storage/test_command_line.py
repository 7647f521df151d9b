"""`python -m modules.storage`, as an operator uses it."""

import asyncio
import io
import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from modules.storage.__main__ import main
from modules.storage.migrations import LATEST
from modules.storage.progress import Progress
from tests.databases import memory_at
from tests.storage.test_chains import rolls
from tests.storage.test_memory import ALICE

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line with SQLite in a folder of the test's: exit code, output, errors."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database, with rolls and a saved roll."""

    async def fill() -> None:
        async with memory_at(None, tmp_path / "data") as memory:
            await memory.ledger.record(rolls(50))
            await memory.saved_rolls.add(ALICE, "attack", "1d20+7")

    asyncio.run(fill())
    return tmp_path / "data" / "nazh.db"


def test_upgrade_makes_the_database(run: Run, tmp_path: Path) -> None:
    assert run("upgrade") == (0, "", "")
    assert stat.S_IMODE((tmp_path / "data" / "nazh.db").stat().st_mode) == 0o600
    assert run("upgrade") == (0, "", "")


@pytest.mark.usefixtures("file")
def test_a_sound_ledger_is_verified(run: Run) -> None:
    assert run("verify") == (0, "50 rolls in 2 chains; 0 broken\n", "")
    code, said, _ = run("verify", "--json")
    wanted = {"rows": 50, "chains": 2, "broken": 0, "blanked": 0, "first_broken": None}
    assert (code, json.loads(said)) == (0, wanted)


def test_a_broken_chain_is_named_and_ends_with_1(run: Run, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE ledger SET total = '99' WHERE chain_id = 11 AND position = 7")
    assert run("verify")[:2] == (1, "50 rolls in 2 chains; 1 broken\nchain 11, roll 7: it was changed\n")
    code, said, _ = run("verify", "--json")
    assert (code, json.loads(said)["first_broken"]) == (
        1,
        {"chain_id": "11", "position": 7, "reason": "it was changed"},
    )


def test_a_backup_is_a_whole_database_and_overwrites_nothing(run: Run, file: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    assert run("backup", str(backup)) == (0, "", "")
    assert [each.name for each in tmp_path.glob("backup*")] == ["backup.db"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as connection, connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (50,)
    before = backup.read_bytes()
    assert run("backup", str(backup)) == (78, "", f"{backup} is there already; a backup overwrites nothing\n")
    assert backup.read_bytes() == before
    assert file.exists()


def test_a_backup_is_put_back_under_a_running_bot(run: Run, file: Path, tmp_path: Path) -> None:
    backup = str(tmp_path / "backup.db")
    assert run("backup", backup)[0] == 0

    async def live() -> None:
        async with memory_at(None, file.parent) as memory:
            await memory.saved_rolls.remove(ALICE)
            await memory.settings.change_guild(1, {"prefix": "?"})
            assert await memory.saved_rolls.of(ALICE) == ()
            assert (await asyncio.to_thread(run, "restore", backup))[0] == 0
            await memory.database.look()
            assert [each.name for each in await memory.saved_rolls.of(ALICE)] == ["attack"]
            assert memory.settings.of_guild(1).prefix is None
            assert await memory.ledger.record(rolls(51)[50:])

    asyncio.run(live())
    assert run("verify")[:2] == (0, "51 rolls in 2 chains; 0 broken\n")


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + bytes(5_000)])
def test_what_is_no_backup_is_not_put_back(run: Run, file: Path, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    assert run("restore", str(wrong)) == (78, "", f"{wrong} is no backup of this program\n")
    assert run("restore", str(tmp_path / "none"))[0] == 78
    assert run("verify")[:2] == (0, "50 rolls in 2 chains; 0 broken\n")
    assert file.exists()


def test_a_newer_backup_is_not_put_back(run: Run, file: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    assert run("backup", str(newer))[0] == 0
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, _, said = run("restore", str(newer))
    assert (code, said) == (78, f"{newer} has schema 9999, which is newer than this program's {LATEST}\n")
    assert file.exists()


@pytest.mark.usefixtures("file")
def test_growing_out_of_sqlite_is_one_command(
    run: Run, postgres_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, said, _ = run("migrate-to", postgres_database)
    assert (code, said.splitlines()[0]) == (0, "50 rolls in 2 chains; 0 broken")
    code, _, said = run("migrate-to", postgres_database)
    assert (code, "is not empty" in said) == (78, True)
    monkeypatch.setenv("DATABASE_URL", postgres_database)
    assert run("verify")[:2] == (0, "50 rolls in 2 chains; 0 broken\n")

    async def go_on() -> None:
        async with memory_at(postgres_database, tmp_path) as memory:
            assert [each.name for each in await memory.saved_rolls.of(ALICE)] == ["attack"]
            await memory.saved_rolls.add(ALICE, "parry", "1d20")
            assert await memory.ledger.record(rolls(51)[50:])

    asyncio.run(go_on())
    assert run("verify")[:2] == (0, "51 rolls in 2 chains; 0 broken\n")
    assert "pg_dump" in run("backup", "file")[2]


def test_an_address_that_is_none_is_told_without_repeating_it(run: Run) -> None:
    code, _, said = run("migrate-to", "mysql://user:hunter22@host/db")
    assert (code, "hunter22" in said, "postgresql://" in said) == (78, False, True)


def test_progress_is_for_terminals_only() -> None:
    silent, terminal = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    for stream in (silent, terminal):
        with Progress("copying", 10, stream) as progress:
            progress.show(5)
    assert silent.getvalue() == ""
    assert terminal.getvalue().endswith(f"\rcopying {'█' * 15}{'░' * 15}  50 % 5\n")
