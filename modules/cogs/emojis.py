"""`!emojis`: the application's owner uploads pictures of dice once; from then on small rolls show them."""

import asyncio
import logging
from typing import Any, Final

import aiohttp
import discord
from discord.ext import commands

from modules.cogs.support.requests import EMOJI_PREFIX, DiceEmojis
from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated

TURNED_OFF: Final = "Dice are shown as numbers here: DICE_EMOJIS is off."

_log = logging.getLogger(__name__)


class EmojisCog(commands.Cog):
    """Looks the emojis up when the bot is ready, and uploads them on its owner's word."""

    def __init__(self, bot: CommandBot, emojis: DiceEmojis) -> None:
        self._bot, self._emojis = bot, emojis
        self._has_looked = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look them up, once; where that fails dice are numbers."""
        if self._has_looked or not self._bot.config.dice_emojis:
            return
        self._has_looked = True
        try:
            self._emojis.take(await self._bot.fetch_application_emojis())
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as fault:
            _log.info("the emojis of dice could not be looked up (%s); dice are shown as numbers", fault)

    @command("emojis", usage="emojis", description="Upload pictures of dice", hidden=True, with_app_command=False)
    async def upload(self, invocation: Invocation) -> Reply:
        """Upload every picture that the application does not have yet."""
        if not await self._bot.is_owner(invocation.actor):
            raise commands.NotOwner
        if not self._bot.config.dice_emojis:
            raise Refusal(TURNED_OFF)
        # Loaded when it is needed: Pillow weighs some megabytes.
        from modules.rendering.dice_pictures import draw_die, picture_names  # noqa: PLC0415

        present: list[Any] = await self._bot.fetch_application_emojis()
        has = {each.name for each in present}
        missing = [name for name in picture_names() if EMOJI_PREFIX + name not in has]
        for name in missing:
            picture = await asyncio.to_thread(draw_die, name)
            present.append(await self._bot.create_application_emoji(name=EMOJI_PREFIX + name, image=picture))
        self._emojis.take(present)
        return Reply(
            translated(
                "{count} pictures of dice uploaded; {all} in use.", count=len(missing), all=len(self._emojis.known)
            )
        )
