"""The supervisor with fake bots: what is tried again, what is not, and how it stops."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest

from modules.runtime.backoff import Backoff
from modules.runtime.exit_codes import ExitCode
from modules.runtime.failures import SetupFault
from modules.runtime.shutdown import Shutdown
from modules.runtime.supervisor import Supervisor
from modules.telemetry.board import Board
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

    bots: list[FakeBot]
    shutdown: Shutdown = field(default_factory=Shutdown)
    recorder: Recorder = field(default_factory=lambda: Recorder(Board()))

    def __post_init__(self) -> None:
        self.line = iter(self.bots)
        if self.bots[-1].connect_error is None:
            self.bots[-1].on_connect = lambda: self.shutdown.request("test")
        backoff = Backoff(base_seconds=0, cap_seconds=0)
        self.supervisor = Supervisor(lambda: next(self.line), "token", self.recorder, self.shutdown, backoff, 7.0)

    async def run(self) -> ExitCode:
        return await asyncio.wait_for(self.supervisor.run(), 10)


async def test_an_orderly_stop_drains_then_cancels_then_closes() -> None:
    rig = Rig([FakeBot()])
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
async def test_a_transient_failure_gets_a_fresh_bot(failing: FakeBot) -> None:
    rig = Rig([failing, FakeBot()])
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
async def test_what_needs_a_person_ends_after_one_attempt(failing: FakeBot, code: ExitCode) -> None:
    rig = Rig([failing])
    assert await rig.run() is code
    assert failing.story[-1] == "close"


async def test_preflight_keeps_a_doomed_bot_off_the_gateway() -> None:
    rig = Rig([FakeBot(preflight_error=SetupFault("intent"))])
    await rig.run()
    assert "connect" not in rig.bots[0].story


async def test_a_stop_during_the_wait_ends_it() -> None:
    shutdown = Shutdown()
    recorder = Recorder(Board())
    waiting = asyncio.Event()

    def longest(_low: float, high: float) -> float:
        waiting.set()
        return high

    backoff = Backoff(base_seconds=3600, cap_seconds=3600, uniform=longest)
    supervisor = Supervisor(
        lambda: FakeBot(login_error=TimeoutError()), "token", recorder, shutdown, backoff, grace_seconds=1
    )
    run = asyncio.create_task(supervisor.run())
    await asyncio.wait_for(waiting.wait(), 5)
    await asyncio.sleep(0)
    assert recorder.publish().phase is Phase.WAITING
    shutdown.request("test")
    assert await asyncio.wait_for(run, 5) is ExitCode.OK


async def test_a_bot_that_cannot_close_does_not_keep_the_process() -> None:
    class Stubborn(FakeBot):
        async def close(self) -> None:
            raise RuntimeError("no")

    rig = Rig([Stubborn()])
    assert await rig.run() is ExitCode.OK


async def test_samples_come_from_the_bot_of_the_current_attempt_only() -> None:
    rig = Rig([FakeBot()])
    rig.supervisor.sample()

    def sample_and_stop() -> None:
        rig.supervisor.sample()
        rig.shutdown.request("test")

    rig.bots[0].on_connect = sample_and_stop
    await rig.run()
    rig.supervisor.sample()
    assert rig.bots[0].story.count("sample") == 1
