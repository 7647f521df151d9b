"""The supervisor with fake bots: what is tried again, what is not, and how it stops."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import discord
import pytest

from modules.discord_api.failures import SetupFault
from modules.discord_api.supervisor import STEP_DOWN_SECONDS, Supervisor
from modules.lifecycle.backoff import Backoff
from modules.lifecycle.backoff_record import BackoffRecord
from modules.lifecycle.exit_codes import ExitCode
from modules.lifecycle.leader_lock import FileLock
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.state_place import FilePlace
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase


@dataclass
class FakeBot:
    """Plays one attempt: fails where told to, else stays connected until cancelled."""

    login_error: Exception | None = None
    preflight_error: Exception | None = None
    connect_error: Exception | None = None
    on_connect: Callable[[], None] = lambda: None
    story: list[str] = field(default_factory=list)

    async def login(self, token: str) -> None:
        self.story.append(f"login {token}")
        if self.login_error:
            raise self.login_error

    def preflight(self) -> None:
        if self.preflight_error:
            raise self.preflight_error

    async def connect(self) -> None:
        self.story.append("connect")
        self.on_connect()
        if self.connect_error:
            raise self.connect_error
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.story.append("cancelled")
            raise

    def sample(self) -> None:
        self.story.append("sample")

    async def drain(self, grace_seconds: float) -> None:
        self.story.append(f"drain {grace_seconds}")

    async def close(self) -> None:
        self.story.append("close")


@dataclass
class Rig:
    """A supervisor over a given line of bots; the last one asks to stop once it is connected."""

    folder: Path
    bots: list[FakeBot]
    backoff: Backoff = field(default_factory=lambda: Backoff(base_seconds=0, cap_seconds=0))
    shutdown: Shutdown = field(default_factory=Shutdown)
    recorder: Recorder = field(default_factory=lambda: Recorder(LatestSnapshot()))

    def __post_init__(self) -> None:
        self.line = iter(self.bots)
        if self.bots[-1].connect_error is None:
            self.bots[-1].on_connect = lambda: self.shutdown.request("test")
        self.supervisor = Supervisor(
            lambda: next(self.line),
            "token",
            self.recorder,
            self.shutdown,
            self.backoff,
            7.0,
            BackoffRecord(FilePlace(self.folder / "backoff.json")),
            FileLock(self.folder / "shard.lock"),
        )

    async def run(self) -> ExitCode:
        return await asyncio.wait_for(self.supervisor.run(), 10)


async def test_an_orderly_stop_drains_then_cancels_then_closes(tmp_path: Path) -> None:
    rig = Rig(tmp_path, [FakeBot()])
    assert await rig.run() is ExitCode.OK
    assert rig.bots[0].story == ["login token", "connect", "drain 7.0", "cancelled", "close"]
    assert rig.recorder.publish().phase is Phase.STOPPED


@pytest.mark.parametrize(
    "failing",
    [
        FakeBot(login_error=ConnectionRefusedError()),
        FakeBot(login_error=TimeoutError()),
        FakeBot(login_error=aiohttp.ClientError()),
        FakeBot(connect_error=discord.GatewayNotFound()),  # type: ignore[no-untyped-call] # theirs
        FakeBot(connect_error=OSError(104, "reset")),
    ],
    ids=["refused", "timeout", "client", "gateway", "reset"],
)
async def test_a_transient_failure_gets_a_fresh_bot(failing: FakeBot, tmp_path: Path) -> None:
    rig = Rig(tmp_path, [failing, FakeBot()])
    assert await rig.run() is ExitCode.OK
    assert failing.story[-1] == "close"
    assert rig.bots[1].story[:2] == ["login token", "connect"]


@pytest.mark.parametrize(
    ("failing", "code"),
    [
        (FakeBot(login_error=discord.LoginFailure("no")), ExitCode.CONFIG),
        (FakeBot(preflight_error=SetupFault("intent")), ExitCode.CONFIG),
        (FakeBot(connect_error=discord.PrivilegedIntentsRequired(None)), ExitCode.CONFIG),
        (FakeBot(login_error=KeyError("bug")), ExitCode.SOFTWARE),
    ],
    ids=["token", "preflight", "intent", "bug"],
)
async def test_what_needs_a_person_ends_after_one_attempt(failing: FakeBot, code: ExitCode, tmp_path: Path) -> None:
    rig = Rig(tmp_path, [failing])
    assert await rig.run() is code
    assert failing.story[-1] == "close"


async def test_preflight_keeps_a_doomed_bot_off_the_gateway(tmp_path: Path) -> None:
    rig = Rig(tmp_path, [FakeBot(preflight_error=SetupFault("intent"))])
    await rig.run()
    assert "connect" not in rig.bots[0].story


async def test_a_stop_during_the_wait_ends_it(tmp_path: Path) -> None:
    waiting = asyncio.Event()

    def longest(_low: float, high: float) -> float:
        waiting.set()
        return high

    backoff = Backoff(base_seconds=3600, cap_seconds=3600, uniform=longest)
    rig = Rig(tmp_path, [FakeBot(login_error=TimeoutError()), FakeBot()], backoff)
    run = asyncio.create_task(rig.run())
    await asyncio.wait_for(waiting.wait(), 5)
    await asyncio.sleep(0)
    assert rig.recorder.publish().phase is Phase.WAITING
    rig.shutdown.request("test")
    assert await run is ExitCode.OK
    assert rig.bots[1].story == []


async def test_a_restart_goes_on_waiting_where_the_last_process_stopped(tmp_path: Path) -> None:
    earlier = Backoff(attempt_count=4)
    await BackoffRecord(FilePlace(tmp_path / "backoff.json")).keep(earlier, 3600)
    rig = Rig(tmp_path, [FakeBot()])
    run = asyncio.create_task(rig.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert rig.recorder.publish().phase is Phase.WAITING
    assert rig.backoff.attempt_count == 4
    rig.shutdown.request("test")
    assert await run is ExitCode.OK
    assert rig.bots[0].story == []


async def test_the_second_process_stands_by_until_the_first_lets_go(tmp_path: Path) -> None:
    first = FileLock(tmp_path / "shard.lock")
    assert first.try_acquire()
    rig = Rig(tmp_path, [FakeBot()])
    run = asyncio.create_task(rig.run())
    for _ in range(3):
        await asyncio.sleep(0)
    assert rig.recorder.publish().phase is Phase.STANDBY
    assert rig.bots[0].story == ["login token"]
    await first.release()
    assert await run is ExitCode.OK
    assert "connect" in rig.bots[0].story
    assert first.try_acquire(), "an ended process holds nothing"


async def test_who_is_succeeded_ends_its_session_and_stands_by(tmp_path: Path) -> None:
    class SharedLock(FileLock):
        """Is lost as soon as it is held, the first time."""

        async def until_lost(self) -> None:
            if rig.bots[1].story:
                await super().until_lost()

    rig = Rig(tmp_path, [FakeBot(), FakeBot()])
    rig.supervisor.leadership = SharedLock(tmp_path / "shard.lock")
    assert await rig.run() is ExitCode.OK
    assert rig.bots[0].story == ["login token", "connect", "cancelled", f"drain {STEP_DOWN_SECONDS}", "close"]
    assert rig.bots[1].story[:2] == ["login token", "connect"]


async def test_a_disk_without_locks_does_not_keep_the_bot_away(tmp_path: Path) -> None:
    (tmp_path / "shard.lock").mkdir()
    rig = Rig(tmp_path, [FakeBot()])
    assert await rig.run() is ExitCode.OK
    assert "connect" in rig.bots[0].story
    assert [fault.component for fault in rig.recorder.publish().faults] == ["leader-lock"]


async def test_a_fault_found_elsewhere_ends_it_with_its_code(tmp_path: Path) -> None:
    rig = Rig(tmp_path, [FakeBot()])
    rig.bots[0].on_connect = lambda: rig.shutdown.request("the token was revoked", ExitCode.CONFIG)
    assert await rig.run() is ExitCode.CONFIG
    assert rig.bots[0].story[-1] == "close"


async def test_a_bot_that_cannot_close_does_not_keep_the_process(tmp_path: Path) -> None:
    class Stubborn(FakeBot):
        async def close(self) -> None:
            raise RuntimeError("no")

    rig = Rig(tmp_path, [Stubborn()])
    assert await rig.run() is ExitCode.OK


async def test_samples_come_from_the_bot_of_the_current_attempt_only(tmp_path: Path) -> None:
    rig = Rig(tmp_path, [FakeBot()])
    rig.supervisor.sample()

    def sample_and_stop() -> None:
        rig.supervisor.sample()
        rig.shutdown.request("test")

    rig.bots[0].on_connect = sample_and_stop
    await rig.run()
    rig.supervisor.sample()
    assert rig.bots[0].story.count("sample") == 1
