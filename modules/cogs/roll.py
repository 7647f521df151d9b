"""`!roll`, `!r` and `/roll`."""

from discord import app_commands
from discord.ext import commands

from modules.cogs.command import command
from modules.cogs.context import CommandBot, NazhContext
from modules.dice.errors import DiceError
from modules.rendering.errors import render_error
from modules.rendering.rolls import render_rolls
from modules.services.rolls import RollService
from modules.ui.sending import send_reply

DEFAULT_NOTATION = "1d20"


class RollCog(commands.Cog):
    """Dice on demand."""

    def __init__(self, rolls: RollService) -> None:
        self._rolls = rolls

    @command("roll", aliases=["r"], usage="roll 2d6+3", description="Roll dice, like 2d6+3 or 4d6kh3")
    @app_commands.describe(notation="What to roll, like 2d6+3 or 4d6kh3; a single d20 if you leave it out")
    async def roll(self, ctx: NazhContext, *, notation: str = DEFAULT_NOTATION) -> None:
        """Roll dice."""
        # Copied from help, a notation comes in Discord's marks for code, which are nothing that was asked for.
        notation = notation.strip("` \n") or DEFAULT_NOTATION
        try:
            rolls = self._rolls.roll(notation)
        except DiceError as error:
            await ctx.refuse(render_error(error, notation))
        else:
            await send_reply(ctx, render_rolls(rolls))


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(RollCog(bot.rolls))
