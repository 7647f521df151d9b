"""The lock of a shard on a real PostgreSQL: one leader, whoever dies, and whatever the server does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from modules.lifecycle import database_lock
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import BackoffRecord
from modules.lifecycle.database_lock import DatabaseLock
from modules.lifecycle.state_place import DatabasePlace
from modules.services.services import Memory
from modules.storage.sessions import KEEPALIVE, watch
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.clocks import FakeClock
from tests.databases import memory_at, postgres_database, postgres_url
from tests.postgres_server import PostgresServer, running_server
from tests.storage.stalling_proxy import StallingProxy

__all__ = ["postgres_database", "postgres_url"]

LOCKS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@dataclass
class Machine:
    """What one process has: its lock, and whether it leads.

    Attributes:
        lock: Its own.
        recorder: Told of faults.
        stood_by: How often another process led.
        leads: Whether it does.
    """

    lock: DatabaseLock
    recorder: Recorder
    stood_by: int = 0
    leads: bool = False

    async def run(self) -> None:
        """Lead whenever that is its turn, as the supervisor does."""
        while True:
            await self.lock.acquire(self.stand_by)
            self.leads = True
            await self.lock.until_lost()
            self.leads = False

    def stand_by(self) -> None:
        self.stood_by += 1

    def faults(self) -> list[str]:
        return [each.component for each in self.recorder.publish().faults]


@asynccontextmanager
async def machine(url: str, *, shard_id: int = 0, is_there: bool = True) -> AsyncIterator[Machine]:
    """A process on some machine; `is_there` says whether the database is when it starts."""
    store, recorder = Store.at(url, Path()), Recorder(LatestSnapshot())
    if is_there:
        await store.open()
    made = Machine(DatabaseLock(store, shard_id, recorder), recorder)
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.wait({running})
        await made.lock.release()
        await store.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - of several processes, or of the server
            await asyncio.sleep(0.01)


def through(proxy: StallingProxy, url: str) -> str:
    return url.replace(str(proxy.target), str(proxy.port))


@asynccontextmanager
async def never_both(first: Machine, second: Machine) -> AsyncIterator[None]:
    """Look again and again, inside the block, whether both lead."""
    seen: list[bool] = []

    async def look() -> None:
        while True:
            seen.append(first.leads and second.leads)
            await asyncio.sleep(0.002)

    looking = asyncio.create_task(look())
    yield
    looking.cancel()
    assert len(seen) > 10
    assert not any(seen)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that this file stops and starts."""
    with running_server() as server:
        server.sql("CREATE DATABASE nazh")
        yield server


@pytest.fixture
def url(server: PostgresServer) -> str:
    server.sql("DROP DATABASE nazh WITH (FORCE)")
    server.sql("CREATE DATABASE nazh")
    return f"{server.url}/nazh"


async def test_one_leads_and_the_next_does_as_soon_as_it_lets_go(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody waits for a leader that released the lock.
    monkeypatch.setattr(database_lock, "TAKEOVER_SECONDS", 3600.0)
    async with machine(postgres_database) as first:
        await until(lambda: first.leads)
        async with machine(postgres_database) as second:
            await until(lambda: second.stood_by == 1)
            assert not second.leads
            await first.lock.release()
            await until(lambda: second.leads)
            assert second.faults() == []


async def test_shards_have_locks_of_their_own(postgres_database: str) -> None:
    async with machine(postgres_database) as one, machine(postgres_database, shard_id=1) as other:
        await until(lambda: one.leads and other.leads)


async def test_a_leader_whose_connection_is_cut_takes_the_lock_again_and_goes_on(
    server: PostgresServer, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with machine(url) as first:
        await until(lambda: first.leads)
        before = server.sql(LOCKS)
        server.sql(f"SELECT pg_terminate_backend({before})")
        await until(lambda: server.sql(LOCKS) not in ("", before))
        assert first.leads
        assert first.stood_by == 0
        assert "the connection of the leader lock is lost" in caplog.text


async def test_a_server_that_restarts_never_leaves_two_leaders(server: PostgresServer, url: str) -> None:
    async with machine(url) as first, machine(url) as second, never_both(first, second):
        # Stopped at once, its connections are cut; stopped fast, they are closed.
        for mode in ("fast", "immediate"):
            await until(lambda: first.leads or second.leads)
            await asyncio.to_thread(server.stop, mode)
            await asyncio.to_thread(server.start)
            await until(lambda: any(each.leads and each.lock.is_held for each in (first, second)))


async def test_a_leader_that_is_cut_off_steps_down_when_it_hears_of_another(server: PostgresServer, url: str) -> None:
    async with StallingProxy(server.port).running() as proxy, machine(through(proxy, url)) as first:
        await until(lambda: first.leads)
        async with machine(url) as second:
            await until(lambda: second.stood_by == 1)
            proxy.flowing.clear()
            await until(lambda: first.faults() == ["leader-lock"])
            assert first.leads, "players are answered while the database is away"
            # What the server does by itself after the seconds of KEEPALIVE, of a client that has vanished.
            server.sql(f"SELECT pg_terminate_backend({server.sql(LOCKS)})")
            await until(lambda: second.leads)
            proxy.flowing.set()
            await until(lambda: not first.leads and first.stood_by == 1)
            assert first.faults() == []
            assert second.leads


async def test_the_server_gives_up_a_client_that_has_vanished(postgres_database: str) -> None:
    async with machine(postgres_database) as first:
        await until(lambda: first.leads)
        async with first.lock.store.session() as connection:
            await watch(connection, lambda: None)
            for name, value in KEEPALIVE.items():
                assert (await connection.execute(text(f"SHOW {name}"))).scalar() == value


async def test_a_start_without_the_database_leads_and_takes_the_lock_later(server: PostgresServer, url: str) -> None:
    await asyncio.to_thread(server.stop)
    async with machine(url, is_there=False) as first:
        await until(lambda: first.leads)
        assert first.faults() == ["leader-lock"]
        await asyncio.to_thread(server.start)
        await first.lock.store.open()
        await until(lambda: first.lock.is_held)
        assert first.faults() == []
        assert first.stood_by == 0


async def test_who_saw_another_lead_does_not_lead_because_the_database_is_away(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with machine(url) as first:
        await until(lambda: first.leads)
        async with machine(url) as second:
            await until(lambda: second.stood_by == 1)
            await asyncio.to_thread(server.stop)
            await until(lambda: first.faults() == ["leader-lock"])
            monkeypatch.setattr(database_lock, "SETTLE_SECONDS", 0.0)
            again = asyncio.create_task(second.lock.acquire(second.stand_by))
            await until(lambda: second.stood_by == 2)
            assert first.leads
            assert not again.done()
            again.cancel()
            await asyncio.to_thread(server.start)


async def test_letting_go_does_not_wait_for_a_server_that_is_silent(server: PostgresServer, url: str) -> None:
    async with StallingProxy(server.port).running() as proxy, machine(through(proxy, url)) as first:
        await until(lambda: first.leads)
        proxy.flowing.clear()
        async with asyncio.timeout(5):
            await first.lock.release()


async def test_the_backoff_is_known_on_another_machine(postgres_database: str, tmp_path: Path) -> None:
    clock = FakeClock(1_700_000_000.0)
    async with memory_at(postgres_database, tmp_path / "one") as one:
        await record_of(one, clock).keep(Backoff(attempt_count=7), 900)
    clock.pass_seconds(300)
    async with memory_at(postgres_database, tmp_path / "two") as two:
        assert await record_of(two, clock).restore(restarted := Backoff()) == 600
        assert restarted.attempt_count == 7
        await record_of(two, clock).forget()
        assert await record_of(two, clock).restore(Backoff()) == 0


async def test_a_backoff_that_cannot_be_kept_or_read_is_a_warning(
    postgres_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with memory_at(postgres_database, tmp_path) as memory:
        record = record_of(memory, FakeClock())
        memory.database.away = "the database does not answer"
        await record.keep(Backoff(), 1)
        assert await record.restore(Backoff()) == 0
        await record.forget()
        memory.database.away = None
    assert [message.partition(" ")[0] for message in caplog.messages] == ["cannot", "ignored", "cannot"]
    assert all("the database does not answer" in message for message in caplog.messages)


def record_of(memory: Memory, clock: FakeClock) -> BackoffRecord:
    database = memory.database
    return BackoffRecord(DatabasePlace("backoff of shard 0", database.reading, database.writing), clock)
