"""Pictures of dice over real sockets: uploaded once by the owner, found at the next start, numbers where missing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from modules.bot import NazhBot
from modules.dice.rolling.source import ScriptedSource
from modules.rendering.dice_pictures import picture_names
from tests.bots import make_bot
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.pointing import pointed_at
from tests.discord_standin.rest_faults import Status

ALL = len(picture_names())


@asynccontextmanager
async def running(discord: DiscordStandin, folder: Path, *, dice_emojis: bool) -> AsyncIterator[NazhBot]:
    with pointed_at(discord):
        bot = make_bot(folder, source=ScriptedSource([5, 3] * 9), DICE_EMOJIS="yes" if dice_emojis else "no")
        await bot.login(discord.token)
        connecting = asyncio.create_task(bot.connect())
        await discord.ready()
        await bot.wait_until_ready()
        yield bot
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await bot.close()


def listed(discord: DiscordStandin) -> int:
    return sum(each.path.endswith("/emojis") and each.method == "GET" for each in discord.requests)


async def told(discord: DiscordStandin, text: str, *, by_owner: bool = False) -> str:
    (channel,) = [each for each in discord.world.channels.values() if each.name == "general"][:1]
    asked = await discord.say(channel, text, discord.world.owner if by_owner else None)
    return (await discord.reply_to(asked, 30)).text


async def test_the_owner_uploads_them_once_and_the_next_start_finds_them(tmp_path: Path) -> None:
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.5)) as discord:
        discord.world.add_guild()
        async with running(discord, tmp_path, dice_emojis=True):
            assert "(5, 3) + 1" in await told(discord, "!roll 2d6+1")
            assert await told(discord, "!emojis", by_owner=True) == f"{ALL} pictures of dice uploaded; {ALL} in use."
            assert "(<:nazh_d6_5:" in await told(discord, "!roll 2d6+1")
            assert (await told(discord, "!emojis", by_owner=True)).startswith("0 pictures")
        assert len(discord.world.emojis) == ALL
        async with running(discord, tmp_path, dice_emojis=True):
            await discord.until(lambda: listed(discord) == 4, what="a look at the emojis")
            assert "(<:nazh_d6_5:" in await told(discord, "!roll 2d6+1")
        async with running(discord, tmp_path, dice_emojis=False):
            assert "(5, 3) + 1" in await told(discord, "!roll 2d6+1")
            assert "DICE_EMOJIS is off" in await told(discord, "!emojis", by_owner=True)
        assert listed(discord) == 4, "turned off it does not even look"


async def test_nobody_else_may_upload_and_without_an_answer_dice_are_numbers(tmp_path: Path) -> None:
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.5)) as discord:
        discord.world.add_guild()
        discord.faults.rest(Status(403, 50001, "Missing Access"), method="GET", path="/applications/*/emojis")
        async with running(discord, tmp_path, dice_emojis=True):
            await discord.until(lambda: listed(discord) == 1, what="a look at the emojis")
            assert "(5, 3) + 1" in await told(discord, "!roll 2d6+1")
            assert "owner" in await told(discord, "!emojis")
        assert discord.world.emojis == []
