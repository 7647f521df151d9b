"""The commands in the menu of a message: roll the dice in it, explain the roll in it; and `!explain`."""

from typing import Final

import discord
from discord.ext import commands

from modules.cogs.support.asker import by
from modules.cogs.support.pages import NOT_KEPT, explanation
from modules.cogs.support.records import is_private
from modules.cogs.support.roller import Roller
from modules.commands.command import command, context_menu
from modules.commands.command_bot import CommandBot
from modules.commands.components import chosen_values
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Reply
from modules.rendering.language import translated
from modules.services.found_dice import find_dice
from modules.services.roll_specs import RollSpec
from modules.ui.answers import text_of
from modules.ui.buttons import Option, menu

ROLL_DICE: Final = "Roll the dice in this message"
EXPLAIN: Final = "Explain this roll"
NO_DICE: Final = "I see no dice in that message, like `2d6+3`."


class MessageMenusCog(commands.Cog):
    """Dice that stand in a message already."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._tree, self._roller = bot.tree, roller
        bot.handling.components.register("found", self.chosen)

    async def cog_load(self) -> None:
        """Add the menus."""
        self._tree.add_command(context_menu(ROLL_DICE, self.roll_dice), override=True)
        self._tree.add_command(context_menu(EXPLAIN, self.explain), override=True)

    async def roll_dice(self, invocation: Invocation, message: discord.Message) -> Answer:
        """Roll the only dice in a message, or let the person choose."""
        # What an answer of ours escaped stands there as it was typed.
        found = find_dice(text_of(message).replace("\\", ""), self._roller.reader)
        if not found:
            raise Refusal(NO_DICE)
        if len(found) == 1:
            return await self._roller.answer(invocation, RollSpec.of(found[0]))
        choice = menu("found:", "Which dice?", [Option(each, each) for each in found])
        return Reply(translated("There are several rolls in that message."), components=[choice], ephemeral=True)

    async def chosen(self, invocation: Invocation, _payload: str) -> Answer:
        """Roll what was chosen."""
        spec = RollSpec.of("".join(chosen_values(invocation)))
        return await self._roller.answer(invocation, spec, by("Rolled", invocation))

    async def explain(self, _invocation: Invocation, message: discord.Message) -> Answer:
        """Take a roll apart: on its answer, or on the message that asked for it."""
        asked_by = [message.id]
        if message.reference is not None and message.reference.message_id is not None:
            asked_by.append(message.reference.message_id)
        if message.interaction_metadata is not None:
            asked_by.append(message.interaction_metadata.id)
        for each in asked_by:
            if (rolled := self._roller.recent.get(each)) is not None:
                return explanation(rolled)
        raise Refusal(NOT_KEPT)

    @command("explain", usage="explain", description="Explain your latest roll here, step by step")
    async def explain_latest(self, invocation: Invocation) -> Answer:
        """Take apart the roll of the message that is replied to, else the latest that the person made here."""
        reference = invocation.source.reference if isinstance(invocation.source, discord.Message) else None
        if reference is not None and isinstance(reference.resolved, discord.Message):
            return await self.explain(invocation, reference.resolved)
        place, may_be_secret = (invocation.actor.id, invocation.channel_id), is_private(invocation)
        made = [
            (source_id, rolled)
            for source_id, rolled in self._roller.recent.items()
            if (rolled.request.actor_id, rolled.request.channel_id) == place
            and (may_be_secret or not rolled.request.is_secret)
        ]
        if not made:
            raise Refusal(NOT_KEPT)
        return explanation(max(made, key=lambda each: each[0])[1])
