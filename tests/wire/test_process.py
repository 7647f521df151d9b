"""The whole process over real sockets: what a player, an operator and a platform see of it."""

import asyncio
import json
import re
import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from modules import __version__
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import Refuse
from tests.discord_standin.rest_faults import CloudflareBan, Slow, Status
from tests.discord_standin.world import Channel
from tests.wire.conftest import StartBot
from tests.wire.process import TOKEN

pytestmark = [pytest.mark.wire, pytest.mark.executed]


async def test_a_roll_is_answered_over_the_wire_and_sigterm_ends_it_cleanly(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, tmp_path: Path
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        message = await discord.say(channel, "!roll 2d6+3")
        reply = await discord.reply_to(message)
        total = re.search(r"^# (\d+)", reply.text)
        assert total is not None, reply.text
        assert 5 <= int(total[1]) <= 15

        assert discord.replies_to(message) == [reply]

        interaction = await discord.slash(channel, "roll", {"dice": "1d1+41"})
        assert "# 42\n" in (await interaction.response()).text

        await bot.logged(lambda line: line.get("correlation_id") == str(interaction.id))
        finished = [line for line in bot.lines if line["message"] == "command finished"]
        assert [(line["command"], line["status"], line["correlation_id"], line["shard_id"]) for line in finished] == [
            ("roll", "ok", str(message.id), 0),
            ("roll", "ok", str(interaction.id), 0),
        ]

        assert await bot.stop() == 0
        assert discord.connections[-1].close_code == 1000
        assert TOKEN not in bot.story()
        lines = [json.loads(line) for line in (tmp_path / "logs").glob("*.log").__next__().read_text().splitlines()]
        assert {line["message"] for line in lines} >= {"command finished", "stopping"}
        assert (lines[-1]["message"], lines[-1]["exit_code"]) == ("stopped", 0)


async def test_the_sidecar_shows_the_bot_at_work(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await discord.reply_to(await discord.say(channel, "!roll 2d6"))
        await bot.logged("command finished")
        status = await bot.status_when(lambda shown: shown["phase"] == "ready" and shown["guild_count"] == 1)
        assert status["version"] == __version__
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 200
        assert 'discord_commands_total{command="roll",status="ok"} 1.0' in (await bot.get("/metrics"))[1]
        page = (await bot.get("/"))[1]
        guild = next(iter(discord.world.guilds.values()))
        assert guild.name not in page
        assert str(guild.id) not in page


async def settings_shown_to_the_operator(url: str, token: str) -> dict[str, str]:
    """The panel of settings, after signing in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, cookie_jar=jar) as session:
        async with session.post("/login", data={"token": token}) as answer:
            assert answer.status == 200
        async with session.get("/api/status") as answer:
            text = await answer.text()
    assert TOKEN not in text
    return {row["name"]: row["value"] for row in json.loads(text)["rows"]["settings"]}


async def test_tokens_of_the_sidecar_guard_it_and_stay_out_of_the_log(start_bot: StartBot) -> None:
    async with start_bot(METRICS_TOKEN="scrape-me-please", DASHBOARD_TOKEN="open-sesame-open-sesame") as bot:
        assert (await bot.get("/metrics"))[0] == 401
        assert (await bot.get("/"))[0] == 200
        settings = await settings_shown_to_the_operator(
            f"http://127.0.0.1:{await bot.port()}", "open-sesame-open-sesame"
        )
        assert settings["METRICS_TOKEN"] == settings["DISCORD_TOKEN"] != "scrape-me-please"
        assert settings["REST_RATE"] == "45.0"
        assert await bot.stop() == 0
        assert "scrape-me" not in bot.story()
        assert "sesame" not in bot.story()


async def test_it_visits_the_address_that_keeps_the_platform_awake(start_bot: StartBot) -> None:
    visits: asyncio.Queue[bytes] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.put_nowait(await reader.readline())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as platform:
        address = f"http://127.0.0.1:{platform.sockets[0].getsockname()[1]}/awake"
        async with start_bot(KEEPALIVE="true", KEEPALIVE_URL=address, KEEPALIVE_SECONDS="1") as bot:
            assert await asyncio.wait_for(visits.get(), 20) == b"GET /awake HTTP/1.1\r\n"
            assert await bot.stop() == 0


async def test_a_command_under_way_is_finished_before_the_end(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Slow(1.0), method="POST", path="/channels/*/messages", times=1)
        message = await discord.say(channel, "!roll 2d6+3")
        await discord.until(lambda: bool(discord.journal.requests_to("POST", "/channels/*/messages")), what="the post")
        assert await bot.stop() == 0
        assert "# " in (await discord.reply_to(message)).text
        assert len(discord.replies_to(message)) == 1


async def test_a_second_signal_ends_it_at_once(start_bot: StartBot, discord: DiscordStandin, channel: Channel) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Slow(600), method="POST", path="/channels/*/messages", times=1)
        await discord.say(channel, "!roll 2d6+3")
        await discord.until(lambda: bool(discord.journal.requests_to("POST", "/channels/*/messages")), what="the post")
        bot.process.send_signal(signal.SIGTERM)
        await bot.logged("stopping")
        assert await bot.stop() == 128 + signal.SIGTERM


async def test_a_refused_token_ends_it_with_78_after_one_try(start_bot: StartBot, discord: DiscordStandin) -> None:
    async with start_bot(DISCORD_TOKEN=TOKEN[:-1] + "x") as bot:
        assert await bot.ended() == 78
        assert (await bot.logged("giving up"))["message"].count("DISCORD_TOKEN") == 1
        assert len(discord.requests) == 1
        assert not discord.connections


async def test_a_missing_message_content_intent_ends_it_before_the_gateway(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    discord.settings.application_flags = 0
    async with start_bot() as bot:
        assert await bot.ended() == 78
        assert "Message Content" in (await bot.logged("giving up"))["message"]
        assert not discord.connections


@pytest.mark.parametrize("fault", [Status(503), Status(502)], ids=["503", "502"])
async def test_an_outage_at_login_is_waited_out(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: Status
) -> None:
    discord.faults.rest(fault, path="/users/@me", times=1)
    async with start_bot() as bot:
        await discord.ready(timeout_seconds=60)
        assert await discord.reply_to(await discord.say(channel, "!roll d6"))
        assert await bot.stop() == 0


async def test_a_gateway_that_refuses_the_first_connect_is_tried_again(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.gateway(Refuse(), connection=1)
    async with start_bot() as bot:
        await bot.logged("the gateway answered HTTP 503; reconnecting")
        await discord.ready(timeout_seconds=20)
        assert await discord.reply_to(await discord.say(channel, "!roll d6"))
        assert await bot.stop() == 0


async def test_a_ban_at_the_edge_keeps_it_up_waiting_and_easy_to_stop(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=3600), times=None)
    async with start_bot() as bot:
        waiting = await bot.logged(lambda line: "trying again" in str(line.get("message")))
        assert waiting["wait_seconds"] >= 3600
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.get("/readyz"))[0] == 503
        assert len(discord.requests) == 1
        assert await bot.stop() == 0


async def test_a_taken_port_is_one_clear_line_before_any_login(start_bot: StartBot, discord: DiscordStandin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with start_bot(PORT=str(port)) as bot:
            assert await bot.ended() == 78
            assert str(port) in (await bot.logged("cannot listen"))["message"]
    assert not discord.requests
