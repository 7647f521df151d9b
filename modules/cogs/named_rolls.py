"""`!attack`, panels and shared rolls: saved rolls, rolled."""

from discord import app_commands
from discord.ext import commands
from discord.ext.commands.view import StringView

from modules.cogs.support.asker import by
from modules.cogs.support.requests import place_of
from modules.cogs.support.roller import Roller
from modules.cogs.support.saved_book import (
    KEEP,
    LIST_LENGTH,
    NAMED,
    find,
    line,
    most_used,
    owner_of,
    roll_buttons,
    too_many,
)
from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.context import Context
from modules.commands.invocation import Invocation
from modules.commands.messages import ROLL
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.rendering.text import fitting
from modules.services.names import called
from modules.services.players import Players
from modules.services.roll_specs import RollSpec
from modules.services.saved_rolls import NameTaken, TooMany
from modules.storage.errors import DatabaseAway
from modules.storage.records import Owner, SavedRoll

BUTTONS_AT_MOST = 25
"""What Discord takes of one message."""
GONE = "That saved roll was deleted."
NO_ROLLS = "There are no saved rolls to put on a panel; `{prefix}save attack 1d20+7` saves one."


class NamedRollsCog(commands.Cog):
    """Rolls what was saved: by name, by the button of a panel, by that of a shared roll."""

    def __init__(self, bot: CommandBot, roller: Roller, players: Players) -> None:
        self._bot, self._roller, self._players = bot, roller, players
        bot.handling.components.register(NAMED, self.pressed)
        bot.handling.components.register(KEEP, self.keep)

    async def cog_load(self) -> None:
        """Find the commands that are names of saved rolls."""
        self._bot.find_named = self.find_named

    async def find_named(self, ctx: Context) -> None:
        """Have `!attack +2` rolled where `attack` is a saved roll, or a value, of whoever wrote it."""
        word, place = (ctx.invoked_with or "").casefold(), place_of(ctx.invocation)
        try:
            names = await self._players.names(place)
            saved = next((each for each in await self._players.saved(place) if each.name.casefold() == word), None)
        except DatabaseAway:
            return  # the word may be another bot's
        known = names.saved.get(word) or names.value(word)
        if known is None:
            return
        if saved is not None:
            self._players.saved_rolls.note_use(saved)
        ctx.command = self._bot.get_command(ROLL)
        ctx.view = StringView(called(saved.name if saved else word, known, ctx.view.buffer[ctx.view.index :].strip()))

    @command("panel", usage="panel [names]", description="Post buttons for saved rolls, which stay for everybody")
    @app_commands.describe(names="Which saved rolls, separated by commas; the ten most used if you leave it out")
    async def panel(self, invocation: Invocation, *, names: str = "") -> Reply:
        """Post a panel of buttons that stays."""
        rolls = await self._players.saved(place_of(invocation))
        chosen = [find(rolls, each) for each in names.split(",") if each.strip()] if names else most_used(rolls)
        if not chosen:
            raise Refusal(translated(NO_ROLLS, prefix=self._bot.prefix_for(invocation.guild_id)))
        lines = fitting([line(each) for each in chosen[:BUTTONS_AT_MOST]], LIST_LENGTH)
        return Reply("\n".join(lines), components=roll_buttons(chosen[:BUTTONS_AT_MOST]))

    async def pressed(self, invocation: Invocation, payload: str) -> Reply:
        """Roll a saved roll for whoever presses."""
        saved = await self._by_id(payload)
        reply = await self._roller.answer(
            invocation, RollSpec.of(called(saved.name, saved.notation, "")), by("Rolled", invocation)
        )
        self._players.saved_rolls.note_use(saved)
        return reply

    async def keep(self, invocation: Invocation, payload: str) -> Reply:
        """Save a roll that somebody shared."""
        kind, _, roll_id = payload.partition(".")
        saved = await self._by_id(roll_id)
        owner = owner_of(invocation, self._bot, server=kind == "guild")
        await self._add(owner, saved)
        return Reply(translated("Saved `{name}`.", name=saved.name), ephemeral=True)

    async def _add(self, owner: Owner, saved: SavedRoll) -> None:
        try:
            await self._players.saved_rolls.add(owner, saved.name, saved.notation)
        except NameTaken:
            raise Refusal(translated("There is a saved roll called `{name}` already.", name=saved.name)) from None
        except TooMany as refused:
            raise too_many(refused) from None

    async def _by_id(self, roll_id: str) -> SavedRoll:
        saved = await self._players.saved_rolls.by_id(int(roll_id)) if roll_id.isdecimal() else None
        if saved is None:
            raise Refusal(GONE)
        return saved
