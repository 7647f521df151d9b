"""The sidecar of the running process, attacked by whoever can reach its port.

During each attack `/healthz` answers within a second, players are answered, memory and descriptors stay bounded,
the log does not grow with the attack, and SIGTERM ends the process within two seconds.
"""

import asyncio
import re
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin
from tests.web.attacks.watch import MEBIBYTE, Watch, attacked, watched
from tests.wire.conftest import StartBot
from tests.wire.process import BotProcess

# Memory and time are measured: in the very process that an operator starts.
pytestmark = pytest.mark.executed

TOKEN = "correct-horse-battery"
SECONDS = 1.5
MEMORY_BYTES = 30 * MEBIBYTE
SIDECAR_CONNECTIONS = 100
LINES_AT_MOST = 5
WITH_256_DESCRIPTORS = (
    sys.executable,
    "-c",
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256));"
    "os.execv(sys.argv[1], sys.argv[1:])",
)

Meanwhile = Callable[[BotProcess], Awaitable[None]]


async def nothing(_: BotProcess) -> None:
    """What happens during most attacks."""


async def withstands(bot: BotProcess, table: Table, attack: str, meanwhile: Meanwhile = nothing) -> Watch:
    """Attack a running bot, let players ask meanwhile, and stop it before the attack ends."""
    await bot.get("/")
    lines = len(bot.lines)
    async with attacked(bot, attack):
        async with watched(bot) as watch:
            for _ in range(4):
                await table.roll()
            await meanwhile(bot)
            await asyncio.sleep(SECONDS)
            await table.all_are_served()
        begun = asyncio.get_running_loop().time()
        assert await bot.stop() == 0
        assert asyncio.get_running_loop().time() - begun < 2.0
    assert max(watch.healthz_seconds) < 1.0
    assert watch.memory_bytes < MEMORY_BYTES
    told = [line for line in bot.lines[lines:] if line["log.logger"].startswith(("modules.web", "waitress"))]
    assert len(told) <= LINES_AT_MOST, told
    assert not [line for line in told if line["log.level"] in ("error", "critical")]
    assert not bot.errors
    return watch


@pytest.fixture
async def bot(start_bot: StartBot, discord: DiscordStandin) -> AsyncIterator[BotProcess]:
    async with start_bot(DASHBOARD_TOKEN=TOKEN) as bot:
        await discord.ready()
        yield bot


@pytest.mark.fault("A1", "A2")
@pytest.mark.parametrize("client", ["reading", "closing", "stalling"])
async def test_80_000_pipelined_requests(bot: BotProcess, table: Table, client: str) -> None:
    await withstands(bot, table, f"pipelining_and_{client}")


@pytest.mark.fault("A2")
@pytest.mark.parametrize(
    "attack",
    ["slow_headers", "slow_bodies", "blank_lines", "chunk_garbage", "half_open", "keep_alive", "big_cookies"],
)
async def test_other_ways_to_keep_it_busy(bot: BotProcess, table: Table, attack: str) -> None:
    watch = await withstands(bot, table, attack)
    assert watch.descriptors < SIDECAR_CONNECTIONS + 50


@pytest.mark.fault("A9")
async def test_600_idle_sockets_and_256_descriptors(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    async with start_bot(wrapper=WITH_256_DESCRIPTORS) as bot:
        await discord.ready()
        watch = await withstands(bot, table, "idle")
        assert watch.descriptors < 256 - 160, "what is left is for Discord"


@pytest.mark.fault("A9")
async def test_the_limit_of_descriptors_is_raised_and_told(start_bot: StartBot, discord: DiscordStandin) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = (sys.executable, "-c", WITH_256_DESCRIPTORS[2].replace("(256, 256)", f"(256, {hard})"))
    async with start_bot(wrapper=low) as bot:
        await discord.ready()
        told = next(line for line in bot.lines if "starting" in line["message"])
        assert told["descriptors"] == {"limit": hard, "discord": 256, "sidecar": SIDECAR_CONNECTIONS}
        assert re.search(rf"^process_max_fds {float(hard)}", (await bot.get("/metrics"))[1], re.MULTILINE)


@pytest.mark.fault("A16")
async def test_a_flood_of_wrong_tokens_does_not_lock_the_operator_out(bot: BotProcess, table: Table) -> None:
    async def operator(bot: BotProcess) -> None:
        base = f"http://127.0.0.1:{await bot.port()}"
        async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.post("/login", data={"token": TOKEN}, allow_redirects=False) as answer:
                assert answer.status == 303
            assert "settings" in await rows(session)
            cookies = [(cookie.key, cookie.value) for cookie in session.cookie_jar]
            async with session.post("/logout", allow_redirects=False) as answer:
                assert answer.status == 303
        async with aiohttp.ClientSession(base, cookies=cookies) as session:
            assert "settings" not in await rows(session), "the copy of a cookie outlives signing out"

    await withstands(bot, table, "wrong_tokens", meanwhile=operator)


async def rows(session: aiohttp.ClientSession) -> list[str]:
    async with session.get("/api/status") as answer:
        return list((await answer.json())["rows"])


@pytest.mark.fault("A16")
async def test_malformed_requests_are_refused_without_a_line_in_the_log(bot: BotProcess, table: Table) -> None:
    await withstands(bot, table, "malformed_headers")
