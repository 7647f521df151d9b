"""The bot's life: publishing commands, preflight, gateway events, draining."""

import asyncio
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from modules.commands.gateway_events import GatewayEvents
from modules.discord_api.failures import SetupFault
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase
from tests.bots import make_bot


def command_requests(env: simcord.Env) -> int:
    return sum(1 for entry in env.http_requests if entry.method == "PUT" and entry.path.endswith("/commands"))


async def test_slash_commands_are_published_once_and_then_only_when_they_change(tmp_path: Path) -> None:
    async with simcord.run(make_bot(tmp_path)) as env:
        assert command_requests(env) == 1
    async with simcord.run(make_bot(tmp_path), strict_sync=False) as env:
        assert command_requests(env) == 0
    (tmp_path / "slash_commands.sha256").write_text("of another set")
    async with simcord.run(make_bot(tmp_path)) as env:
        assert command_requests(env) == 1


async def test_nobody_is_warned_of_voice_that_dice_do_not_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for flag in ("warn_nacl", "warn_dave"):
        monkeypatch.setattr(discord.VoiceClient, flag, True)
    await make_bot(tmp_path).close()
    assert "voice" not in caplog.text


async def test_an_unwritable_record_costs_a_request_and_nothing_else(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    async with simcord.run(make_bot(in_the_way)) as env:
        assert command_requests(env) == 1


async def test_a_bot_without_a_publisher_publishes_nothing(tmp_path: Path) -> None:
    bot = make_bot(tmp_path, SHARD_ID="1", SHARD_COUNT="2", publishes=False)
    async with simcord.run(bot, strict_sync=False) as env:
        assert command_requests(env) == 0


@pytest.mark.parametrize(
    ("flags", "fine"),
    [
        (discord.ApplicationFlags(), False),
        (discord.ApplicationFlags(gateway_message_content=True), True),
        (discord.ApplicationFlags(gateway_message_content_limited=True), True),
    ],
)
async def test_preflight_asks_for_the_message_content_intent(
    tmp_path: Path, flags: discord.ApplicationFlags, fine: bool
) -> None:
    bot = make_bot(tmp_path)
    bot._connection.application_flags = flags
    if fine:
        bot.preflight()
    else:
        with pytest.raises(SetupFault, match="Message Content"):
            bot.preflight()


async def test_the_recorder_follows_the_gateway(tmp_path: Path) -> None:
    recorder = Recorder(LatestSnapshot())
    bot = make_bot(tmp_path, recorder)
    async with simcord.run(bot) as env:
        assert recorder.publish().phase is Phase.READY
        env.create_guild()
        bot.sample()
        assert recorder.publish().guild_count == 1
        events = bot.get_cog("GatewayEvents")
        assert isinstance(events, GatewayEvents)
        recorder.disconnected()
        await events.on_resumed()
        assert recorder.publish().phase is Phase.READY
        await bot.drain(0)
        recorder.set_phase(Phase.DRAINING)
        await events.on_ready()
        assert recorder.publish().phase is Phase.DRAINING


async def test_bots_and_webhooks_are_ignored(tmp_path: Path) -> None:
    bot = make_bot(tmp_path)
    async with simcord.run(bot) as env:
        channel = env.create_guild().create_text_channel("table")
        robot = env.guild.add_member(env.create_user("robot", bot=True))
        await robot.send(channel, "!roll 2d6")
        assert channel.last_message is not None
        assert channel.last_message.content == "!roll 2d6"


@pytest.mark.parametrize("event", ["command", "command_completion"])
async def test_events_of_commands_reach_whoever_listens(tmp_path: Path, event: str) -> None:
    heard: list[str] = []

    async def listener(ctx: Any) -> None:
        heard.append(ctx.command.name)

    bot = make_bot(tmp_path)
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("dice")
        alice = guild.add_member(env.create_user("alice"))
        bot.add_listener(listener, f"on_{event}")
        awaited = asyncio.create_task(bot.wait_for(event, timeout=10))
        await asyncio.sleep(0)
        await alice.send(channel, "!roll 2d6")
        assert heard == ["roll"]
        assert (await awaited).command.name == "roll"


async def test_draining_with_nothing_under_way_is_immediate(tmp_path: Path) -> None:
    bot = make_bot(tmp_path)
    await asyncio.wait_for(bot.drain(3600), 5)
    assert bot.handling.drain.draining
