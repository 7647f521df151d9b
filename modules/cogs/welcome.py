"""The bot's first words in a server it was just added to."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord
from discord.ext import commands

from modules.commands.command_bot import CommandBot
from modules.commands.reply import Reply
from modules.ui.pages import render_welcome

JUST_NOW: Final = timedelta(minutes=10)
"""How long ago the bot was added at most: a guild that only becomes visible again is no new one."""

_log = logging.getLogger(__name__)


class WelcomeCog(commands.Cog):
    """Greets a server once, where its own greetings go.

    Args:
        bot: Who greets.
        now: The time, in UTC.
    """

    def __init__(self, bot: CommandBot, now: Callable[[], datetime] = discord.utils.utcnow) -> None:
        self._bot, self._now = bot, now

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot has been added to a guild, or a guild has become visible again."""
        channel, me = guild.system_channel, guild.me
        if channel is None or me is None or me.joined_at is None or self._now() - me.joined_at > JUST_NOW:
            return
        rights = channel.permissions_for(me)
        if not (rights.view_channel and rights.send_messages):
            return
        self._bot.handling.drain.admit_current_task()
        text = render_welcome(self._bot.prefix_for(guild.id))
        try:
            await self._bot.handling.replies.announce(channel.id, f"welcome.{guild.id % 10**16}", Reply(text))
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as unsent:
            _log.info("a welcome could not be sent (%s)", unsent)
