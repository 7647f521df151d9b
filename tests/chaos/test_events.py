"""Rows A6 to A21 of the gateway, its events, files and signals."""

import json
import os
import shutil
import signal
import time
from operator import eq
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.chaos.conftest import StartBot
from tests.chaos.table import Table
from tests.chaos.test_gateway import identified_at, is_waiting, malformed_count, resumed
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import (
    Close,
    Event,
    Garbage,
    InvalidSession,
    OddHello,
    Unanswered,
    WithholdResumed,
)
from tests.discord_standin.rest_faults import Slow
from tests.discord_standin.world import Channel
from tests.wire.process import BotProcess
from tests.wire.test_metrics import metric

SENDS = "/channels/*/messages"
UNKNOWN_CHANNEL_TYPE = 99


async def latency_seconds(bot: BotProcess) -> float:
    """The latency that the metrics show; 0 before the first."""
    families = parse((await bot.get("/metrics"))[1])
    return sum(s.value for family in families for s in family.samples if s.name == "discord_latency_seconds")


@pytest.mark.fault("A6")
async def test_an_identify_without_ready_is_given_up_at_the_deadline(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    discord.faults.gateway(Unanswered(), connection=1)
    async with start_bot(GATEWAY_SILENCE_SECONDS="1.5", IDENTIFY_INTERVAL_SECONDS="0.1") as bot:
        await bot.logged("Discord did not confirm the session in time; reconnecting")
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        await bot.shows("/readyz", "pass", 200)
        assert discord.connections[0].ack_count > 0, "it was not the silence"


@pytest.mark.fault("A6")
async def test_a_resume_without_resumed_leads_to_a_new_session_and_readiness(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot(GATEWAY_SILENCE_SECONDS="1.5", IDENTIFY_INTERVAL_SECONDS="0.1") as bot:
        await discord.ready()
        await bot.shows("/readyz", "pass", 200)
        discord.faults.gateway(WithholdResumed())
        discord.disturb(Close(4000))
        await discord.until(lambda: len(discord.connections) == 2 and bool(discord.connections[1].resume), 40.0)
        await table.is_served()
        await bot.logged("Discord did not confirm the session in time; reconnecting")
        await discord.until(lambda: len(identified_at(discord)) == 2, 40.0, "a second IDENTIFY")
        await table.is_served()
        await bot.shows("/readyz", "pass", 200)


@pytest.mark.fault("A6")
async def test_a_start_whose_connection_is_gone_by_then_is_not_called_ready(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        # discord.py calls itself ready two seconds after READY, whatever has become of the connection.
        await discord.gateway_down()
        status = await bot.status_when(lambda status: status["guild_count"] is not None)
        assert status["phase"] == "waiting"
        assert not [line for line in bot.lines if line["message"] == "gateway ready"]


@pytest.mark.fault("A12")
@pytest.mark.parametrize("interval", [0, -5, 1e300, float("inf"), float("nan"), "soon", None], ids=str)
async def test_an_interval_that_is_not_believable_neither_floods_nor_hangs(
    start_bot: StartBot, discord: DiscordStandin, table: Table, interval: object
) -> None:
    discord.faults.gateway(OddHello(interval), connection=1)
    async with start_bot() as bot:
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        await table.is_served()
        first = discord.connections[0]
        lived_seconds = (first.closed_at or time.time()) - first.at
        assert first.heartbeat_count <= 2 + lived_seconds / 0.1
        assert await bot.stop() == 0


@pytest.mark.fault("A10")
@pytest.mark.parametrize("kind", [18, 21, 4, 6, 24], ids=str)
async def test_messages_that_discord_writes_are_left_unread(
    start_bot: StartBot, discord: DiscordStandin, table: Table, channel: Channel, kind: int
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        named = await discord.say(channel, "!roll", type=kind)
        await table.is_served()
        assert not discord.replies_to(named)
        assert len(discord.journal.requests_to("POST", SENDS)) == 1
        await metric(bot, "discord_commands_total", eq, 1)


@pytest.mark.fault("A10")
async def test_replies_are_read(start_bot: StartBot, discord: DiscordStandin, table: Table, channel: Channel) -> None:
    async with start_bot():
        await discord.ready()
        await table.is_served()
        reference = {"message_id": str(table.rolled[0].id)}
        await discord.reply_to(await discord.say(channel, "!roll 1d4", message_reference=reference), 40.0)


@pytest.mark.fault("A11")
async def test_a_slash_command_in_a_channel_of_unknown_type_is_answered(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    odd = discord.world.add_channel(next(iter(discord.world.guilds.values())), "odd")
    odd.kind = UNKNOWN_CHANNEL_TYPE
    async with start_bot() as bot:
        await discord.ready()
        answer = await (await discord.slash(odd, "roll", {"dice": "1d6"})).response(40.0)
        line = await bot.logged(lambda line: "incident_id" in line)
        assert line["incident_id"] in answer.content
        assert answer.ephemeral
        await metric(bot, "discord_commands_total", eq, 1, command="roll", status="error")
        assert len(discord.journal.requests_to("POST", "/interactions/*")) == 1
        await table.is_served()
        assert await bot.stop() == 0
        assert "never retrieved" not in bot.story()


@pytest.mark.fault("A13")
async def test_an_event_without_a_name_is_dropped_and_the_metrics_go_on(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    names = ("5", "[1]", "{}", "null", "true", '"\\ud800"', '"HALF_A_MILLION"')
    async with start_bot() as bot:
        await discord.ready()
        for name in names:
            discord.disturb(Garbage(f'{{"op": 0, "s": null, "t": {name}, "d": {{"id": "1"}}}}'))
        await table.is_served()
        assert len(discord.connections) == 1
        await metric(bot, "nazh_malformed_events_total", eq, 5)
        await metric(bot, "discord_gateway_events_total", eq, 5, event="malformed")
        await metric(bot, "discord_gateway_events_total", eq, 2, event="OTHER")
        await bot.logged("a malformed event without a name was dropped")


@pytest.mark.fault("A14")
async def test_a_log_folder_that_was_removed_is_made_again(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        shutil.rmtree(tmp_path / "logs")
        await table.is_served()
        assert await bot.stop() == 0
        written = [json.loads(line)["message"] for line in (tmp_path / "logs" / "nazh.log").read_text().splitlines()]
        assert "command finished" in written
        assert not bot.errors


@pytest.mark.fault("A15")
@pytest.mark.parametrize(
    "text",
    [
        '{"attempts": Infinity, "written_at": 0, "until_at": 0}',
        '{"attempts": 1e400, "written_at": 1e400, "until_at": 1e400}',
        '{"attempts": 1, "written_at": NaN, "until_at": NaN}',
        '{"attempts": "3", "written_at": [], "until_at": {}}',
        "[" * 200_000,
        "9" * 10_000,
    ],
    ids=["infinity", "beyond floats", "nan", "types", "deep", "digits"],
)
async def test_nonsense_in_the_backoff_file_does_not_end_the_start(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path, text: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shard-0.backoff.json").write_text(text)
    async with start_bot() as bot:
        await discord.ready()
        await table.is_served()
        await bot.logged("ignored shard-0.backoff.json")


@pytest.mark.fault("A17")
async def test_a_flood_of_malformed_events_is_one_line_a_kind(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        for _ in range(2500):
            discord.disturb(Event("MESSAGE_CREATE", {"nonsense": True}))
            discord.disturb(Event("CHANNEL_UPDATE", {"nonsense": True}))
        await table.is_served()
        while await malformed_count(bot) < 5000:
            continue
        told = [line for line in bot.lines if "malformed" in str(line.get("message"))]
        assert len(told) == 2
        assert len(discord.connections) == 1


@pytest.mark.fault("A17")
async def test_a_flood_of_frames_that_the_library_warns_of_is_one_line(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot() as bot:
        await discord.ready()
        for _ in range(5000):
            discord.disturb(Garbage('{"op": 99, "s": null, "t": null, "d": null}'))
        await table.is_served()
        await table.is_served()
        assert len([line for line in bot.lines if "Unknown OP code" in str(line.get("message"))]) == 1
        assert len(discord.connections) == 1


@pytest.mark.fault("A17")
async def test_a_hangup_drains(start_bot: StartBot, discord: DiscordStandin, table: Table) -> None:
    async with start_bot() as bot:
        await discord.ready()
        discord.faults.rest(Slow(1.0), method="POST", path=SENDS)
        await table.roll()
        await discord.until(lambda: bool(discord.journal.requests_to("POST", SENDS)), 40.0, "a POST")
        assert await bot.stop(signal.SIGHUP) == 0
        await table.all_are_served()
        assert discord.connections[-1].close_code == 1000


@pytest.mark.fault("A17")
async def test_files_are_for_their_owner_alone_and_left_overs_are_removed(
    start_bot: StartBot, discord: DiscordStandin, table: Table, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    left_over = data / "slash_commands.sha256.left.partial"
    left_over.touch()
    long_ago = time.time() - 7200
    os.utime(left_over, (long_ago, long_ago))
    await discord.api_down()
    async with start_bot(BACKOFF_BASE_SECONDS="0.2") as bot:
        await bot.logged(is_waiting)
        kept = data / "shard-0.backoff.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        await discord.api_up()
        await discord.ready(timeout_seconds=40)
        await table.is_served()
        assert await bot.stop() == 0
    files = [path for path in (*data.iterdir(), *(tmp_path / "logs").iterdir()) if path.is_file()]
    assert {path.name: path.stat().st_mode & 0o777 for path in files if path.stat().st_mode & 0o177} == {}
    assert "nazh.log" in {path.name for path in files}
    assert not left_over.exists()


@pytest.mark.fault("A20")
async def test_a_heartbeat_that_is_acknowledged_at_once_shows_a_small_latency(
    start_bot: StartBot, discord: DiscordStandin
) -> None:
    discord.settings.heartbeat_interval_seconds = 2.0
    async with start_bot() as bot:
        await discord.ready()
        seen: list[float] = []
        while discord.connections[0].ack_count < 6:
            seen.append(await latency_seconds(bot))
        assert max(seen) < 1.5, "less than the time between two heartbeats"


@pytest.mark.fault("A21")
async def test_a_session_that_is_over_costs_one_identify_and_no_backoff(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    async with start_bot(IDENTIFY_INTERVAL_SECONDS="0.1") as bot:
        await discord.ready()
        for connection in (2, 3):
            discord.disturb(Close(4000))
            await resumed(discord, connection)
        # The free connects are spent: the next, to resume, waits. Discord has forgotten the session by then.
        discord.faults.gateway(InvalidSession(at="resume"))
        discord.disturb(Close(4000))
        await discord.until(lambda: len(identified_at(discord)) == 2, 40.0, "a second IDENTIFY")
        await table.is_served()
        assert len([line for line in bot.lines if is_waiting(line)]) == 1, "for the RESUME, and not for the IDENTIFY"
        assert len(identified_at(discord)) == 2


@pytest.mark.fault("A21")
async def test_a_refused_port_is_waited_for_from_the_first_refusal(
    start_bot: StartBot, discord: DiscordStandin, table: Table
) -> None:
    await discord.gateway_down()
    async with start_bot() as bot:
        await bot.logged(is_waiting)
        failures = [line for line in bot.lines if str(line.get("message")).endswith("; reconnecting")]
        assert len(failures) == 1
        await discord.gateway_up()
        await discord.ready(timeout_seconds=40)
        await table.is_served()
