import asyncio
import json

import aiohttp
import discord as dpy
import pytest

from .clock import ManualClock
from .conftest import EchoBot, running
from .gateway_faults import (
    Close,
    DeadResumeUrl,
    Event,
    Garbage,
    GatewayFault,
    InvalidSession,
    NoHello,
    Reconnect,
    Refuse,
    ResetSocket,
    Silent,
    WithholdAcks,
)
from .pointing import pointed_at
from .sessions import SESSION_LIVES_SECONDS
from .standin import DiscordStandin
from .world import Channel


async def assert_answers(discord: DiscordStandin, channel: Channel, text: str = "still there") -> None:
    message = await discord.say(channel, f"!echo {text}")
    assert (await discord.reply_to(message)).content == text
    assert len(discord.replies_to(message)) == 1


@pytest.mark.usefixtures("bot")
async def test_heartbeats_are_acknowledged(discord: DiscordStandin) -> None:
    (connection,) = discord.connections
    await discord.until(lambda: connection.ack_count >= 3)
    assert connection.heartbeat_count == connection.ack_count
    assert connection.open


@pytest.mark.parametrize(("compresses", "kind"), [(True, bytes), (False, str)], ids=["zlib-stream", "text"])
async def test_both_transports_are_spoken(
    discord: DiscordStandin, channel: Channel, compresses: bool, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: set[type] = set()
    received = dpy.gateway.DiscordWebSocket.received_message

    async def noting(self: dpy.gateway.DiscordWebSocket, frame: object, /) -> None:
        kinds.add(type(frame))
        await received(self, frame)

    monkeypatch.setattr(dpy.gateway.DiscordWebSocket, "received_message", noting)
    discord.settings.compresses = compresses
    async with running(EchoBot(), discord):
        await discord.ready()
        await assert_answers(discord, channel)
    assert discord.connections[0].compression == "zlib-stream"
    assert kinds == {kind}


RESUMED = [
    *(pytest.param(Close(code), id=str(code)) for code in (1001, 1006, *range(4000, 4004), *range(4005, 4010))),
    pytest.param(Reconnect(), id="op 7"),
    pytest.param(InvalidSession(resumable=True), id="op 9 true"),
    pytest.param(Close(1000), id="1000 from the far side"),
]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", RESUMED)
async def test_a_broken_session_is_resumed_and_nothing_is_lost(
    discord: DiscordStandin, channel: Channel, fault: GatewayFault
) -> None:
    assert discord.disturb(fault) == 1
    await assert_answers(discord, channel, "said while it was away")
    first, second = discord.connections
    assert (second.identify, second.resumed) == (None, True)
    assert second.session_id == first.session_id
    assert len(discord.sessions) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", [InvalidSession(), Close(4000, keeps_session=False)], ids=["op 9 false", "forgotten"])
async def test_a_lost_session_is_begun_anew(discord: DiscordStandin, channel: Channel, fault: GatewayFault) -> None:
    discord.disturb(fault)
    await discord.until(lambda: len(discord.journal.identifies()) == 2)
    await assert_answers(discord, channel)
    assert len({connection.session_id for connection in discord.journal.identifies()}) == 2
    assert len(discord.sessions) == 1


async def test_a_session_left_too_long_is_over() -> None:
    clock = ManualClock()
    async with DiscordStandin(clock=clock) as discord:
        with pointed_at(discord):
            async with running(EchoBot(), discord):
                await discord.ready()
                await discord.gateway_down()
                await discord.until(lambda: not discord.connections[0].open)
                clock.advance(SESSION_LIVES_SECONDS + 1)
                assert discord.sessions == []
                await discord.gateway_up()
                await discord.until(lambda: len(discord.journal.identifies()) == 2, 15)


async def test_a_replay_that_reaches_too_far_back_is_refused(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    discord.settings.replay_limit = 1
    async with running(EchoBot(), discord):
        await discord.ready(sessions=2)
        await bot.close()
        discord.disturb(Close(1006))
        for number in range(3):
            await discord.say(channel, str(number))
        await discord.until(lambda: len(discord.journal.identifies()) == 3)
    assert not discord.journal.resumes()[0].resumed


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
async def test_fatal_codes_end_the_client(discord: DiscordStandin, code: int) -> None:
    discord.faults.gateway(Close(code, at="identify"))
    async with running(EchoBot(), discord) as connecting:
        with pytest.raises((dpy.ConnectionClosed, dpy.PrivilegedIntentsRequired)):
            await asyncio.wait_for(connecting, 5)
    (connection,) = discord.connections
    assert (connection.close_code, connection.closed_by) == (code, "server")


@pytest.mark.usefixtures("bot")
async def test_accepting_and_closing_at_once_is_met_with_a_storm(discord: DiscordStandin, channel: Channel) -> None:
    discord.faults.gateway(Close(1000, at="open"), times=20)
    discord.disturb(Close(1006))
    await discord.until(lambda: len(discord.connections) == 22)
    await assert_answers(discord, channel)
    assert {connection.close_code for connection in discord.connections[1:21]} == {1000}


async def test_a_script_gives_each_connection_its_faults(discord: DiscordStandin, channel: Channel) -> None:
    discord.faults.script(
        {1: [Close(4000, at="ready")], 2: [InvalidSession(resumable=True, at="resume")], 3: [Close(1006, at="resumed")]}
    )
    async with running(EchoBot(), discord):
        await discord.until(lambda: len(discord.connections) == 4 and discord.connections[3].resumed)
        await assert_answers(discord, channel)
    assert [connection.faults for connection in discord.connections] == [
        ("Close",),
        ("InvalidSession",),
        ("Close",),
        (),
    ]


@pytest.mark.usefixtures("bot")
async def test_silence_keeps_events_for_the_resume(discord: DiscordStandin, channel: Channel) -> None:
    (connection,) = discord.connections
    discord.disturb(Silent())
    acknowledged = connection.ack_count
    message = await discord.say(channel, "!echo heard at last")
    await discord.until(lambda: connection.heartbeat_count >= acknowledged + 2)
    assert connection.ack_count == acknowledged
    assert not discord.replies_to(message)
    discord.disturb(Close(1006))
    assert (await discord.reply_to(message)).content == "heard at last"


@pytest.mark.usefixtures("bot")
async def test_acks_stop_while_events_flow(discord: DiscordStandin, channel: Channel) -> None:
    (connection,) = discord.connections
    discord.disturb(WithholdAcks())
    acknowledged = connection.ack_count
    await discord.until(lambda: connection.heartbeat_count >= acknowledged + 2)
    await assert_answers(discord, channel)
    assert connection.ack_count == acknowledged
    discord.heal()
    await discord.until(lambda: connection.ack_count > acknowledged)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Garbage(), json.JSONDecodeError, id="garbage text"),
        pytest.param(Garbage(b"\x00\x01\x00\x00\xff\xff"), Exception, id="garbage bytes"),
        pytest.param(Event(), KeyError, id="event without an id"),
        pytest.param(Event("GUILD_CREATE", {"id": "not a number"}), ValueError, id="malformed event"),
    ],
)
async def test_what_discord_py_cannot_read_kills_it(
    discord: DiscordStandin, fault: GatewayFault, error: type[Exception]
) -> None:
    async with running(EchoBot(), discord) as connecting:
        await discord.ready()
        discord.disturb(fault)
        with pytest.raises(error):
            await asyncio.wait_for(connecting, 5)


@pytest.mark.parametrize(
    ("fault", "status"), [(Refuse(503), 503), (Refuse(520), 520), (ResetSocket(), 0)], ids=["503", "520", "reset"]
)
async def test_a_gateway_that_refuses_the_first_connect_is_seen_as_such(
    discord: DiscordStandin, fault: GatewayFault, status: int
) -> None:
    discord.faults.gateway(fault, times=None)
    async with running(EchoBot(), discord) as connecting:
        with pytest.raises(AttributeError):
            await asyncio.wait_for(connecting, 10)
    assert discord.connections[0].status == status
    assert not discord.connections[0].open


@pytest.mark.usefixtures("bot")
async def test_a_gateway_that_is_down_comes_back_at_the_same_address(discord: DiscordStandin, channel: Channel) -> None:
    before = discord.gateway_url
    await discord.gateway_down()
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.ws_connect(discord.gateway_url)
    await discord.gateway_up()
    await assert_answers(discord, channel)
    assert discord.gateway_url == before
    assert discord.journal.resumes()


async def test_the_resume_address_can_be_dead(discord: DiscordStandin) -> None:
    discord.faults.gateway(DeadResumeUrl())
    bot = EchoBot()
    async with running(bot, discord):
        await discord.ready()
        await bot.wait_until_ready()
        assert str(bot.ws.gateway) not in discord.gateway_url
        async with aiohttp.ClientSession() as client:
            with pytest.raises(aiohttp.ClientConnectorError):
                await client.ws_connect(bot.ws.gateway)


async def test_no_hello_leaves_the_client_waiting(discord: DiscordStandin) -> None:
    discord.faults.gateway(NoHello())
    async with running(EchoBot(), discord):
        await discord.until(lambda: bool(discord.connections) and discord.connections[0].faults == ("NoHello",))
        (connection,) = discord.connections
        assert connection.open
        assert not connection.received


async def test_op_9_for_ever_is_identified_against_for_ever(discord: DiscordStandin) -> None:
    discord.faults.gateway(InvalidSession(at="identify"), times=None)
    async with running(EchoBot(), discord):
        await discord.until(lambda: len(discord.journal.identifies()) == 10)
    assert discord.budget.remaining <= discord.budget.total - 10


async def test_identifying_past_the_budget_costs_the_token(discord: DiscordStandin) -> None:
    discord.budget.remaining = 0
    token = discord.token
    async with running(EchoBot(), discord) as connecting:
        with pytest.raises(dpy.ConnectionClosed):
            await asyncio.wait_for(connecting, 5)
    assert discord.token != token


async def test_identifying_too_soon_is_an_invalid_session(discord: DiscordStandin) -> None:
    discord.budget.window_seconds = 0.3
    async with running(EchoBot(0, 2), discord), running(EchoBot(1, 2), discord):
        await discord.ready(sessions=2)
    assert len(discord.journal.identifies()) > 2


async def test_shards_of_different_buckets_may_identify_together(discord: DiscordStandin) -> None:
    discord.budget.window_seconds = 60.0
    discord.budget.max_concurrency = 2
    async with running(EchoBot(0, 2), discord), running(EchoBot(1, 2), discord):
        await discord.ready(sessions=2)
    assert len(discord.journal.identifies()) == 2


async def test_a_client_that_says_goodbye_ends_its_session(discord: DiscordStandin) -> None:
    bot = EchoBot()
    async with running(bot, discord) as connecting:
        await discord.ready()
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await bot.close()
    await discord.until(lambda: not discord.connections[0].open)
    assert (discord.connections[0].close_code, discord.connections[0].closed_by) == (1000, "client")
    assert discord.sessions == []
