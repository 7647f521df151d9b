"""A gateway connection over a real websocket: what it resumes, what it starts anew, what it leaves to a person."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar

import discord as dpy
import pytest
from aiohttp import web
from discord.ext import commands

from modules.discord_api.gateway.connection import FRUITLESS_RESUMES, STABLE_SECONDS, GatewayConnection
from modules.discord_api.gateway.identify_limit import IdentifyLimiter
from modules.discord_api.gateway.reconnect_backoff import ReconnectBackoff
from modules.lifecycle.shutdown import Shutdown
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count, Gauge, Phase
from tests.clocks import FakeClock, shortest
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.call import Call, Proceed
from tests.discord_standin.gateway_faults import (
    ABNORMAL_CLOSURE,
    Close,
    DeadResumeUrl,
    Event,
    Garbage,
    InvalidSession,
    NoHello,
    Refuse,
    Stage,
    Unanswered,
    Wire,
    WithholdResumed,
)
from tests.discord_standin.pointing import pointed_at
from tests.discord_standin.rest_faults import Answer

NONSENSE = Answer(200, {"hello": "world"})
BAD_STREAK = 3


class ConnectedBot(commands.Bot):
    """Hears messages, and is kept connected by a gateway connection."""

    def __init__(self, gateway: GatewayConnection) -> None:
        intents = dpy.Intents(guilds=True, messages=True, message_content=True)
        super().__init__("!", intents=intents, guild_ready_timeout=0.02, heartbeat_timeout=0.5)
        self.gateway = gateway
        self.heard: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        assert isinstance(initial, bool)
        assert shard_id is None
        self.gateway.identify_limiter.identified()

    async def on_message(self, message: dpy.Message, /) -> None:
        self.heard.append(message.content)


@dataclass(frozen=True)
class LateNonsense:
    """A REST answer that takes as long as a stable connection, and is of no use."""

    clock: FakeClock
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        self.clock.pass_seconds(STABLE_SECONDS)
        return await NONSENSE.act(call, proceed)


@dataclass(frozen=True)
class LateEnd:
    """A connection that is dropped before HELLO, after as long as a stable one lasts."""

    clock: FakeClock
    at: Stage = "open"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        self.clock.pass_seconds(STABLE_SECONDS)
        wire.close(ABNORMAL_CLOSURE)


@dataclass
class Rig:
    """A stand-in, a bot on it, and what the connection told the recorder."""

    discord: DiscordStandin
    recorder: Recorder = field(default_factory=lambda: Recorder(LatestSnapshot()))
    shutdown: Shutdown = field(default_factory=Shutdown)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        backoff = ReconnectBackoff(uniform=lambda *_: 0.01)
        self.gateway = GatewayConnection(
            self.recorder, self.shutdown, backoff, IdentifyLimiter(0.01, uniform=shortest), self.clock
        )

    def bad_times(self) -> None:
        """The connections before this one did not last."""
        self.gateway.reconnect_backoff.streak = self.gateway.identify_limiter.streak = BAD_STREAK

    @asynccontextmanager
    async def held(self) -> AsyncIterator[ConnectedBot]:
        bot = ConnectedBot(self.gateway)
        await bot.login(self.discord.token)
        holding = self.holding = asyncio.create_task(self.gateway.keep_connected(bot))
        try:
            yield bot
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
            await bot.close()

    async def hears(self, bot: ConnectedBot, text: str) -> None:
        """Say something once a session listens, and wait until the bot has heard it."""
        await self.discord.ready()
        await self.discord.say(next(iter(self.discord.world.channels.values())), text)
        async with asyncio.timeout(10):
            while text not in bot.heard:  # noqa: ASYNC110 - the bot is no part of the stand-in
                await asyncio.sleep(0.005)
        assert bot.heard.count(text) == 1

    def is_up(self) -> bool:
        return self.gateway.is_up

    def counted(self, count: Count) -> int:
        return self.recorder.publish().totals.counts[count]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.2)) as standin:
        standin.world.add_guild()
        with pointed_at(standin):
            yield Rig(standin)


async def test_a_session_is_resumed_where_it_stopped(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.disturb(Close(4000))
        await rig.hears(bot, "after")
        assert len(rig.discord.journal.identifies()) == 1
        assert rig.discord.connections[1].resumed


async def test_a_first_connect_that_fails_is_made_again_by_the_same_bot(rig: Rig) -> None:
    rig.discord.faults.gateway(Refuse(), connection=1)
    rig.discord.faults.gateway(NoHello(), connection=2)
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert len(rig.discord.connections) == 3


async def test_garbage_ends_the_connection_and_not_the_session(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.disturb(Garbage())
        await rig.discord.until(lambda: len(rig.discord.journal.resumes()) == 1)
        await rig.hears(bot, "after")
        assert rig.discord.connections[0].close_code == 4000


async def test_a_session_whose_resume_brings_nothing_is_given_up(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rule = rig.discord.faults.gateway(Garbage(at="resume"), times=None)
        rig.discord.faults.gateway(Close(4000, at="resume"), times=None)
        rig.discord.disturb(Close(4000))
        await rig.discord.until(lambda: len(rig.discord.journal.identifies()) == 2)
        assert rule.hit_count == FRUITLESS_RESUMES
        rig.discord.heal()
        await rig.hears(bot, "after")


async def test_a_ready_that_cannot_be_read_is_asked_for_again(rig: Rig) -> None:
    unreadable = {"session_id": "x", "resume_gateway_url": rig.discord.gateway_url, "guilds": None}
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.disturb(Event("READY", unreadable))
        await rig.discord.until(lambda: len(rig.discord.journal.identifies()) == 2)
        await rig.hears(bot, "after")
        assert rig.counted(Count.MALFORMED_EVENTS) == 0


async def test_a_malformed_event_is_dropped_and_counted(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.discord.ready()
        rig.discord.disturb(Event())
        await rig.hears(bot, "after")
        assert len(rig.discord.connections) == 1
        assert rig.counted(Count.MALFORMED_EVENTS) == 1


async def test_an_identify_that_is_not_answered_is_given_up_in_time(rig: Rig) -> None:
    rig.discord.faults.gateway(Unanswered(), times=2)
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert len(rig.discord.journal.identifies()) == 3
        assert [seen.close_code for seen in rig.discord.connections[:2]] == [4000, 4000]
        assert rig.discord.connections[0].ack_count > 0


async def test_a_resume_that_is_not_confirmed_leads_to_a_new_session(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.faults.gateway(WithholdResumed())
        rig.discord.disturb(Close(4000))
        await rig.discord.until(lambda: len(rig.discord.journal.identifies()) == 2)
        assert len(rig.discord.journal.resumes()) == 1
        await rig.hears(bot, "after")


async def test_a_new_session_whose_ready_cannot_be_read_is_not_resumed(rig: Rig) -> None:
    odd = {"session_id": "x", "resume_gateway_url": 5, "guilds": []}
    rig.discord.faults.gateway(Garbage(f'{{"op": 0, "s": 1, "t": "READY", "d": {json.dumps(odd)}}}', at="identify"))
    rig.discord.faults.gateway(Unanswered(), connection=1)
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert rig.discord.journal.resumes() == []


async def test_it_is_up_while_a_confirmed_session_stands(rig: Rig) -> None:
    assert rig.is_up(), "nothing is down before anything was up"
    rig.discord.faults.gateway(Unanswered(at="resume"))
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        assert rig.is_up()
        rig.discord.disturb(Close(4000))
        await rig.discord.until(lambda: len(rig.discord.journal.resumes()) == 1)
        assert not rig.is_up()
        await rig.hears(bot, "after")
        assert rig.is_up()
    assert not rig.is_up()


async def test_a_session_that_is_over_is_no_connection_that_failed(rig: Rig) -> None:
    rig.bad_times()
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        streak = rig.gateway.reconnect_backoff.streak
        rig.discord.disturb(InvalidSession())
        await rig.hears(bot, "after")
        assert rig.gateway.reconnect_backoff.streak == streak
        assert len(rig.discord.journal.identifies()) == 2


async def test_a_session_refused_before_identify_is_backed_off_from(rig: Rig) -> None:
    rig.discord.faults.gateway(InvalidSession(at="open"), times=6)
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert rig.gateway.reconnect_backoff.streak == 4, "three were free"


async def test_a_port_that_refuses_is_waited_for_from_the_first_time(rig: Rig) -> None:
    await rig.discord.gateway_down()
    async with rig.held() as bot:
        async with asyncio.timeout(10):
            while not rig.gateway.reconnect_backoff.streak:  # noqa: ASYNC110 - no part of the stand-in
                await asyncio.sleep(0.005)
        await rig.discord.gateway_up()
        await rig.hears(bot, "hello")


async def test_a_dead_resume_address_is_left_at_once(rig: Rig) -> None:
    rig.discord.faults.gateway(DeadResumeUrl(), connection=1)
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.disturb(Close(4000))
        await rig.hears(bot, "after")
        assert rig.gateway.reconnect_backoff.streak == 0


async def test_a_spent_budget_is_waited_for_in_the_open(rig: Rig) -> None:
    rig.discord.budget.remaining = 50
    async with rig.held():
        await rig.discord.until(lambda: bool(rig.discord.journal.requests_to("GET", "/gateway/bot")))
        async with asyncio.timeout(10):
            while rig.recorder.publish().phase is not Phase.WAITING:  # noqa: ASYNC110 - no part of the stand-in
                await asyncio.sleep(0.005)
        snapshot = rig.recorder.publish()
        assert snapshot.gauges[Gauge.IDENTIFY_REMAINING] == 50
        assert "session starts" in (snapshot.phase_reason or "")
        assert snapshot.until_at is not None
        assert not rig.discord.connections


async def test_a_budget_that_nobody_can_read_is_an_outage_and_no_bug(rig: Rig) -> None:
    rig.discord.faults.rest(NONSENSE, path="/gateway/bot", times=2)
    async with rig.held() as bot:
        await rig.hears(bot, "hello")


async def test_a_connection_that_lasted_ends_the_bad_times(rig: Rig) -> None:
    rig.bad_times()
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.clock.pass_seconds(STABLE_SECONDS)
        rig.discord.disturb(Close(4000))
        await rig.hears(bot, "after")
        assert (rig.gateway.reconnect_backoff.streak, rig.gateway.identify_limiter.streak) == (0, 0)


async def test_a_wait_for_permission_is_no_connection_that_lasted(rig: Rig) -> None:
    rig.bad_times()
    rig.discord.faults.rest(LateNonsense(rig.clock), path="/gateway/bot")
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert rig.gateway.reconnect_backoff.streak == BAD_STREAK + 2
        assert rig.gateway.identify_limiter.streak == BAD_STREAK + 1


async def test_an_opening_that_takes_long_is_no_connection_that_lasted(rig: Rig) -> None:
    rig.bad_times()
    rig.discord.faults.gateway(LateEnd(rig.clock))
    async with rig.held() as bot:
        await rig.hears(bot, "hello")
        assert rig.gateway.reconnect_backoff.streak == BAD_STREAK + 2
        assert rig.gateway.identify_limiter.streak == BAD_STREAK + 1


async def test_a_connection_that_lasted_speaks_for_itself_alone(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.clock.pass_seconds(STABLE_SECONDS)
        rule = rig.discord.faults.rest(NONSENSE, path="/gateway/bot", times=8)
        rig.discord.disturb(InvalidSession())
        await rig.hears(bot, "after")
        assert rule.hit_count == 8
        assert rig.gateway.reconnect_backoff.streak >= 5


async def test_a_session_that_was_given_up_stays_so_while_nobody_grants_a_new_one(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.discord.faults.rest(NONSENSE, path="/gateway/bot", times=2)
        rig.discord.faults.gateway(Close(4000, at="resume"), times=FRUITLESS_RESUMES)
        rig.discord.disturb(Close(4000))
        await rig.discord.until(lambda: len(rig.discord.journal.identifies()) == 2)
        assert len(rig.discord.journal.resumes()) == FRUITLESS_RESUMES
        await rig.hears(bot, "after")


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013])
async def test_what_a_person_must_mend_ends_it(rig: Rig, code: int) -> None:
    rig.discord.faults.gateway(Close(code, at="identify"))
    async with rig.held():
        with pytest.raises(dpy.ConnectionClosed) as closed:
            await rig.holding
        assert closed.value.code == code
        assert len(rig.discord.connections) == 1


async def test_a_bot_that_drains_does_not_come_back(rig: Rig) -> None:
    async with rig.held() as bot:
        await rig.hears(bot, "before")
        rig.shutdown.request("test")
        rig.discord.disturb(Close(4000))
        await rig.discord.until(lambda: not rig.discord.connections[0].open)
        await asyncio.sleep(0.05)
        assert len(rig.discord.connections) == 1
        assert not rig.holding.done()
