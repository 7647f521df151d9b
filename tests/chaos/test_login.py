"""Rows A3, A4, A5, A18 and A19: what can go wrong between the first request and the first command."""

import asyncio
import json
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.chaos.test_process import INJECT, ends_within_two_seconds, waiting
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import Close
from tests.discord_standin.limits import VIA
from tests.discord_standin.rest_faults import Page, Raw, RestFault, Slow, Status, Trickle, forbidden
from tests.discord_standin.world import Channel
from tests.wire.process import PATIENCE_SECONDS

COMMANDS = "/applications/*/commands"
SOON: Mapping[str, str] = {"BACKOFF_BASE_SECONDS": "0.2", "BACKOFF_CAP_SECONDS": "0.4"}


def limited(body: bytes, retry_after: str = "0.1") -> Raw:
    """A 429 of the API, with a body of our choice."""
    return Raw(429, body, headers={"Via": VIA, "Retry-After": retry_after})


@pytest.mark.fault("A3")
@pytest.mark.parametrize(
    "fault",
    [
        Status(400, 30034, "Max number of daily application command creates has been reached (200)"),
        forbidden(50001),
        Status(503),
        limited(b'{"message": "You are being rate limited.", "retry_after": 3600.0, "global": false}', "3600"),
        Raw(200, b"[]"),
        Slow(600),
    ],
    ids=["400-30034", "403", "503", "429", "nothing-published", "hangs"],
)
async def test_rolls_are_answered_while_slash_commands_cannot_be_published(
    start_bot: StartBot, discord: DiscordStandin, table: Table, fault: RestFault
) -> None:
    discord.faults.rest(fault, method="PUT", path=COMMANDS, times=None)
    async with start_bot(**SOON, REST_TIMEOUT_SECONDS="1") as bot:
        await discord.ready()
        await table.is_served()
        await bot.shows("/readyz", "slash commands are not published", 200)
        line = await bot.logged("slash commands are not published")
        assert line["log.level"] == "warning"
        assert line["wait_seconds"] >= 0
        assert await bot.stop() == 0


@pytest.mark.fault("A3")
async def test_publishing_is_tried_again_until_it_succeeds(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(Status(400, 30034, "Max number reached"), method="PUT", path=COMMANDS, times=3)
    async with start_bot(**SOON) as bot:
        await discord.ready()
        await bot.logged("slash commands are not published")
        await bot.logged("slash commands published")
        assert discord.world.commands[None]
        await bot.status_when(lambda shown: shown["verdict"].startswith("Operational"))
        assert len(discord.connections) == 1, "publishing costs no connection"
        await (await discord.slash(channel, "roll", {"dice": "2d6"})).response()


WRONG_SHAPES: Mapping[str, RestFault] = {
    "html": Page(200),
    "object": Raw(200, b"{}"),
    "array": Raw(200, b"[]"),
    "null": Raw(200, b"null"),
    "number": Raw(200, b"7"),
    "other-types": Raw(200, b'{"id": {}, "username": [], "bot": 3}'),
    "error-of-numbers": Raw(400, b'{"code": "x", "message": 5}'),
    "429-without-retry-after": limited(b'{"message": "slow down"}'),
    "429-textual": limited(b'{"retry_after": "soon"}'),
    "429-list": limited(b"[]"),
    "429-infinite": limited(b'{"retry_after": Infinity}'),
    "429-header-infinite": Raw(429, b"<html>", {"Content-Type": "text/html", "Retry-After": "Infinity"}),
}


@pytest.mark.fault("A4")
@pytest.mark.parametrize("path", ["/users/@me", "/oauth2/applications/@me", "/gateway/bot"])
@pytest.mark.parametrize("shape", ["html", "array", "429-without-retry-after"])
async def test_an_answer_of_the_wrong_shape_is_waited_out(
    start_bot: StartBot, discord: DiscordStandin, table: Table, path: str, shape: str
) -> None:
    discord.faults.rest(WRONG_SHAPES[shape], path=path, times=2)
    async with start_bot(**SOON) as bot:
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        assert await bot.stop() == 0


@pytest.mark.fault("A4")
@pytest.mark.parametrize("shape", sorted(WRONG_SHAPES))
async def test_the_backoff_grows_and_outlives_a_restart_whatever_the_answer_looks_like(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path, shape: str
) -> None:
    discord.faults.rest(WRONG_SHAPES[shape], path="/users/@me", times=None)
    async with start_bot(**SOON) as bot:
        # A 429 is repeated by discord.py, five times before the attempt counts as failed.
        wanted = 1 if "429" in shape else 3
        line = await bot.logged(lambda line: line.get("attempt") == wanted)
        assert line["wait_seconds"] <= 86_400 + 1
        assert (await bot.get("/healthz"))[0] == 200
        kept = json.loads((tmp_path / "data" / "shard-0.backoff.json").read_text())
        assert kept["attempts"] >= wanted
        await ends_within_two_seconds(bot)


@pytest.mark.fault("A5")
@pytest.mark.parametrize("slow", ["DISCORD_API_URL", "DISCORD_GATEWAY_URL"])
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_while_a_name_is_slow_to_resolve(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path, slow: str, signum: signal.Signals
) -> None:
    address = discord.api_url if slow == "DISCORD_API_URL" else discord.gateway_url
    resolver = tmp_path / "resolver"
    resolver.touch()
    settings = {"PYTHONPATH": INJECT, "INJECT_DNS_FILE": str(resolver), "INJECT_DNS_SECONDS": "30"}
    async with start_bot(**settings, **{slow: address.replace("127.0.0.1", "discord.slow.standin")}) as bot:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not Path(f"{resolver}.asked").exists():  # noqa: ASYNC110, ASYNC240 - it is another process that asks
                await asyncio.sleep(0.02)
        await ends_within_two_seconds(bot, signum)


@pytest.mark.fault("A18")
@pytest.mark.parametrize("fault", [Slow(600), Trickle()], ids=["silent", "byte-by-byte"])
@pytest.mark.parametrize("path", ["/users/@me", "/oauth2/applications/@me", "/gateway/bot"])
async def test_a_request_without_an_answer_is_given_up_by_name(
    start_bot: StartBot, discord: DiscordStandin, table: Table, path: str, fault: RestFault
) -> None:
    discord.faults.rest(fault, path=path, times=1)
    async with start_bot(**SOON, REST_TIMEOUT_SECONDS="1") as bot:
        line = await bot.logged(lambda line: "no answer within 1 s" in str(line.get("message")))
        assert f"GET {path}" in line["message"]
        await discord.ready(timeout_seconds=40)
        await table.is_served()


@pytest.mark.fault("A19")
async def test_a_refusal_names_request_status_code_and_message(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    message = "Max number of daily\napplication command creates has been reached (200)"
    discord.faults.rest(Status(400, 30034, message), method="PUT", path=COMMANDS, times=None)
    discord.faults.rest(Status(404, 10013, "Unknown User"), path="/users/@me", times=1)
    async with start_bot(**SOON) as bot:
        login = (await bot.logged(waiting))["message"]
        assert login.startswith("Discord refused GET /users/@me: 404 (10013) Unknown User; trying again in")
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        refusal = (
            "slash commands are not published: Discord refused PUT /applications/{id}/commands: 400 (30034) "
            "Max number of daily application command creates"
        )
        await bot.logged(refusal)
        await bot.shows("/readyz", refusal, 200)


@pytest.mark.fault("A19")
@pytest.mark.parametrize(
    "fault",
    [
        Status(401, 0, "401: Unauthorized"),
        Status(400, 40001, "Unauthorized. Provide a valid token and try again"),
        Status(403, 40001, "Unauthorized"),
        Status(400, 0, "Malformed Authorization header"),
        Status(400, 400, "JsonWebTokenError: jwt malformed"),
    ],
    ids=["401", "400-40001", "403-40001", "malformed-header", "malformed-token"],
)
@pytest.mark.parametrize("path", ["/users/@me", "/oauth2/applications/@me"])
async def test_a_token_that_is_refused_in_any_form_needs_a_person(
    start_bot: StartBot, discord: DiscordStandin, fault: Status, path: str
) -> None:
    discord.faults.rest(fault, path=path, times=None)
    async with start_bot() as bot:
        assert await bot.ended() == 78
        assert f"Discord does not accept DISCORD_TOKEN ({fault.status}" in (await bot.logged("giving up"))["message"]
        assert len(discord.requests) <= 2


@pytest.mark.fault("A19")
async def test_a_token_that_is_refused_while_publishing_needs_a_person(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    refused = Status(400, 40001, "Unauthorized. Provide a valid token and try again")
    discord.faults.rest(refused, method="PUT", path=COMMANDS, times=None)
    discord.faults.rest(refused, path="/oauth2/applications/@me", times=None, skip=1)
    async with start_bot(**SOON) as bot:
        assert await bot.ended() == 78
        assert "DISCORD_TOKEN (400, code 40001)" in (await bot.logged("giving up"))["message"]


@pytest.mark.fault("A19")
async def test_a_token_that_is_refused_in_another_form_while_running_needs_a_person(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        discord.faults.rest(Status(400, 40001, "Unauthorized. Provide a valid token and try again"), times=None)
        await table.roll()
        assert await bot.ended() == 78
        assert "DISCORD_TOKEN (400, code 40001)" in (await bot.logged("giving up"))["message"]


@pytest.mark.fault("A19")
async def test_a_close_4004_after_a_good_login_needs_a_person(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.gateway(Close(4004, at="identify"), times=None)
    async with start_bot() as bot:
        assert await bot.ended() == 78
        assert "4004" in (await bot.logged("giving up"))["message"]
