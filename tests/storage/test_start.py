"""What a start loads: what a bot on SQLite does without would be a good part of its memory."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = """
import asyncio, sys
from pathlib import Path
import modules.app
from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.chain import LedgerEntry
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder

async def start():
    memory = Memory.of(Database(Store.at(None, Path(sys.argv[1])), Recorder(LatestSnapshot())))
    memory.ledger.wait_seconds = 30.0
    async with memory.running():
        assert await memory.ledger.record([LedgerEntry(1, 10, 20, 30, 40, 0, "1d6", "4")])
        await memory.settings.change_guild(10, {"prefix": "?"})

asyncio.run(start())
print(*sys.modules)
"""
UNNEEDED = {"alembic", "mako", "asyncpg", "PIL", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.mysql"}


def test_a_first_start_with_sqlite_loads_neither_alembic_nor_anything_of_postgresql(tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, str(tmp_path)]
    loaded = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert UNNEEDED.intersection(loaded) == set()
