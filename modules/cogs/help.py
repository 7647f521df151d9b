"""`!help`."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from modules.cogs.command import command as declared
from modules.cogs.context import CommandBot, NazhContext
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
        found = self._bot.get_command(name) if name else None
        if found is not None:
            page = render_command_help(self._bot.prefix, _line(found), list(found.aliases))
            await send_reply(ctx, page, ephemeral=True)
        elif name:
            known = ", ".join(f"`{each.name}`" for each in self._visible())
            await ctx.refuse(f"I have no command of that name. I know {known}.")
        else:
            page = render_help(self._bot.prefix, [_line(each) for each in self._visible()])
            await send_reply(ctx, page, ephemeral=True)

    def _visible(self) -> list[_Command]:
        """Commands to show: rolling first, the others by name, since the bot keeps them in no order."""
        shown = (each for each in self._bot.commands if not each.hidden)
        return sorted(shown, key=lambda each: (each.name != "roll", each.name))


def _line(command: _Command) -> CommandLine:
    return CommandLine(command.usage or command.name, command.description)


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(HelpCog(bot))
