"""Every REST fault, as discord.py 2.7 sees it."""

import asyncio
import json

import aiohttp
import discord as dpy
import pytest

from .conftest import EchoBot
from .rest_faults import (
    Answer,
    BrokenJson,
    CloudflareBan,
    RateLimited,
    Reset,
    RestFault,
    Slow,
    Status,
    Truncated,
    forbidden,
    unauthorized,
)
from .standin import DiscordStandin
from .test_messages import target
from .world import Channel

SENDS = "/channels/*/messages"


class Waits:
    """discord.py's waits between tries: noted, and as long as the test wants them to be."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.over = asyncio.Event()
        self.over.set()
        self.begun = asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Stands in for `asyncio.sleep` in `discord.http`."""
        self.seconds += [seconds] if seconds else []
        self.begun.set()
        await self.over.wait()
        await asyncio.sleep(0)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits()
    monkeypatch.setattr(dpy.http, "asyncio", waits)
    return waits


def statuses(discord: DiscordStandin) -> list[int | None]:
    return [request.status for request in discord.journal.requests_to("POST", SENDS)]


@pytest.mark.parametrize("times", [1, 3])
async def test_a_429_is_waited_out(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, waits: Waits, times: int
) -> None:
    discord.faults.rest(RateLimited(0.25), method="POST", path=SENDS, times=times)
    await target(bot, channel).send("through")
    assert statuses(discord) == [429] * times + [200]
    assert waits.seconds.count(0.25) == times
    assert [request.scope for request in discord.requests if request.status == 429] == ["user"] * times


async def test_five_429s_are_given_up(discord: DiscordStandin, bot: EchoBot, channel: Channel, waits: Waits) -> None:
    rule = discord.faults.rest(RateLimited(0.25), method="POST", path=SENDS, times=None)
    with pytest.raises(dpy.HTTPException) as error:
        await target(bot, channel).send("never")
    assert (error.value.status, rule.hit_count) == (429, 5)
    assert waits.seconds.count(0.25) == 5
    assert not channel.messages


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_429_carries_the_headers_of_its_scope(discord: DiscordStandin, scope: str) -> None:
    discord.faults.rest(RateLimited(1.5, scope=scope))  # type: ignore[arg-type] # one of the three, by parametrize
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as client, client.get(f"{discord.api_url}/users/@me") as answer:
        body = await answer.json()
    assert (answer.status, answer.headers["Via"], answer.headers["Retry-After"]) == (429, "1.1 google", "2")
    assert answer.headers["X-RateLimit-Scope"] == scope
    assert (body["retry_after"], body["global"]) == (1.5, scope == "global")
    assert ("X-RateLimit-Global" in answer.headers) == (scope == "global")
    assert ("X-RateLimit-Bucket" in answer.headers) == (scope != "global")
    if scope != "global":
        assert (answer.headers["X-RateLimit-Remaining"], answer.headers["X-RateLimit-Reset-After"]) == ("0", "1.500")


async def test_a_global_429_holds_back_all_but_interactions(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, waits: Waits
) -> None:
    discord.faults.rest(RateLimited(2.0, scope="global"), method="POST", path=SENDS)
    waits.over.clear()
    waits.begun.clear()
    sending = asyncio.create_task(target(bot, channel).send("first"))
    await waits.begun.wait()
    fetching = asyncio.create_task(bot.fetch_channel(channel.id))
    await (await discord.slash(channel, "echo", {"text": "passes"})).response()
    assert not discord.journal.requests_to("GET", "/channels/*")
    waits.over.set()
    await asyncio.gather(sending, fetching)
    assert waits.seconds == [2.0]
    assert discord.journal.requests_to("GET", "/channels/*")


@pytest.mark.parametrize(
    "fault",
    [RateLimited(0.1, via=False), CloudflareBan(), CloudflareBan(3600)],
    ids=["json without Via", "html", "html with Retry-After"],
)
async def test_a_429_by_cloudflare_is_not_retried(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, fault: RestFault
) -> None:
    discord.faults.rest(fault, method="POST", path=SENDS)
    with pytest.raises(dpy.HTTPException) as error:
        await target(bot, channel).send("never")
    assert error.value.status == 429
    assert statuses(discord) == [429]
    if isinstance(fault, CloudflareBan):
        wanted = None if fault.retry_after_seconds is None else str(fault.retry_after_seconds)
        assert error.value.response.headers.get("Retry-After") == wanted
        assert "1015" in error.value.text


async def test_cloudflare_can_stand_in_the_way_of_login(discord: DiscordStandin) -> None:
    discord.faults.rest(CloudflareBan(3600), times=None)
    bot = EchoBot()
    with pytest.raises(dpy.HTTPException) as error:
        await bot.login(discord.token)
    assert (error.value.status, error.value.response.headers["Retry-After"]) == (429, "3600")
    await bot.close()


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_some_5xx_are_retried(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, waits: Waits, status: int
) -> None:
    discord.faults.rest(Status(status), method="POST", path=SENDS, times=2)
    await target(bot, channel).send("through")
    assert statuses(discord) == [status, status, 200]
    assert waits.seconds == [1, 3]
    assert len(channel.messages) == 1


@pytest.mark.parametrize("status", [503, 520])
async def test_others_are_not(discord: DiscordStandin, bot: EchoBot, channel: Channel, status: int) -> None:
    discord.faults.rest(Status(status), method="POST", path=SENDS)
    with pytest.raises(dpy.DiscordServerError):
        await target(bot, channel).send("never")
    assert statuses(discord) == [status]


@pytest.mark.usefixtures("waits")
async def test_a_5xx_after_the_effect_makes_a_duplicate_without_a_nonce(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    discord.faults.rest(Status(502, after_effect=True), method="POST", path=SENDS)
    await bot.http.send_message(channel.id, params=dpy.http.handle_message_parameters("no nonce"))
    assert [message.content for message in channel.messages.values()] == ["no nonce"] * 2


@pytest.mark.usefixtures("waits")
async def test_discord_py_s_own_retries_carry_a_nonce(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    discord.faults.rest(Status(502, after_effect=True), method="POST", path=SENDS)
    await target(bot, channel).send("once")
    assert statuses(discord) == [502, 200]
    assert len(channel.messages) == 1


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_reset_is_not_retried_on_linux(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, after_effect: bool
) -> None:
    discord.faults.rest(Reset(after_effect), method="POST", path=SENDS)
    with pytest.raises(OSError) as error:
        await target(bot, channel).send("lost")
    assert error.value.errno == 104
    assert statuses(discord) == [0]
    assert len(channel.messages) == int(after_effect)


async def test_half_an_answer_raises_and_the_message_is_there(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    discord.faults.rest(Truncated(), method="POST", path=SENDS)
    with pytest.raises(aiohttp.ClientPayloadError):
        await target(bot, channel).send("there")
    assert len(channel.messages) == 1


@pytest.mark.parametrize("after_effect", [False, True])
async def test_broken_json_raises(discord: DiscordStandin, bot: EchoBot, channel: Channel, after_effect: bool) -> None:
    discord.faults.rest(BrokenJson(after_effect), method="POST", path=SENDS)
    with pytest.raises(json.JSONDecodeError):
        await target(bot, channel).send("there?")
    assert len(channel.messages) == int(after_effect)
    await target(bot, channel).send("the next one goes")


async def test_401_while_running_is_raised_for_every_request(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    discord.faults.rest(unauthorized(), times=None)
    for attempt in (target(bot, channel).send("x"), bot.fetch_channel(channel.id)):
        with pytest.raises(dpy.HTTPException) as error:
            await attempt
        assert error.value.status == 401


async def test_403_in_one_channel_spares_the_others(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    assert channel.guild is not None
    open_channel = discord.world.add_channel(channel.guild, "open")
    discord.faults.rest(forbidden(), path=f"/channels/{channel.id}/*", times=None)
    with pytest.raises(dpy.Forbidden) as error:
        await target(bot, channel).send("x")
    assert error.value.code == 50013
    message = await discord.say(open_channel, "!echo here I may")
    assert (await discord.reply_to(message)).content == "here I may"


async def test_one_channel_can_be_slow(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    assert channel.guild is not None
    other = discord.world.add_channel(channel.guild, "other")
    discord.faults.rest(Slow(60.0), path=f"/channels/{channel.id}/*", times=None)
    slow = asyncio.create_task(target(bot, channel).send("late"))
    message = await discord.say(other, "!echo at once")
    await discord.reply_to(message)
    assert not slow.done()
    assert discord.journal.requests_to("POST", f"/channels/{channel.id}/messages")[0].status is None
    slow.cancel()


async def test_faults_add_up_skip_and_choose(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    slow = discord.faults.rest(Slow(0.01), path=SENDS, times=None)
    discord.faults.rest(
        Answer(418, {"code": 1, "message": "teapot"}),
        path=SENDS,
        skip=1,
        times=None,
        when=lambda call: call.body["content"] != "spare me",
    )
    await target(bot, channel).send("first is skipped")
    with pytest.raises(dpy.HTTPException, match="teapot"):
        await target(bot, channel).send("second")
    await target(bot, channel).send("spare me")
    assert slow.hit_count == 3
    assert [request.faults for request in discord.journal.requests_to("POST", SENDS)] == [
        ("Slow",),
        ("Slow", "Answer"),
        ("Slow",),
    ]


async def test_faults_of_one_kind_of_request_wait_for_their_turn(
    discord: DiscordStandin, bot: EchoBot, channel: Channel, waits: Waits
) -> None:
    for fault in (RateLimited(1.0), Status(502), Slow(0.0), RateLimited(2.0)):
        discord.faults.rest(fault, method="POST", path=SENDS)
    await target(bot, channel).send("x")
    assert statuses(discord) == [429, 502, 429, 200]
    assert [wait for wait in waits.seconds if wait in (1.0, 2.0)] == [1.0, 2.0]


async def test_the_api_can_be_down(discord: DiscordStandin) -> None:
    bot = EchoBot()
    await discord.api_down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await bot.login(discord.token)
    await bot.close()
    await discord.api_up()
    bot = EchoBot()
    await bot.login(discord.token)
    await bot.close()
