"""`!odds` and `/odds`."""

from discord import app_commands
from discord.ext import commands

from modules.cogs.support.odds import ODDS, OddsReplies
from modules.cogs.support.suggestions import Suggestions
from modules.commands.command import autocomplete, command
from modules.commands.components import Components
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.services.odds import OddsQuestion

NOTHING_ASKED = (
    "What would you like the odds of? For example `4d6kh3`, `1d20+5 vs 15`, `8d6 >= 30`, or two rolls: `4d6kh3 vs 3d6`."
)


class OddsCog(commands.Cog):
    """How likely a roll is, exactly."""

    def __init__(self, components: Components, odds: OddsReplies, suggestions: Suggestions) -> None:
        self._odds, self._suggestions = odds, suggestions
        components.register(ODDS, self.pressed)

    @command("odds", usage="odds 4d6kh3", description="The exact odds of a roll, or of one roll against another")
    @app_commands.describe(
        dice="A roll like 4d6kh3 or 1d20+5 vs 15, or two like 4d6kh3 vs 3d6",
        target="A total: the chance to reach it",
        given="A condition that the total meets, like >=10",
    )
    async def odds(
        self,
        invocation: Invocation,
        *,
        dice: str = "",
        target: int | None = None,
        given: app_commands.Range[str, 1, 20] = "",
    ) -> Reply:
        """How likely a roll is, exactly."""
        text = dice.strip("` \n")
        if not text:
            raise Refusal(NOTHING_ASKED)
        reply = await self._odds.answer(invocation, OddsQuestion.of(text, target, given))
        self._suggestions.recent.note(invocation.actor.id, text)
        return reply

    @autocomplete(odds, "dice")
    async def suggest(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Say whether what is typed so far can be rolled."""
        return self._suggestions.choices(invocation.actor.id, current)

    async def pressed(self, invocation: Invocation, payload: str) -> Reply:
        """The odds of what a refused notation was meant to be."""
        return await self._odds.told(invocation, self._odds.roller.spec_of(payload))
