"""`!emojis`: the application's owner uploads pictures of dice once; from then on small rolls show them."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import aiohttp
import discord
from discord.ext import commands

from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.services.answer_look import AnswerLook

PREFIX: Final = "nazh_"
"""Begins the names of our emojis: an application may have others."""
TURNED_OFF: Final = "Dice are shown as numbers here: DICE_EMOJIS is off."

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class DiceEmojis:
    """The emojis that dice are shown with.

    Attributes:
        known: By die and face (`d20_17`), as Discord writes them; empty until they are looked up.
    """

    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def shown(self, look_of: Callable[[Invocation], AnswerLook]) -> Callable[[Invocation], AnswerLook]:
        """How answers look, with dice as pictures where there are some."""

        def look(invocation: Invocation) -> AnswerLook:
            found = look_of(invocation)
            return replace(found, pictures=self.known) if self.known and found.emojis else found

        return look

    def take(self, emojis: "list[discord.Emoji]") -> None:
        """Use those of an application that are ours."""
        ours = {each.name.removeprefix(PREFIX): str(each) for each in emojis if each.name.startswith(PREFIX)}
        self.known = MappingProxyType(ours)


class EmojisCog(commands.Cog):
    """Looks the emojis up when the bot is ready, and uploads them on its owner's word.

    Args:
        bot: Whose application it is.
        emojis: What is found.
    """

    def __init__(self, bot: CommandBot, emojis: DiceEmojis) -> None:
        self._bot, self._emojis = bot, emojis
        self._has_looked = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look them up, once; where that fails dice are numbers."""
        if self._has_looked or not self._bot.shows_dice_emojis:
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
        if not self._bot.shows_dice_emojis:
            raise Refusal(TURNED_OFF)
        # Loaded when it is needed: Pillow weighs some megabytes.
        from modules.rendering.dice_pictures import draw_die, picture_names  # noqa: PLC0415

        present: list[Any] = await self._bot.fetch_application_emojis()
        has = {each.name for each in present}
        missing = [name for name in picture_names() if PREFIX + name not in has]
        for name in missing:
            picture = await asyncio.to_thread(draw_die, name)
            present.append(await self._bot.create_application_emoji(name=PREFIX + name, image=picture))
        self._emojis.take(present)
        return Reply(
            translated(
                "{count} pictures of dice uploaded; {all} in use.", count=len(missing), all=len(self._emojis.known)
            )
        )
