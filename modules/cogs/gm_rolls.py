"""`/gmroll`: a roll that the game master sees."""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from modules.cogs.support.asker import by
from modules.cogs.support.roller import MEND_SECRETLY, Roller
from modules.commands.command import command
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.services.roll_specs import RollSpec

NO_CHANNEL = "This server has no GM channel yet. Somebody with Manage Server can choose one with `/settings`."
CANNOT_WRITE = "I may not write in this server's GM channel, so nothing was rolled."
ROLLED = "Rolled for the game master."


class GmRollsCog(commands.Cog):
    """Rolls that appear in the GM channel, and nowhere else."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._bot, self._roller = bot, roller

    @command("gmroll", usage="gmroll 1d20+5", description="Roll in the GM channel, for the game master to see")
    @app_commands.describe(dice="What to roll, like 1d20+5 stealth")
    @commands.guild_only()
    async def gmroll(self, invocation: Invocation, *, dice: str = "") -> Reply:
        """Roll in the GM channel, for the game master to see."""
        settings = self._bot.settings_of(invocation.guild_id)
        if settings.secret_channel_id is None:
            raise Refusal(NO_CHANNEL)
        spec = RollSpec.of(dice)
        rolled = await self._roller.roll(invocation, spec, MEND_SECRETLY, secret=True)
        role = f" · <@&{settings.gm_role_id}>" if settings.gm_role_id is not None else ""
        footer = f"{by('Rolled for the game master', invocation)} · <#{invocation.channel_id}>{role}"
        shown = self._roller.reply(invocation, spec, rolled, footer)
        if await self._bot.handling.replies.post_elsewhere(invocation, shown, settings.secret_channel_id) is None:
            raise Refusal(CANNOT_WRITE)
        if invocation.type is InvocationType.MESSAGE:
            return Reply(translated(ROLLED))
        # Whoever rolled sees it too, where nobody else does.
        return replace(self._roller.reply(invocation, spec, rolled, translated(ROLLED)), elsewhere=None, ephemeral=True)
