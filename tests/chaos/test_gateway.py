"""Rows G1 to G14: what the gateway can do to the running process."""

from datetime import datetime
from itertools import pairwise

import pytest

from config import Config
from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import (
    Close,
    DeadResumeUrl,
    Event,
    Garbage,
    GatewayFault,
    InvalidSession,
    NoHello,
    Reconnect,
    Silent,
    WithholdAcks,
)
from tests.discord_standin.journal import Connection
from tests.wire.process import TOKEN, BotProcess, Line

IDENTIFY = 2


def identified_at(discord: DiscordStandin) -> list[float]:
    """When each IDENTIFY came in."""
    return [at for seen in discord.connections for at, op, _ in seen.received if op == IDENTIFY]


def gaps(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]


async def resumed(discord: DiscordStandin, connection: int) -> Connection:
    """The connection of that number, once it has taken its session up again."""
    await discord.until(
        lambda: len(discord.connections) >= connection and discord.connections[connection - 1].resumed,
        40.0,
        f"a resumed connection {connection}",
    )
    return discord.connections[connection - 1]


def over_at(line: Line) -> float:
    """Unix time at which the wait of a log line ends; 0 for a line that tells of none."""
    began_at = datetime.fromisoformat(line["@timestamp"]).timestamp() if is_waiting(line) else 0.0
    return began_at + float(line.get("wait_seconds", 0))


def is_waiting(line: Line) -> bool:
    return "trying again in" in str(line.get("message"))


@pytest.mark.fault("G1")
async def test_op_7_is_followed_and_nothing_is_lost(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    async with start_bot():
        await discord.ready()
        await table.is_served()
        discord.disturb(Reconnect())
        await table.roll()
        await resumed(discord, 2)
        await table.roll()
        await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G2")
async def test_op_9_that_may_resume_resumes(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    async with start_bot():
        await discord.ready()
        discord.disturb(InvalidSession(resumable=True))
        await table.roll()
        await resumed(discord, 2)
        await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G2")
async def test_op_9_identifies_again_not_before_five_seconds(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        discord.disturb(InvalidSession())
        waiting = await bot.logged(is_waiting)
        assert "must not start too often" in waiting["message"]
        await discord.until(lambda: len(identified_at(discord)) == 2, 40.0, "a second IDENTIFY")
        assert gaps(identified_at(discord))[0] >= 5.0
        await discord.ready()
        await table.is_served()


@pytest.mark.fault("G3")
async def test_op_9_for_ever_is_asked_ever_more_rarely(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.gateway(InvalidSession(at="identify"), times=None)
    async with start_bot(IDENTIFY_INTERVAL_SECONDS="0.3"):
        await discord.until(lambda: len(identified_at(discord)) == 4, 40.0, "four IDENTIFYs")
        for count, gap in enumerate(gaps(identified_at(discord))):
            assert gap >= 0.3 * 2**count
        discord.heal()
        await discord.ready(timeout_seconds=40)
        await table.is_served()


@pytest.mark.fault("G4")
@pytest.mark.parametrize(
    "codes", [(4000, 4001), (4002, 4003), (4005, 4007), (4008, 4009), (1000, 1001), (1006,)], ids=str
)
async def test_a_close_that_is_not_final_is_resumed(
    start_bot: StartBot, discord: DiscordStandin, table: Table, codes: tuple[int, ...]
) -> None:
    async with start_bot():
        await discord.ready()
        for connection, code in enumerate(codes, 2):
            discord.disturb(Close(code))
            await table.roll()
            await resumed(discord, connection)
            await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G5")
@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (4004, "DISCORD_TOKEN"),
        (4010, "SHARD_ID"),
        (4011, "SHARD_COUNT"),
        (4012, "version"),
        (4013, "intents"),
        (4014, "Message Content"),
    ],
)
async def test_a_final_close_ends_it_with_78_after_one_connect(
    start_bot: StartBot, discord: DiscordStandin, code: int, meaning: str
) -> None:
    discord.faults.gateway(Close(code, at="identify"), times=None)
    async with start_bot() as bot:
        assert await bot.ended() == 78
        last_word = (await bot.logged("giving up"))["message"]
        assert meaning in last_word
        assert str(code) in last_word
        assert TOKEN not in bot.story()
        assert len(discord.connections) == 1


@pytest.mark.fault("G6")
async def test_a_gateway_that_accepts_and_closes_is_not_hammered(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.gateway(Close(1000, at="open"), times=None)
        discord.disturb(Close(4000))
        await table.roll()
        await discord.until(lambda: len(discord.connections) > 1, what="a second connect")
        begun_at = discord.connections[1].at
        await bot.logged(lambda line: over_at(line) > begun_at + 5)
        assert len(discord.connections[1:]) <= 6, "and the next comes after five seconds"
        discord.heal()
        await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G7")
async def test_a_gateway_that_is_down_at_boot_is_waited_for(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    await discord.gateway_down()
    async with start_bot() as bot:
        await bot.logged(is_waiting)
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 503
        await discord.gateway_up()
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        assert len(discord.journal.requests_to("GET", "/users/@me")) == 1, "an outage of the gateway costs no login"


@pytest.mark.fault("G8")
async def test_a_gateway_that_goes_down_in_mid_life_costs_no_command(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        await discord.gateway_down()
        await bot.logged(is_waiting)
        await table.roll()
        assert (await bot.get("/healthz"))[0] == 200
        await bot.shows("/readyz", "waiting before the next attempt", 503)
        await discord.gateway_up()
        await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G9")
async def test_silence_ends_the_connection_and_not_the_session(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.settings.heartbeat_interval_seconds = 1.0
    async with start_bot(GATEWAY_SILENCE_SECONDS="1.5"):
        await discord.ready()
        await table.is_served()
        discord.disturb(Silent())
        await table.roll()
        await resumed(discord, 2)
        await table.all_are_served()
        first = discord.connections[0]
        assert first.heartbeat_count - first.ack_count <= 2, "it was the silence, and not the missing ACKs"


@pytest.mark.fault("G9")
def test_silence_is_noticed_within_a_minute_unless_set_otherwise() -> None:
    config = Config.from_env({"DISCORD_TOKEN": TOKEN})
    longest_healthy_silence_seconds = 41.25
    assert longest_healthy_silence_seconds < config.gateway_silence_seconds < 60


@pytest.mark.fault("G10")
async def test_two_unacknowledged_heartbeats_end_the_connection_while_events_flow(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot():
        await discord.ready()
        await table.is_served()
        first = discord.connections[0]
        discord.disturb(WithholdAcks())
        while len(discord.connections) == 1:
            await table.is_served()
        assert first.heartbeat_count - first.ack_count == 2
        await resumed(discord, 2)
        await table.all_are_served()


async def malformed_count(bot: BotProcess) -> float:
    _, page = await bot.get("/metrics")
    (line,) = [line for line in page.splitlines() if line.startswith("nazh_malformed_events_total")]
    return float(line.split()[-1])


@pytest.mark.fault("G11")
async def test_an_event_without_an_id_is_dropped_and_counted(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        for event in ("MESSAGE_CREATE", "INTERACTION_CREATE", "GUILD_CREATE", "CHANNEL_UPDATE"):
            discord.disturb(Event(event, {"nonsense": True}))
            await bot.logged(f"a malformed {event} was dropped")
        await table.is_served()
        assert len(discord.connections) == 1
        while await malformed_count(bot) < 4:
            continue
        assert await malformed_count(bot) == 4


@pytest.mark.fault("G11")
@pytest.mark.parametrize(
    "garbage",
    [Garbage(), Garbage(b"\x00\x00\xff\xff"), Garbage("[]"), Garbage('{"op": "zero", "d": 1, "s": "x"}')],
    ids=["half", "bytes", "array", "types"],
)
async def test_a_garbage_frame_is_survived(
    start_bot: StartBot, discord: DiscordStandin, table: Table, garbage: GatewayFault
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        discord.disturb(garbage)
        await table.is_served()
        await table.is_served()
        assert len(discord.journal.identifies()) <= 2
        assert bot.process.returncode is None


@pytest.mark.fault("G12")
async def test_a_gateway_that_says_no_hello_is_tried_again(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.gateway(NoHello(), connection=1)
    async with start_bot(GATEWAY_SILENCE_SECONDS="1"):
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        assert discord.connections[0].identify is None


@pytest.mark.fault("G13")
async def test_a_dead_resume_url_leads_back_to_the_main_gateway(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.gateway(DeadResumeUrl(), connection=1)
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        discord.disturb(Close(4000))
        await table.roll()
        await bot.logged("Discord could not be reached")
        await resumed(discord, 2)
        await table.all_are_served()
        assert len(discord.journal.identifies()) == 1


@pytest.mark.fault("G14")
async def test_a_spent_identify_budget_is_not_overdrawn(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.budget.remaining, discord.budget.reset_after_seconds = 50, 1.0
    async with start_bot() as bot:
        waiting = await bot.logged(is_waiting)
        assert "session starts are spent" in waiting["message"]
        await bot.shows("/readyz", "session starts are spent", 503)
        await discord.until(
            lambda: len(discord.journal.requests_to("GET", "/gateway/bot")) >= 2, 40.0, "a second look at the budget"
        )
        assert not discord.connections
        discord.budget.remaining = 1000
        await discord.ready(timeout_seconds=40)
        await table.is_served()
