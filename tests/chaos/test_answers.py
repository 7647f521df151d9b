"""Rows A7 to A23: answers that are none, numbers that nobody can mean, and what readiness makes of them."""

import asyncio
from typing import Any

import pytest

from modules.commands.sentences import OUTAGE, SWAMPED
from tests.chaos.conftest import StartBot
from tests.chaos.test_rest import SENDS, all_finished, between, is_answered_once, metric_is, posts, readiness_is
from tests.discord_standin import DiscordStandin
from tests.discord_standin.limits import MESSAGE_SENDS, VIA, Rate
from tests.discord_standin.rest_faults import (
    Answer,
    Headers,
    Page,
    RateLimited,
    Raw,
    Redirect,
    RestFault,
    Status,
    forbidden,
    no_limits_stated,
    unauthorized,
)
from tests.discord_standin.world import Channel
from tests.wire.process import BotProcess

TOKEN_CHECK = "/oauth2/applications/@me"
UNCONFIRMED = [
    Page(),
    Answer(200, {}),
    Answer(200, []),
    Answer(200, {"id": "none"}),
    Answer(204, None),
    Redirect(302),
    Redirect(307),
]


def incidents(bot: BotProcess) -> list[Any]:
    return [line for line in bot.lines if line.get("incident_id") or line.get("log.level") in ("error", "critical")]


def second_of(discord: DiscordStandin, channel: Channel) -> Channel:
    return next(each for each in discord.world.channels.values() if each is not channel)


@pytest.mark.fault("A7")
async def test_a_global_limit_longer_than_any_answer_may_wait_is_not_ready_until_its_end(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(RateLimited(387.0, scope="global"), method="POST", path=SENDS, times=1)
    async with start_bot() as bot:
        await discord.ready()
        await bot.status_when(lambda shown: shown["phase"] == "ready")
        for _ in range(5):
            await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 5, 5)
        await readiness_is(bot, 503)
        assert "global rate limit" in (await bot.get("/readyz"))[1]
        shown = await bot.status_when(lambda shown: shown["tone"] == "bad")
        assert "until" in shown["texts"]["headline"], shown["texts"]
        assert shown["texts"]["answer"].startswith("Players are not answered.")
        assert (await bot.get("/healthz"))[0] == 200
        sent_count = len(posts(discord))
        await discord.say(second_of(discord, channel), "!roll 2d6")
        await (await discord.slash(channel, "roll", {"dice": "2d6"})).response()
        await all_finished(bot, discord, 7, 5)
        assert len(posts(discord)) == sent_count <= 3, "no more than were under way when the limit was hit"
        async with asyncio.timeout(2):
            assert await bot.stop() == 0
        assert not incidents(bot)


@pytest.mark.fault("A7")
async def test_a_refused_token_that_cannot_be_checked_is_not_ready(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await readiness_is(bot, 200)
        unchecked = discord.faults.rest(Status(503), path=TOKEN_CHECK, times=None)
        discord.faults.rest(unauthorized(), method="POST", path=SENDS, times=1)
        await discord.say(channel, "!roll 2d6")
        await readiness_is(bot, 503)
        assert "refused the token" in (await bot.get("/readyz"))[1]
        await bot.status_when(lambda shown: shown["tone"] == "bad")
        unchecked.times = 0
        await readiness_is(bot, 200)
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))


@pytest.mark.fault("A8")
@pytest.mark.parametrize("fault", UNCONFIRMED, ids=repr)
async def test_a_send_without_a_message_in_its_answer_is_repeated_and_appears_once(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    discord.faults.rest(fault, method="POST", path=SENDS, times=2)
    async with start_bot() as bot:
        await discord.ready()
        message = await discord.say(channel, "!roll 2d6")
        await is_answered_once(discord, message)
        assert len({each.body["nonce"] for each in posts(discord) if isinstance(each.body, dict)}) == 1
        assert len(posts(discord)) == 3
        await metric_is(bot, "nazh_send_retries_total", 2)
        assert not [each for each in discord.requests if "redirected" in each.path], "the token went nowhere else"
        assert not incidents(bot)


@pytest.mark.fault("A8")
async def test_sends_that_never_bring_a_message_are_counted_and_told(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Page(), method="POST", path=SENDS, times=5)
        message = await discord.say(channel, "!roll 2d6")
        assert (await discord.reply_to(message, 30)).content == OUTAGE
        await metric_is(bot, 'discord_commands_total{command="roll",status="error"}', 1)


@pytest.mark.fault("A8")
@pytest.mark.parametrize("fault", [*UNCONFIRMED, Answer(200, {"interaction": {}})], ids=repr)
async def test_an_interaction_without_an_acknowledgement_in_its_answer_is_answered_again(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(fault, method="POST", path="/interactions/*", times=1)
        interaction = await discord.slash(channel, "roll", {"dice": "2d6"})
        assert "# " in (await interaction.response()).text
        await bot.logged("command finished")
        assert not interaction.followups
        assert not incidents(bot)


@pytest.mark.fault("A8")
async def test_a_login_follows_no_redirect(start_bot: StartBot, discord: DiscordStandin, channel: Channel) -> None:
    discord.faults.rest(Redirect(307), path="/users/@me", times=1)
    async with start_bot() as bot:
        await discord.ready(timeout_seconds=40)
        assert not [each for each in discord.requests if "redirected" in each.path]
        await bot.logged(lambda line: "trying again" in str(line.get("message")))
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))


@pytest.mark.fault("A12")
@pytest.mark.parametrize(
    ("path", "stated"),
    [
        *((SENDS, stated) for stated in (b"1e9", b"1e13", b"NaN", b"Infinity", b'"soon"', b"null", b"[]", b"-1")),
        *(("/interactions/*", stated) for stated in (b"NaN", b'"soon"', b"null")),
    ],
    ids=repr,
)
async def test_a_rate_limit_that_nobody_can_mean_neither_hangs_nor_ends_the_bot(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, path: str, stated: bytes
) -> None:
    headers = {"Via": VIA, "X-RateLimit-Scope": "user"}
    fault = Raw(429, b'{"message": "slow down", "global": false, "retry_after": %b}' % stated, headers)
    other = second_of(discord, channel)
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(fault, method="POST", path=path, times=1)
        if path == SENDS:
            await discord.say(channel, "!roll 2d6")
        else:
            await discord.slash(channel, "roll", {"dice": "2d6"})
        await all_finished(bot, discord, 1, 10)
        await is_answered_once(discord, await discord.say(other, "!roll 2d6"))
        if stated not in (b"-1", b"null"):
            await bot.logged(lambda line: "retry_after" in str(line.get("message")))
        assert not incidents(bot)
        async with asyncio.timeout(2):
            assert await bot.stop() == 0


@pytest.mark.fault("A12")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("X-RateLimit-Reset-After", value) for value in ("NaN", "soon")),
        *(("X-RateLimit-Limit", value) for value in ("0", "many")),
        *(("X-RateLimit-Remaining", value) for value in ("-", "9" * 5_000)),
    ],
)
async def test_rate_limit_headers_that_make_no_sense_stop_nobody(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, name: str, value: str
) -> None:
    discord.faults.rest(Headers({name: value}), method="POST", path=SENDS, times=2)
    async with start_bot() as bot:
        await discord.ready()
        for _ in range(3):
            await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        assert not incidents(bot)


@pytest.mark.fault("A12")
async def test_a_channel_whose_limit_is_said_to_last_for_years_is_left_alone_for_a_minute(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    ages = Headers({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1e9"})
    discord.faults.rest(ages, method="POST", path=f"/channels/{channel.id}/messages", times=1)
    async with start_bot() as bot:
        await discord.ready()
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        await bot.logged("capped X-RateLimit-Reset-After at 60 s")
        await is_answered_once(discord, await discord.say(second_of(discord, channel), "!roll 2d6"))
        assert not incidents(bot)


@pytest.mark.fault("A22")
async def test_sends_that_fail_degrade_the_verdict_and_then_readiness_until_one_succeeds(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot(REST_MAX_WAIT="4") as bot:
        await discord.ready()
        await readiness_is(bot, 200)
        discord.faults.rest(Status(500), method="POST", path=SENDS, times=None)
        await discord.say(channel, "!roll 2d6")
        degraded = await bot.status_when(lambda shown: shown["tone"] != "good")
        assert degraded["tone"] == "warn", "one that fails for a moment is no outage yet"
        assert "took no answer" in degraded["verdict"]
        await readiness_is(bot, 503)
        assert (await bot.get("/healthz"))[0] == 200
        await metric_is(bot, 'nazh_fault{component="failing-sends"}', 1)
        discord.faults.clear()
        await is_answered_once(discord, await discord.say(second_of(discord, channel), "!roll 2d6"))
        await readiness_is(bot, 200)


@pytest.mark.fault("A22")
@pytest.mark.parametrize("fault", [forbidden(99_999), Page(403), Raw(403, b"[]")], ids=["unknown", "html", "list"])
async def test_any_refusal_to_speak_mutes_the_channel(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(fault, method="POST", path=f"/channels/{channel.id}/messages", times=None)
        for _ in range(20):
            await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 20, 20)
        assert len(posts(discord, channel)) <= 3
        assert not incidents(bot)
        await metric_is(bot, "nazh_muted_channels", 1)
        await is_answered_once(discord, await discord.say(second_of(discord, channel), "!roll 2d6"))


@pytest.mark.fault("A22")
async def test_behind_another_endpoint_a_limit_that_names_its_bucket_holds_only_that(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    other = second_of(discord, channel)
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(RateLimited(2.0, via=False), method="POST", path=SENDS, times=1)
        message = await discord.say(channel, "!roll 2d6")
        await discord.until(lambda: bool(posts(discord)), what="the request that is limited")
        await is_answered_once(discord, await discord.say(other, "!roll 2d6"))
        await is_answered_once(discord, message)
        limited, answered = posts(discord, channel)
        assert answered.at - limited.at >= 2.0
        assert between(posts(discord, other), limited.at, answered.at), "the other channel did not wait"
        assert not [line for line in bot.lines if "banned" in str(line.get("message"))]


@pytest.mark.fault("A23")
async def test_an_api_that_states_no_limits_is_taken_for_one_without(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(no_limits_stated(), times=None)
    async with start_bot() as bot:
        await discord.ready()
        messages = [await discord.say(channel, "!roll 2d6") for _ in range(30)]
        for message in messages:
            await is_answered_once(discord, message)
        await metric_is(bot, "nazh_commands_shed_total", 0)


@pytest.mark.fault("A23")
async def test_a_refusal_that_got_lost_is_said_to_the_next_one(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.limits.rates[MESSAGE_SENDS] = Rate(1, 3.0)
    async with start_bot(REST_MAX_WAIT="2") as bot:
        await discord.ready()
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        lost = discord.faults.rest(
            Status(400, 50035), method="POST", path=SENDS, when=lambda call: call.body.get("content") == SWAMPED
        )
        unheard = await discord.say(channel, "!roll 2d6")
        await all_finished(bot, discord, 2, 10)
        assert lost.hit_count == 1
        assert not discord.replies_to(unheard)
        discord.limits.rates[MESSAGE_SENDS] = Rate(1, 6.0)
        await is_answered_once(discord, await discord.say(channel, "!roll 2d6"))
        told = await discord.say(channel, "!roll 2d6")
        assert (await discord.reply_to(told, 15)).content == SWAMPED
