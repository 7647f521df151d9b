"""`!help`."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from modules.cogs.command import command as declared
from modules.cogs.context import CommandBot, NazhContext
from modules.cogs.refusal import Refusal
from modules.ui.pages import CommandLine, render_command_help, render_help
from modules.ui.sending import send_reply

_Command = commands.Command[Any, ..., Any]


class HelpCog(commands.Cog):
    """Every command on one page, made from the commands themselves."""

    def __init__(self, bot: CommandBot) -> None:
        self._bot = bot

    @declared("help", usage="help [command]", description="What the bot understands")
    @app_commands.describe(command="The command you want to know more about")
    async def help(self, ctx: NazhContext, *, command: str = "") -> None:
        """What the bot understands."""
        name = command.strip().removeprefix(self._bot.prefix).lower()
        await send_reply(ctx, self._page_of(name) if name else self._page(), ephemeral=True)

    def _page(self) -> str:
        visible = sorted((c for c in self._bot.commands if not c.hidden), key=lambda c: c.name != "roll")
        return render_help(self._bot.prefix, [_line(command) for command in visible])

    def _page_of(self, name: str) -> str:
        found = self._bot.get_command(name)
        if found is None:
            known = ", ".join(f"`{c.name}`" for c in self._bot.commands if not c.hidden)
            raise Refusal(f"I have no command of that name. I know {known}.")
        return render_command_help(self._bot.prefix, _line(found), list(found.aliases))


def _line(command: _Command) -> CommandLine:
    return CommandLine(command.usage or command.name, command.description)


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(HelpCog(bot))
