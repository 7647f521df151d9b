"""Dice in messages that are no commands: `I hit with [[1d20+7]]`, and `2d6+3` by itself, where a server wants them."""

import re
from typing import Final

import discord
from discord.ext import commands

from modules.cogs.support.roller import Roller
from modules.commands.command_bot import CommandBot
from modules.commands.message_filter import may_hold_dice
from modules.dice.errors import DiceError
from modules.services.roll_specs import RollSpec

INLINE: Final = "inline roll"
DIRECT: Final = "direct roll"
"""What they count as."""
AT_MOST: Final = 10
"""Rolls answered of one message."""

_INLINE: Final = re.compile(r"\[\[([^\[\]\n]{1,200}(?:\[[^\[\]\n]*\][^\[\]\n]*)*)\]\]")
_DICE: Final = re.compile(r"\d|\$")


class TableTalkCog(commands.Cog):
    """Rolls what people write while they play; one answer a message."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._bot, self._roller = bot, roller

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Roll the dice in a message, if there are any and the server wants that."""
        if message.guild is None or message.author.bot or message.webhook_id is not None:
            return
        settings = self._bot.settings_of(message.guild.id)
        if not may_hold_dice(message.content, settings):
            return
        if message.content.startswith(tuple(await self._bot.get_prefix(message))):
            return
        found = inline_rolls(message.content) if settings.inline_rolls else []
        if found:
            await self._roll(message, INLINE, "; ".join(found))
        elif settings.direct_notation and self._is_nothing_but_dice(message.content):
            await self._roll(message, DIRECT, message.content)

    async def _roll(self, message: discord.Message, name: str, notation: str) -> None:
        spec = RollSpec.of(notation)
        await self._bot.handling.run(message, name, lambda invocation: self._roller.answer(invocation, spec))

    def _is_nothing_but_dice(self, text: str) -> bool:
        """Whether all of a message is read as dice: a word beside them is talk."""
        try:
            readings = self._roller.reader.read(text)
        except DiceError:
            return False
        return not any(each.comment for each in readings)


def inline_rolls(text: str) -> list[str]:
    """What stands in double brackets and may be dice, in order."""
    return [found[1].strip() for found in _INLINE.finditer(text) if _DICE.search(found[1])][:AT_MOST]
