"""The bot over real sockets, in this process, at a table of the loopback Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from modules.bot import NazhBot
from modules.dice.rolling.source import RandomSource
from modules.services.services import Memory
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.pointing import pointed_at
from tests.discord_standin.world import Channel, Message


@dataclass
class WireTable:
    """A channel with the bot in it."""

    discord: DiscordStandin
    channel: Channel
    recorder: Recorder
    bot: NazhBot

    async def rolled(self) -> Message:
        """A roll to press the buttons of."""
        return await self.discord.reply_to(await self.discord.say(self.channel, "!roll 1d20+5"))

    async def ended(self, expected: dict[tuple[str, ...], int]) -> None:
        """Wait until these commands have ended, and no others."""

        def commands() -> dict[tuple[str, ...], int]:
            return dict(self.recorder.publish().totals.commands)

        await self.discord.until(lambda: commands() == expected, what=f"commands {expected}")


@asynccontextmanager
async def wire_table(
    folder: Path, source: RandomSource | None = None, memory: Memory | None = None
) -> AsyncIterator[WireTable]:
    """Connect a bot, and disconnect it afterwards.

    Args:
        folder: For its state.
        source: Where faces come from.
        memory: Where rolls are recorded; None for nowhere.
    """
    recorder = Recorder(LatestSnapshot())
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.5)) as discord:
        channel = discord.world.add_guild().channels[0]
        with pointed_at(discord):
            bot = make_bot(folder, recorder, source=source, memory=memory)
            await bot.login(discord.token)
            connecting = asyncio.create_task(bot.connect())
            await discord.ready()
            yield WireTable(discord, channel, recorder, bot)
            # In this order, as the supervisor does: a connection that is lost would be made again.
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await bot.close()
