"""`!roll`, `!r` and `/roll`."""

from discord import app_commands
from discord.ext import commands

from modules.commands.command import command
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.dice.errors import DiceError
from modules.rendering.errors import render_error
from modules.rendering.rolls import render_rolls
from modules.services.rolls import RollRequest, RollService

DEFAULT_NOTATION = "1d20"


class RollCog(commands.Cog):
    """Dice on demand."""

    def __init__(self, rolls: RollService) -> None:
        self._rolls = rolls

    @command("roll", aliases=["r"], usage="roll 2d6+3", description="Roll dice, like 2d6+3 or 4d6kh3")
    @app_commands.describe(notation="What to roll, like 2d6+3 or 4d6kh3; a single d20 if you leave it out")
    async def roll(self, invocation: Invocation, *, notation: str = DEFAULT_NOTATION) -> Reply:
        """Roll dice."""
        # Copied from help, a notation comes in Discord's marks for code, which are nothing that was asked for.
        notation = notation.strip("` \n") or DEFAULT_NOTATION
        try:
            rolled = await self._rolls.roll(request_of(invocation, notation))
        except DiceError as error:
            raise Refusal(render_error(error, notation)) from None
        return Reply(render_rolls(rolled.rolls))


def request_of(invocation: Invocation, notation: str) -> RollRequest:
    """What the service is asked for on behalf of this person."""
    return RollRequest(
        notation,
        actor_id=invocation.actor.id,
        guild_id=invocation.guild_id,
        channel_id=invocation.channel_id,
        source_id=invocation.source_id,
    )
