"""Rows R1 to R15: what Discord's REST side can do to the running process, and what becomes of the commands."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest

from modules.commands.sentences import OUTAGE, SLOWED, SWAMPED
from tests.chaos.conftest import StartBot
from tests.discord_standin import DiscordStandin
from tests.discord_standin.journal import RestRequest
from tests.discord_standin.limits import DISCORD_GLOBAL_RATE, MESSAGE_SENDS, Rate
from tests.discord_standin.rest_faults import (
    BrokenJson,
    CloudflareBan,
    RateLimited,
    Raw,
    Reset,
    RestFault,
    Slow,
    Status,
    Truncated,
    forbidden,
    unauthorized,
)
from tests.discord_standin.world import Channel, Message
from tests.wire.process import PATIENCE_SECONDS, BotProcess

SENDS = "/channels/*/messages"
ANSWER = re.compile(r"^# \d+", re.MULTILINE)


def posts(discord: DiscordStandin, channel: Channel | None = None) -> list[RestRequest]:
    return discord.journal.requests_to("POST", SENDS if channel is None else f"/channels/{channel.id}/messages")


def finished_count(bot: BotProcess) -> int:
    return sum(line.get("message") == "command finished" for line in bot.lines)


async def all_finished(bot: BotProcess, discord: DiscordStandin, count: int, timeout_seconds: float) -> None:
    await discord.until(lambda: finished_count(bot) >= count, timeout_seconds, f"{count} commands finished")


async def readiness_is(bot: BotProcess, status: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await bot.get("/readyz"))[0] != status:  # noqa: ASYNC110 - it is another process that changes
            await asyncio.sleep(0.05)


async def is_answered_once(discord: DiscordStandin, message: Message, timeout_seconds: float = 15.0) -> None:
    reply = await discord.reply_to(message, timeout_seconds)
    assert ANSWER.search(reply.text), reply.text
    assert discord.replies_to(message) == [reply]


async def metric_is(bot: BotProcess, name: str, value: float) -> None:
    """Wait for a metric to say so; it is brought up to date once a second."""
    shown: float | None = None
    try:
        async with asyncio.timeout(5):
            while shown != value:
                found = re.search(rf"^{re.escape(name)} (\S+)$", (await bot.get("/metrics"))[1], re.MULTILINE)
                shown = float(found[1]) if found else None
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{name} is {shown}, not {value}") from None


def between(requests: Iterable[RestRequest], begin: float, end: float) -> list[RestRequest]:
    return [request for request in requests if begin < request.at < end]


@pytest.mark.fault("R1")
async def test_a_rate_limit_is_waited_out_and_the_answer_comes_once(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(RateLimited(1.0), method="POST", path=SENDS, times=1)
    async with start_bot():
        await discord.ready()
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        refused, accepted = posts(discord)
        assert accepted.at - refused.at >= 1.0


@pytest.mark.fault("R2")
async def test_a_rate_limit_without_end_is_one_kind_error(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(RateLimited(0.2), method="POST", path=SENDS, times=5)
    async with start_bot() as bot:
        await discord.ready()
        message = await discord.say(channel, "!roll 2d6")
        reply = await discord.reply_to(message, 15)
        assert reply.content == SLOWED
        await is_answered_once(discord, later := await discord.say(channel, "!roll 2d6"))
        assert [each for each in discord.replies_to(message) if each.id < later.id] == [reply]
        assert await bot.stop() == 0


@pytest.mark.fault("R3")
async def test_the_global_limit_silences_every_channel_but_no_interaction(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    other = list(discord.world.channels.values())[1]
    discord.faults.rest(RateLimited(2.0, scope="global"), method="POST", path=SENDS, times=1)
    async with start_bot() as bot:
        await discord.ready()
        messages = [await discord.say(channel, "!roll 2d6")]
        await bot.logged("Global rate limit has been hit")
        limited = posts(discord)[0]
        over_at = limited.at + 2.0
        messages += [await discord.say(each, "!roll 2d6") for each in (other, channel, other)]
        interaction = await discord.slash(channel, "roll", {"dice": "2d6"})
        await interaction.response()
        assert interaction.acknowledged_at is not None
        assert interaction.acknowledged_at < over_at
        for message in messages:
            await discord.reply_to(message, 10)
        assert not between(posts(discord), limited.at, over_at)


@pytest.mark.fault("R4")
async def test_two_thousand_commands_at_once_are_answered_or_kindly_refused(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    guild = discord.world.add_guild("raided", channels=tuple(f"room-{number}" for number in range(40)))
    rooms = [channel for channel in discord.world.channels.values() if channel.guild is guild]
    async with start_bot(REST_MAX_WAIT="4") as bot:
        await discord.ready()
        discord.limits.global_rate = DISCORD_GLOBAL_RATE
        messages = [await discord.say(rooms[number % 40], "!roll 2d6") for number in range(2_000)]
        await all_finished(bot, discord, 2_000, 60)
        replies = [reply for message in messages for reply in discord.replies_to(message)]
        refusals = Counter(reply.channel.id for reply in replies if reply.content == SWAMPED)
        answered = sum(ANSWER.search(reply.text) is not None for reply in replies)
        await metric_is(bot, "nazh_commands_shed_total", 2_000 - answered)
        assert answered >= 150, "four seconds' worth was promised"
        assert len(replies) == answered + refusals.total(), "nothing else was said, and nothing twice"
        assert set(refusals.values()) == {1}, "each channel is told once"
        assert sum(request.status == 429 for request in discord.requests) < 50
        await is_answered_once(discord, await discord.say(rooms[0], "!roll 2d6"))
        assert await bot.stop() == 0


@pytest.mark.fault("R5")
@pytest.mark.parametrize(
    "fault", [CloudflareBan(3), Raw(429, b"{}", {"Retry-After": "3"})], ids=["html", "without-via-or-scope"]
)
async def test_nothing_is_sent_while_banned_at_the_edge(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    other = list(discord.world.channels.values())[1]
    async with start_bot() as bot:
        await discord.ready()
        await bot.status_when(lambda shown: shown["phase"] == "ready")
        discord.faults.rest(fault, method="POST", path=SENDS, times=1)
        await discord.say(channel, "!roll 2d6")
        await bot.logged("banned at Discord's edge")
        banned = posts(discord)[0]
        for each in (channel, other):
            await discord.say(each, "!roll 2d6")
            await discord.slash(each, "roll", {"dice": "2d6"})
        await all_finished(bot, discord, 5, 5)
        await readiness_is(bot, 503)
        assert (await bot.get("/healthz"))[0] == 200
        await readiness_is(bot, 200)
        await is_answered_once(discord, await discord.say(other, "!roll 2d6"))
        assert not between(discord.requests, banned.at, banned.at + 3.0)


@pytest.mark.fault("R6")
async def test_a_ban_at_login_is_sat_out_alive_without_asking_again(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    discord.faults.rest(CloudflareBan(), times=None)
    async with start_bot() as bot:
        waiting = await bot.logged(lambda line: "trying again" in str(line.get("message")))
        assert waiting["wait_seconds"] >= 15 * 60
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 503
        async with asyncio.timeout(2):
            assert await bot.stop() == 0
        assert len(discord.requests) == 1


@pytest.mark.fault("R7")
async def test_retry_after_is_the_least_wait_before_each_further_login(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(CloudflareBan(1), times=3)
    async with start_bot() as bot:
        await discord.ready(timeout_seconds=40)
        logins = discord.journal.requests_to("GET", "/users/@me")
        assert [request.status for request in logins] == [429, 429, 429, 200]
        assert all(later.at - earlier.at >= 1.0 for earlier, later in pairwise(logins))
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        assert await bot.stop() == 0


@pytest.mark.fault("R7")
async def test_an_hour_of_retry_after_is_respected_and_easy_to_stop(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    discord.faults.rest(CloudflareBan(3_600), times=None)
    async with start_bot() as bot:
        waiting = await bot.logged(lambda line: "trying again" in str(line.get("message")))
        assert waiting["wait_seconds"] >= 3_600
        async with asyncio.timeout(2):
            assert await bot.stop() == 0
        assert len(discord.requests) == 1


@pytest.mark.fault("R8", "R9", "R10")
@pytest.mark.parametrize(
    "faults",
    [
        [Status(500), Status(502, after_effect=True), Status(504)],
        [Status(503), Status(520), Status(503, after_effect=True), Status(520, after_effect=True)],
        [Reset(), Reset(after_effect=True), Truncated()],
        [Reset(), Status(503, after_effect=True), Truncated(), Status(520)],
    ],
    ids=["retried-by-the-library", "503-and-520", "reset-and-truncated", "one-after-the-other"],
)
async def test_what_is_lost_on_the_way_appears_exactly_once(
    start_bot: StartBot, discord: DiscordStandin, faults: list[RestFault], request: pytest.FixtureRequest
) -> None:
    guild = discord.world.add_guild("many", channels=tuple(f"room-{number}" for number in range(len(faults))))
    rooms = [channel for channel in discord.world.channels.values() if channel.guild is guild]
    together = "one-after-the-other" in request.node.name
    async with start_bot() as bot:
        await discord.ready()
        for room, fault in zip(rooms, faults, strict=True):
            discord.faults.rest(fault, method="POST", path=f"/channels/{rooms[0 if together else -1].id}/messages")
            if not together:
                discord.faults.rest_rules[-1].path = f"/channels/{room.id}/messages"
        messages = [await discord.say(room, "!roll 2d6") for room in (rooms[:1] if together else rooms)]
        for message in messages:
            await discord.reply_to(message, 30)
        await all_finished(bot, discord, len(messages), 30)
        for message in messages:
            (reply,) = discord.replies_to(message)
            assert ANSWER.search(reply.text), reply.text
        nonces = {(each.path, each.body["nonce"]) for each in posts(discord) if isinstance(each.body, dict)}
        assert len(nonces) == len(messages), "all attempts of one message bear one name"
        assert len(posts(discord)) == len(faults) + len(messages)
        assert not [line for line in bot.lines if line.get("incident_id")]


@pytest.mark.fault("R8", "R9", "R10")
@pytest.mark.parametrize(
    "fault",
    [Status(502), Status(503, after_effect=True), Reset(), Reset(after_effect=True), Truncated(), BrokenJson()],
    ids=repr,
)
async def test_an_interactions_answer_that_is_lost_appears_exactly_once(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(fault, method="POST", path="/interactions/*", times=1)
        interaction = await discord.slash(channel, "roll", {"dice": "2d6"})
        answer = await interaction.response()
        assert ANSWER.search(answer.text)
        await bot.logged("command finished")
        assert not interaction.followups
        assert [message for message in channel.messages.values() if message.author is discord.world.bot] == [answer]
        assert not [line for line in bot.lines if line.get("incident_id")]


@pytest.mark.fault("R8", "R9", "R10", "R11")
@pytest.mark.parametrize(
    "fault", [Status(503), Reset(), BrokenJson(after_effect=False)], ids=["503", "reset", "broken-json"]
)
async def test_an_outage_that_outlasts_every_attempt_is_one_kind_error(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(fault, method="POST", path=SENDS, times=5)
        message = await discord.say(channel, "!roll 2d6")
        reply = await discord.reply_to(message, 30)
        assert reply.content == OUTAGE
        await all_finished(bot, discord, 1, 5)
        assert discord.replies_to(message) == [reply]
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))


@pytest.mark.fault("R11")
async def test_broken_json_costs_neither_the_answer_nor_the_next_command(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(BrokenJson(), method="POST", path=SENDS, times=5)
        message = await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 1, 30)
        await is_answered_once(discord, message)
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))


@pytest.mark.fault("R12")
async def test_a_token_that_is_refused_while_running_ends_the_process(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        before = len(discord.requests)
        discord.faults.rest(unauthorized(), times=None)
        for _ in range(20):
            await discord.say(channel, "!roll 2d6")
        assert await bot.ended() == 78
        assert len(discord.requests) - before <= 3, "the one that was refused, and at most two more"
        assert "DISCORD_TOKEN" in (await bot.logged("giving up"))["message"]
        assert discord.connections[-1].close_code == 1000


@pytest.mark.fault("R12")
async def test_one_stray_401_does_not_end_the_process(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(unauthorized(), method="POST", path=SENDS, times=1)
        await discord.say(channel, "!roll 2d6")
        await discord.until(lambda: len(discord.journal.requests_to("GET", "/oauth2/*")) == 2, what="the question")
        await bot.logged("command finished")
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))


@pytest.mark.fault("R13")
async def test_a_channel_where_the_bot_may_not_speak_is_left_alone(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    other = list(discord.world.channels.values())[1]
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(forbidden(50013), method="POST", path=f"/channels/{channel.id}/messages", times=None)
        for _ in range(60):
            await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 60, 20)
        asked_count = len(posts(discord, channel))
        assert asked_count <= 3
        await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 61, 5)
        assert len(posts(discord, channel)) == asked_count
        await bot.status_when(lambda shown: shown["phase"] == "ready")
        await metric_is(bot, 'discord_commands_total{command="roll",status="refused"}', 61)
        await metric_is(bot, "nazh_muted_channels", 1)
        await is_answered_once(discord, await discord.say(other, "!roll 2d6"))
        interaction = await discord.slash(channel, "roll", {"dice": "2d6"})
        assert ANSWER.search((await interaction.response()).text), "an interaction needs no permission"


@pytest.mark.fault("R14")
async def test_a_channel_that_hangs_delays_no_other(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    other = list(discord.world.channels.values())[1]
    async with start_bot(CONNECTOR_LIMIT="8") as bot:
        await discord.ready()
        discord.faults.rest(Slow(600), method="POST", path=f"/channels/{channel.id}/messages", times=None)
        hanging = [await discord.say(channel, "!roll 2d6") for _ in range(15)]
        await discord.until(lambda: bool(posts(discord, channel)), what="the first request that hangs")
        for message in [await discord.say(other, "!roll 2d6") for _ in range(15)]:
            await is_answered_once(discord, message)
        assert not any(discord.replies_to(message) for message in hanging)
        await all_finished(bot, discord, 15, 5)
        assert len(posts(discord, channel)) <= 3, "it holds no more than its share of the connections"


@pytest.mark.fault("R15")
async def test_a_burst_in_one_channel_draws_no_429(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.limits.rates[MESSAGE_SENDS] = Rate(5, 5.0)
    async with start_bot(REST_MAX_WAIT="30"):
        await discord.ready()
        for message in [await discord.say(channel, "!roll 2d6") for _ in range(12)]:
            await is_answered_once(discord, message)
        assert {request.status for request in posts(discord)} == {200}
