"""The stand-in in a process and in a thread of its own."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from .conftest import EchoBot, running
from .control import control_routes
from .gateway_faults import Close
from .in_thread import standin_in_thread
from .pointing import pointed_at
from .standin import DiscordStandin

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def levered() -> AsyncIterator[DiscordStandin]:
    """A stand-in with its levers, and an echo bot connected to it."""
    discord = DiscordStandin()
    discord.world.add_guild()
    await discord.start(control_routes(discord))
    with pointed_at(discord):
        async with running(EchoBot(), discord):
            await discord.ready()
            yield discord
    await discord.stop()


@pytest.fixture
async def control(levered: DiscordStandin) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(levered.api_url.removesuffix("/api/v10")) as client:
        yield client


async def test_a_person_can_speak_and_read_over_http(levered: DiscordStandin, control: aiohttp.ClientSession) -> None:
    async with control.post("/control/say", json={"content": "!echo by hand", "author": "owner"}) as answer:
        assert (await answer.json())["author"]["username"] == "owner"
    await levered.until(lambda: len(list(levered.world.messages())) == 2)
    async with control.get("/control/messages") as answer:
        assert [message["content"] for message in await answer.json()] == ["!echo by hand", "by hand"]
    slash = {"name": "echo", "options": {"text": "hi"}, "channel": "general"}
    async with control.post("/control/slash", json=slash) as answer:
        assert (await answer.json())["content"] == "hi"
    async with control.get("/control/requests") as answer:
        assert [request["status"] for request in await answer.json()] == [200] * len(levered.requests)


async def test_a_person_can_break_and_heal_over_http(levered: DiscordStandin, control: aiohttp.ClientSession) -> None:
    async with control.post("/control/fault", json={"kind": "Close", "code": 4000, "now": True}) as answer:
        assert (await answer.json())["struck"] == 1
    await levered.until(lambda: len(levered.journal.resumes()) == 1)
    fault = {"kind": "Status", "status": 503, "path": "/channels/*", "times": None}
    async with control.post("/control/fault", json=fault) as answer:
        assert answer.status == 200
    async with control.post("/control/fault", json={"kind": "Refuse", "connection": 9}) as answer:
        assert answer.status == 200
    assert (len(levered.faults.rest_rules), len(levered.faults.gateway_rules)) == (1, 1)
    async with control.post("/control/heal") as answer:
        assert (levered.faults.rest_rules, levered.faults.gateway_rules) == ([], [])
    async with control.get("/control/connections") as answer:
        assert [connection["open"] for connection in await answer.json()] == [False, True]
    async with control.post("/control/fault", json={"kind": "Nonsense"}) as answer:
        assert answer.status == 400


async def test_it_runs_as_a_program_until_told_to_stop() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.discord_standin", "--guilds", "2", "--channels", "3", "--limits"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(4)]
    environ = dict(line.split("=", 1) for line in lines)
    assert set(environ) == {"DISCORD_API_URL", "DISCORD_GATEWAY_URL", "DISCORD_TOKEN", "CONTROL_URL"}
    async with aiohttp.ClientSession() as client:
        headers = {"Authorization": f"Bot {environ['DISCORD_TOKEN']}"}
        async with client.get(f"{environ['DISCORD_API_URL']}/gateway/bot", headers=headers) as answer:
            assert (await answer.json())["url"] == environ["DISCORD_GATEWAY_URL"]
        async with client.post(
            f"{environ['CONTROL_URL']}/say", json={"content": "x", "channel": "channel-3"}
        ) as answer:
            assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0


def test_it_lives_in_a_thread_for_those_without_a_loop() -> None:
    discord = DiscordStandin()
    guild = discord.world.add_guild()
    with standin_in_thread(discord) as remote:
        message = remote.do(discord.say(guild.channel("general"), "anyone?"))
        assert remote.call(lambda: discord.disturb(Close(4000))) == 0
        assert discord.replies_to(message) == []
        with pytest.raises(TimeoutError, match="anyone"):
            remote.do(discord.reply_to(message, timeout_seconds=0.01))


async def test_a_wait_in_vain_tells_what_was_seen(levered: DiscordStandin) -> None:
    with pytest.raises(
        TimeoutError, match=r"waited in vain for a miracle in 0\.01 s; seen was\n  GET /users/@me -> 200"
    ):
        await levered.until(lambda: False, 0.01, "a miracle")


async def test_what_was_counted_can_be_forgotten(levered: DiscordStandin) -> None:
    channel = next(iter(levered.world.channels.values()))
    await levered.reply_to(await levered.say(channel, "!echo x"))
    levered.forget()
    assert (levered.requests, list(levered.world.messages()), levered.interactions) == ([], [], [])
    await levered.reply_to(await levered.say(channel, "!echo y"))
