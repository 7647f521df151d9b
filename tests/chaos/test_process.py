"""Rows P1 to P11: what a platform, a disk, a clock and a person with `kill` can do to the running process."""

import asyncio
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from modules.lifecycle.leader_lock import FileLock
from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import Close, NoHello, Reconnect
from tests.discord_standin.rest_faults import CloudflareBan, Slow, Status
from tests.wire.process import BotProcess, Line

pytestmark = pytest.mark.executed

SENDS = "/channels/*/messages"
INJECT = str(Path(__file__).parent / "inject")

AS_PID_1 = ("unshare", "--pid", "--fork", "--kill-child")
WITH_FULL_DISK = (
    sys.executable,
    "-c",
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY));"
    "os.execv(sys.argv[1], sys.argv[1:])",
)
"""Every write to a file fails, as on a full disk; pipes and sockets are spared."""


def can_be_pid_1() -> bool:
    """Whether this machine lets us start a process as the first of its own namespace."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*AS_PID_1, "true"], capture_output=True, check=False).returncode == 0


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


async def a_send(discord: DiscordStandin) -> None:
    """Wait until a command is so far that its answer is on the way."""
    await discord.until(lambda: bool(discord.journal.requests_to("POST", SENDS)), 40.0, "a POST")


def at(line: Line) -> float:
    return datetime.fromisoformat(line["@timestamp"]).timestamp()


async def ends_within_two_seconds(bot: BotProcess, signum: signal.Signals = signal.SIGTERM) -> None:
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    assert await bot.stop(signum) == 0
    assert loop.time() - asked_at < 2.0


def waiting(line: Line) -> bool:
    return "trying again in" in str(line.get("message"))


@pytest.mark.fault("P1")
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
async def test_a_command_under_way_is_finished(
    start_bot: StartBot, discord: DiscordStandin, table: Table, signum: signal.Signals
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Slow(1.0), method="POST", path=SENDS)
        await table.roll()
        await a_send(discord)
        assert await bot.stop(signum) == 0
        await table.all_are_served()
        assert discord.connections[-1].close_code == 1000


@pytest.mark.fault("P1")
async def test_whoever_asks_while_it_drains_is_told_so_once(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Slow(1.0), method="POST", path=SENDS)
        await table.roll()
        await a_send(discord)
        bot.process.send_signal(signal.SIGTERM)
        await bot.logged("stopping")
        late = await table.roll()
        assert await bot.ended() == 0
        await table.all_are_served()
        assert "# " not in discord.replies_to(late)[0].text


@pytest.mark.fault("P1")
async def test_the_grace_time_is_kept_to_the_second(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    discord.faults.rest(Slow(600), method="POST", path=SENDS)
    async with start_bot(SHUTDOWN_GRACE_SECONDS="2") as bot:
        await discord.ready()
        await table.roll()
        await a_send(discord)
        assert await bot.stop() == 0
        grace = at(await bot.logged("commands cut off")) - at(await bot.logged("stopping"))
        assert 2.0 <= grace + 0.002 < 3.0, "log times are cut to milliseconds"


@pytest.mark.fault("P2")
@pytest.mark.skipif(not can_be_pid_1(), reason="this machine gives no PID namespaces to us")
async def test_as_pid_1_a_command_under_way_is_finished(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot(wrapper=AS_PID_1) as bot:
        await discord.ready()
        assert (await bot.logged("sidecar listening"))["process.pid"] == 1
        discord.faults.rest(Slow(1.0), method="POST", path=SENDS)
        await table.roll()
        await a_send(discord)
        os.kill(child_of(bot.process.pid), signal.SIGTERM)
        assert await bot.ended() == 0
        await table.all_are_served()


@pytest.mark.fault("P3")
async def test_it_stops_in_the_middle_of_the_login(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.rest(Slow(600), path="/users/@me")
    async with start_bot() as bot:
        await bot.logged("sidecar listening")
        await discord.until(lambda: discord.journal.in_flight_count == 1, 40.0, "the login")
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P3")
async def test_it_stops_while_it_waits_for_the_next_login(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=3600), times=None)
    async with start_bot() as bot:
        await bot.logged(waiting)
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P3")
async def test_it_stops_while_discord_py_itself_waits(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.rest(Status(502), path="/users/@me", times=None)
    async with start_bot() as bot:
        await discord.until(lambda: len(discord.requests) == 2, 40.0, "a second try of discord.py's own")
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P3")
async def test_it_stops_before_hello(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.gateway(NoHello(), times=None)
    async with start_bot() as bot:
        await discord.until(lambda: bool(discord.connections), 40.0, "a websocket")
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P3")
async def test_it_stops_while_it_waits_for_the_gateway(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.faults.gateway(Close(4000, at="open"), times=None)
    async with start_bot() as bot:
        await bot.logged(lambda line: line.get("wait_seconds", 0) > 2)
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P3")
async def test_it_stops_while_the_identify_budget_is_spent(start_bot: StartBot, discord: DiscordStandin) -> None:
    discord.budget.remaining = 0
    async with start_bot() as bot:
        await bot.logged(waiting)
        await ends_within_two_seconds(bot, signal.SIGINT)


@pytest.mark.fault("P3")
async def test_it_stops_while_it_stands_by(start_bot: StartBot, discord: DiscordStandin, tmp_path: Path) -> None:
    assert FileLock(tmp_path / "data" / "shard-0.lock").try_acquire()
    async with start_bot() as bot:
        await bot.logged("standing by")
        await ends_within_two_seconds(bot)
        assert not discord.connections


@pytest.mark.fault("P3")
async def test_it_stops_when_the_gateway_does_not_say_goodbye(start_bot: StartBot, discord: DiscordStandin) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await bot.logged("gateway ready")
        await discord.gateway_down()
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P4")
async def test_a_second_signal_ends_it_at_once(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    discord.faults.rest(Slow(600), method="POST", path=SENDS)
    async with start_bot() as bot:
        await discord.ready()
        await table.roll()
        await a_send(discord)
        bot.process.send_signal(signal.SIGTERM)
        await bot.logged("stopping")
        assert await bot.stop() == 128 + signal.SIGTERM


@pytest.mark.fault("P5")
async def test_a_kill_in_mid_command_leaves_nothing_half_written_and_nothing_said_twice(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    discord.faults.rest(Status(503), path="/users/@me")
    async with start_bot(BACKOFF_BASE_SECONDS="0.05") as bot:
        await discord.ready(timeout_seconds=40)
        discord.faults.rest(Slow(0.5), method="POST", path=SENDS)
        await table.roll()
        await a_send(discord)
        assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
    for path in (tmp_path / "data").glob("*.json"):
        json.loads(path.read_text())
    assert not list((tmp_path / "data").glob("*.partial"))
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        assert len(discord.journal.identifies()) == 2
        assert await bot.stop() == 0
    table.nobody_was_answered_twice()


def log_lines(folder: Path) -> list[str]:
    return [line for path in (folder / "logs").glob("*.log") for line in path.read_text().splitlines()]


@pytest.mark.fault("P6")
async def test_a_disk_that_fills_up_costs_log_lines_and_no_answer(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for _ in range(10):
            await table.is_served()
        await bot.warned("logging:")
        for _ in range(10):
            await table.is_served()
        assert len([line for line in bot.errors if line.startswith("logging:")]) == 1, "one line a minute"
        count = len(log_lines(tmp_path))
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await table.is_served()
        assert await bot.stop() == 0
        assert len(log_lines(tmp_path)) > count, "it recovers by itself"


@pytest.mark.fault("P6")
async def test_a_disk_that_was_full_all_along_keeps_nobody_waiting(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.rest(Status(503), path="/users/@me")
    async with start_bot(wrapper=WITH_FULL_DISK, BACKOFF_BASE_SECONDS="0.1") as bot:
        await bot.logged("cannot keep shard-0.backoff.json")
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        await bot.logged("cannot keep slash_commands.sha256")
        assert await bot.stop() == 0


@pytest.mark.fault("P6")
async def test_folders_that_cannot_be_written_are_said_once_and_lived_without(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    place = str(tmp_path / "file" / "folder")
    async with start_bot(LOG_DIR=place, DATA_DIR=place) as bot:
        await discord.ready()
        await table.is_served()
        await bot.logged("no leader lock")
        await bot.shows("/readyz", "DATA_DIR takes no locks", 200)
        assert await bot.stop() == 0


@pytest.mark.fault("P7")
@pytest.mark.parametrize("jump_seconds", [3600, -3600])
async def test_a_clock_that_jumps_stalls_nothing(
    start_bot: StartBot, discord: DiscordStandin, table: Table, jump_seconds: int
) -> None:
    async with start_bot(PYTHONPATH=INJECT, INJECT_JUMP_SECONDS=str(jump_seconds)) as bot:
        await discord.ready()
        await table.is_served()
        bot.process.send_signal(signal.SIGUSR2)
        beats = discord.connections[0].ack_count
        await discord.until(lambda: discord.connections[0].ack_count >= beats + 2, what="two more heartbeats")
        for connection in (2, 3):
            await table.is_served()
            discord.disturb(Reconnect())
            await table.roll()
            await discord.until(lambda c=connection: len(discord.connections) == c, what="a reconnect")  # type: ignore[misc] # a default binds the loop's variable
        await table.all_are_served()
        await ends_within_two_seconds(bot)


@pytest.mark.fault("P7")
async def test_a_clock_that_jumps_during_a_wait_does_not_lengthen_it(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=2), path="/users/@me")
    async with start_bot(PYTHONPATH=INJECT, INJECT_JUMP_SECONDS="-3600", BACKOFF_BASE_SECONDS="0.1") as bot:
        await bot.logged(waiting)
        bot.process.send_signal(signal.SIGUSR2)
        await discord.ready(timeout_seconds=40)
        await table.is_served()


@pytest.mark.fault("P8")
async def test_a_loop_blocked_for_seconds_is_unready_and_comes_back(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot(PYTHONPATH=INJECT, INJECT_BLOCK_SECONDS="4", WATCHDOG_DUMP_SECONDS="1") as bot:
        await discord.ready()
        await bot.logged("gateway ready")
        await bot.shows("/readyz", "pass", 200)
        # On a slow machine the start itself may have been silent for a second.
        said_before = len(bot.lines)
        bot.process.send_signal(signal.SIGUSR1)
        await table.roll()
        await bot.shows("/readyz", "the event loop has been silent", 503)
        assert not discord.replies_to(table.rolled[0])
        await bot.logged(lambda line: "in _block" in str(line.get("message")))
        await table.all_are_served()
        await bot.shows("/readyz", "pass", 200)
        [report] = [line for line in bot.lines[said_before:] if "has been silent" in str(line.get("message"))]
        assert "in _block" in report["message"], "it says where the loop was stuck"


@pytest.mark.fault("P8")
async def test_a_loop_blocked_for_good_is_dead_to_the_platform_and_ends_with_70(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    settings = {"INJECT_BLOCK_SECONDS": "600", "WATCHDOG_DUMP_SECONDS": "1", "WATCHDOG_EXIT_SECONDS": "7"}
    async with start_bot(PYTHONPATH=INJECT, **settings) as bot:
        await discord.ready()
        await bot.logged("gateway ready")
        bot.process.send_signal(signal.SIGUSR1)
        await bot.shows("/healthz", "the event loop has been silent", 503)
        assert await bot.ended() == 70
        assert "giving up" in (await bot.logged(lambda line: line.get("log.level") == "critical"))["message"]


@pytest.mark.fault("P9")
async def test_a_taken_port_ends_it_before_any_login(start_bot: StartBot, discord: DiscordStandin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with start_bot(PORT=port) as bot:
            assert await bot.ended() == 78
            assert port in (await bot.logged("cannot listen"))["message"]
    assert not discord.requests


@pytest.mark.fault("P10")
async def test_names_that_do_not_resolve_at_boot_are_asked_for_again(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    names = {
        name: url.replace("127.0.0.1", "discord.standin")
        for name, url in (("DISCORD_API_URL", discord.api_url), ("DISCORD_GATEWAY_URL", discord.gateway_url))
    }
    resolver = tmp_path / "resolver"
    settings = {"PYTHONPATH": INJECT, "INJECT_DNS_FILE": str(resolver), "BACKOFF_BASE_SECONDS": "0.2", **names}
    async with start_bot(**settings, BACKOFF_CAP_SECONDS="0.5") as bot:
        await bot.logged(lambda line: line.get("attempt") == 2)
        assert not discord.requests
        assert (await bot.get("/healthz"))[0] == 200
        resolver.touch()
        await discord.ready(timeout_seconds=40)
        await table.is_served()


@pytest.mark.fault("P11")
async def test_restarts_inside_a_ban_make_no_request(
    start_bot: StartBot, discord: DiscordStandin, tmp_path: Path
) -> None:
    discord.faults.rest(CloudflareBan(retry_after_seconds=3600), times=None)
    for signum, code in [(signal.SIGKILL, -9), (signal.SIGTERM, 0), (signal.SIGKILL, -9), (signal.SIGTERM, 0)]:
        async with start_bot() as bot:
            line = await bot.logged(waiting)
            assert line["wait_seconds"] > 3000, "what is left of an hour, however slow the machine is"
            await bot.shows("/readyz", "waiting before the next attempt", 503)
            assert (await bot.get("/healthz"))[0] == 200
            assert await bot.stop(signum) == code
    assert len(discord.requests) == 1
    assert not list((tmp_path / "data").glob("*.partial"))
