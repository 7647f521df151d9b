"""Every metric is fed by the running bot: each is seen to move when what it tells of really happens."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from operator import eq, ge, gt
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from modules import __version__
from modules.telemetry.metrics import Metrics
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import Close, Event
from tests.discord_standin.rest_faults import Answer, CloudflareBan, RateLimited, RestFault, Status, forbidden
from tests.discord_standin.world import Channel
from tests.telemetry.fakes import Bench
from tests.tools import promtool
from tests.wire.conftest import StartBot
from tests.wire.process import PATIENCE_SECONDS, BotProcess, bot_process

if TYPE_CHECKING:
    from prometheus_client.samples import Sample

pytestmark = pytest.mark.wire

SENDS = "/channels/*/messages"
CALLBACKS = "/interactions/*"
ON_A_FULL_DISK = (
    sys.executable,
    "-c",
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY));"
    "os.execv(sys.argv[1], sys.argv[1:])",
)


async def metric(
    bot: BotProcess, name: str, compare: Callable[[float, float], bool], wanted: float, **labels: str
) -> None:
    """Wait until a metric compares as wanted; it is brought up to date once a second."""
    seen: list[Sample] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                families = parse((await bot.get("/metrics"))[1])
                seen = [s for family in families for s in family.samples if s.name == name]
                if any(labels.items() <= s.labels.items() and compare(s.value, wanted) for s in seen):
                    return
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{name} {labels} is not {compare.__name__} {wanted}: {seen}") from None


async def test_a_connection_and_its_commands(start_bot: StartBot, discord: DiscordStandin, channel: Channel) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await metric(bot, "discord_connected", eq, 1, shard="0")
        await metric(bot, "discord_latency_seconds", gt, 0, shard="0")
        await metric(bot, "discord_guilds", eq, 1)
        await metric(bot, "discord_bot_info", eq, 1, version=__version__)
        await metric(bot, "nazh_phase", eq, 1, phase="ready")
        await metric(bot, "nazh_identify_remaining", eq, 1000)
        await metric(bot, "nazh_uptime_seconds", gt, 1)
        await metric(bot, "nazh_unready_seconds", eq, 0)
        await metric(bot, "nazh_memory_limit_bytes", gt, 1e6)
        await metric(bot, "nazh_backoff_seconds", eq, 0)
        await metric(bot, "process_resident_memory_bytes", gt, 1e6)
        await metric(bot, "discord_event_loop_lag_seconds_count", ge, 4)

        await discord.reply_to(await discord.say(channel, "!roll 2d6+1d7"))
        await discord.reply_to(await discord.say(channel, "!roll 2d"))
        await metric(bot, "nazh_rolls_total", eq, 1, outcome="ok")
        await metric(bot, "nazh_rolls_total", eq, 1, outcome="refused")
        await metric(bot, "nazh_rolls_recorded_total", ge, 1)
        await metric(bot, "nazh_rolls_unrecorded_total", ge, 0)
        await metric(bot, "nazh_ledger_commit_seconds_count", ge, 1)
        await metric(bot, "nazh_ledger_queue", eq, 0)
        await metric(bot, "nazh_ledger_oldest_seconds", eq, 0)
        await metric(bot, "nazh_ledger_rows", ge, 1)
        await metric(bot, "nazh_database_bytes", gt, 100_000)
        await metric(bot, "nazh_dice_total", eq, 2, sides="6")
        await metric(bot, "nazh_dice_total", eq, 1, sides="other")
        await metric(bot, "discord_commands_total", eq, 1, command="roll", status="ok")
        await metric(bot, "discord_commands_total", eq, 1, command="roll", status="refused")
        await metric(bot, "discord_command_duration_seconds_count", eq, 2)
        await metric(bot, "discord_command_duration_seconds_sum", gt, 0)
        await metric(bot, "discord_http_requests_total", eq, 2, method="POST", status="200")
        await metric(bot, "discord_gateway_events_total", ge, 2, event="MESSAGE_CREATE")
        await metric(bot, "discord_gateway_events_total", eq, 1, event="READY")

        discord.disturb(Event())
        await metric(bot, "nazh_malformed_events_total", eq, 1)
        discord.disturb(Close(4000))
        await metric(bot, "nazh_reconnects_total", eq, 1)
        await metric(bot, "nazh_resumes_total", eq, 1)
        await metric(bot, "discord_gateway_events_total", eq, 1, event="RESUMED")


async def test_an_outage_of_the_gateway(start_bot: StartBot, discord: DiscordStandin) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await metric(bot, "discord_connected", eq, 1, shard="0")
        await discord.gateway_down()
        await metric(bot, "discord_connected", eq, 0, shard="0")
        await metric(bot, "nazh_phase", eq, 1, phase="waiting")
        await metric(bot, "nazh_backoff_seconds", gt, 0)
        await discord.gateway_up()
        await metric(bot, "discord_connected", eq, 1, shard="0")
        await metric(bot, "nazh_backoff_seconds", eq, 0)


async def test_an_attempt_that_leads_nowhere(start_bot: StartBot, discord: DiscordStandin) -> None:
    await discord.api_down()
    async with start_bot(BACKOFF_BASE_SECONDS="0.01", BACKOFF_CAP_SECONDS="0.01") as bot:
        await metric(bot, "discord_connected", eq, 0, shard="0")
        await metric(bot, "nazh_unready_seconds", gt, 0)


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_rate_limits_by_their_scope(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, scope: str
) -> None:
    discord.faults.rest(RateLimited(0.2, scope=scope), method="POST", path=SENDS, times=1)  # type: ignore[arg-type]
    async with start_bot() as bot:
        await discord.ready()
        await discord.reply_to(await discord.say(channel, "!roll 2d6"))
        await metric(bot, "discord_ratelimits_total", eq, 1, scope=scope)
        await metric(bot, "discord_http_requests_total", eq, 1, method="POST", status="429")
        await metric(bot, "nazh_invalid_requests", eq, 0 if scope == "shared" else 1)


REFUSALS: Sequence[tuple[RestFault, str, str, int]] = (
    (Status(503), SENDS, "nazh_send_retries_total", 1),
    (forbidden(50013), SENDS, "nazh_muted_channels", 1),
    (Answer(404, {"code": 10062, "message": ""}), CALLBACKS, "nazh_interactions_expired_total", 1),
    (Answer(400, {"code": 40060, "message": ""}), CALLBACKS, "nazh_duplicates_avoided_total", 1),
)
PARAMETRIZED = {name for _, _, name, _ in REFUSALS}


@pytest.mark.parametrize(
    ("fault", "path", "name", "wanted"),
    REFUSALS,
    ids=lambda value: value if isinstance(value, str) and value.startswith("nazh_") else "",
)
async def test_what_discord_refuses(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel, fault: RestFault, path: str, name: str, wanted: int
) -> None:
    discord.faults.rest(fault, method="POST", path=path, times=1)
    async with start_bot() as bot:
        await discord.ready()
        if path == CALLBACKS:
            await discord.slash(channel, "roll", {"dice": "2d6"})
        else:
            await discord.say(channel, "!roll 2d6")
        await metric(bot, name, eq, wanted)


async def test_a_ban_is_a_fault(start_bot: StartBot, discord: DiscordStandin, channel: Channel) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await metric(bot, "discord_connected", eq, 1, shard="0")
        discord.faults.rest(CloudflareBan(60), method="POST", path=SENDS, times=1)
        await discord.say(channel, "!roll 2d6")
        await metric(bot, "nazh_fault", eq, 1, component="edge-ban")
        await metric(bot, "discord_ratelimits_total", eq, 1, scope="edge")


async def test_more_commands_than_may_be_answered(start_bot: StartBot, discord: DiscordStandin) -> None:
    guild = discord.world.add_guild("raided", channels=tuple(f"room-{number}" for number in range(20)))
    async with start_bot(REST_RATE="4", REST_MAX_WAIT="5") as bot:
        await discord.ready()
        for number in range(80):
            await discord.say(guild.channel(f"room-{number % 20}"), "!roll 2d6")
        await metric(bot, "nazh_pacing_queue", gt, 0)
        await metric(bot, "nazh_pacing_wait_seconds", gt, 0)
        await metric(bot, "nazh_commands_shed_total", gt, 0)
        await bot.status_when(lambda shown: shown["texts"]["pacing"] not in ("0", "–"))


async def test_a_disk_that_takes_no_log(discord: DiscordStandin, tmp_path: Path) -> None:
    addresses = {"DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url}
    async with bot_process(tmp_path, addresses, ON_A_FULL_DISK) as bot:
        await metric(bot, "nazh_log_records_dropped_total", gt, 0)


async def test_promtool_accepts_what_the_running_bot_says(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    judge = promtool()
    async with start_bot(METRICS_TOKEN="scrape-me-please") as bot:
        await discord.ready()
        await discord.reply_to(await discord.say(channel, "!roll 2d6"))
        url, bearer = f"http://127.0.0.1:{await bot.port()}/metrics", {"Authorization": "Bearer scrape-me-please"}
        async with aiohttp.ClientSession(headers=bearer) as session, session.get(url) as answer:
            text = await answer.read()
        assert b"discord_connected" in text
        guild = next(iter(discord.world.guilds.values()))
        for name in (guild.name, str(guild.id), channel.name, str(channel.id)):
            assert name.encode() not in text
    checked = await asyncio.to_thread(
        subprocess.run, [judge, "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_no_metric_of_ours_is_left_out() -> None:
    seen_to_move = set(re.findall(r'metric\(bot, "(\w+)"', Path(__file__).read_text())) | PARAMETRIZED
    families = {family.name for family in parse(Metrics(Bench().latest).render()[0].decode())}
    ours = {name for name in families if not name.startswith("process_")}
    assert len(ours) > 25
    assert {name for name in ours if not any(seen.startswith(name) for seen in seen_to_move)} == set()
