"""The log of the running bot: what an operator can rely on being there, and what never is."""

import platform

import discord as library
import pytest

from modules import __version__
from tests.discord_standin import DiscordStandin
from tests.discord_standin.gateway_faults import Close, Event
from tests.discord_standin.rest_faults import BrokenJson, Status, forbidden
from tests.discord_standin.world import Channel
from tests.wire.conftest import StartBot
from tests.wire.process import TOKEN, Line

pytestmark = pytest.mark.wire

SENDS = "/channels/*/messages"
NOTATION = "1d1+41000"


def lines_of(lines: list[Line], correlation_id: int) -> list[Line]:
    return [line for line in lines if line.get("correlation_id") == str(correlation_id)]


async def test_every_line_of_a_command_says_whose_it_is_and_how_long_it_has_taken(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    guild = next(iter(discord.world.guilds.values()))
    async with start_bot() as bot:
        await discord.ready()
        ok = await discord.say(channel, f"!roll {NOTATION}")
        await discord.reply_to(ok)
        discord.faults.rest(Status(503), method="POST", path=SENDS, times=5)
        lost = await discord.say(channel, f"!r {NOTATION}")
        await discord.reply_to(lost, timeout_seconds=30)
        by_slash = await discord.slash(channel, "roll", {"dice": NOTATION})
        await by_slash.response()
        discord.faults.rest(forbidden(50013), method="POST", path=SENDS, times=1)
        silenced = await discord.say(channel, f"!roll {NOTATION}")
        await bot.logged(lambda line: line.get("correlation_id") == str(silenced.id) and "status" in line)
        assert await bot.stop() == 0

    found = {each.id: lines_of(bot.lines, each.id) for each in (ok, lost, by_slash, silenced)}
    assert [len(found[each.id]) for each in (ok, by_slash)] == [1, 1], "one line says that all is well"
    assert len(found[lost.id]) > 1
    assert len(found[silenced.id]) > 1
    for lines in found.values():
        for line in lines:
            assert (line["command"], line["shard_id"]) == ("roll", 0), line
            assert line["duration_seconds"] >= 0, line
        finished = [line for line in lines if line["message"] == "command finished"]
        assert [line["log.level"] for line in finished] == ["info"]
        assert lines[-1]["duration_seconds"] == max(line["duration_seconds"] for line in lines)
    assert not [line for line in bot.lines if "command" in line and "correlation_id" not in line]
    story = bot.story()
    for secret in (NOTATION, ok.author.name, guild.name, TOKEN):
        assert secret not in story


async def test_the_first_line_says_what_is_running_and_how_it_is_set(start_bot: StartBot) -> None:
    async with start_bot(GIT_COMMIT="a1b2c3d", DASHBOARD_TOKEN="open-sesame-open-sesame", REST_RATE="40") as bot:
        banner = await bot.logged("Nazh Engine")
        assert banner is bot.lines[0]
        assert banner["message"] == f"Nazh Engine {__version__} starting"
        assert (banner["commit"], banner["python"]) == ("a1b2c3d", platform.python_version())
        assert banner["discord_py"] == library.__version__
        settings = banner["configuration"]
        assert settings["REST_RATE"] == "40.0"
        assert settings["DISCORD_TOKEN"] == settings["DASHBOARD_TOKEN"] != "open-sesame-open-sesame"
        assert await bot.stop() == 0
        assert TOKEN not in bot.story()


async def test_a_fault_is_a_warning_that_says_what_happens_next(
    start_bot: StartBot, discord: DiscordStandin, channel: Channel
) -> None:
    discord.faults.rest(Status(503), path="/users/@me", times=1)
    async with start_bot() as bot:
        await discord.ready(timeout_seconds=30)
        discord.disturb(Event())
        await bot.logged("a malformed")
        discord.faults.rest(BrokenJson(after_effect=False), method="POST", path=SENDS, times=5)
        await discord.reply_to(await discord.say(channel, "!roll 2d6"), timeout_seconds=30)
        discord.faults.rest(forbidden(50013), method="POST", path=SENDS, times=1)
        await discord.say(channel, "!roll 2d6")
        await bot.logged("not allowed to speak")
        discord.disturb(Close(4000))
        await bot.logged("gateway resumed")
        assert await bot.stop() == 0
    told = [line["message"] for line in bot.lines if line["log.level"] == "warning"]
    next_steps = ("trying again in", "; the connection stays", "; the asker", "leaving it alone for", "; reconnecting")
    for step in next_steps:
        assert any(step in text for text in told), f"nothing says {step!r} in {told}"
