"""`!help`."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from modules.commands.command import command as declared
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.ui.pages import CommandLine, render_command_help, render_help

_Command = commands.Command[Any, ..., Any]


class HelpCog(commands.Cog):
    """Every command on one page, made from the commands themselves."""

    def __init__(self, bot: CommandBot) -> None:
        self._bot = bot

    @declared("help", usage="help [command]", description="What the bot understands")
    @app_commands.describe(command="The command you want to know more about")
    async def help(self, invocation: Invocation, *, command: str = "") -> Reply:
        """What the bot understands."""
        prefix = self._bot.prefix_for(invocation.guild_id)
        name = command.strip().removeprefix(prefix).lower()
        found = self._bot.get_command(name) if name else None
        if found is not None:
            return Reply(render_command_help(prefix, _line(found), list(found.aliases)), ephemeral=True)
        if name:
            known = ", ".join(f"`{each.name}`" for each in self._visible())
            raise Refusal(f"I have no command of that name. I know {known}.")
        return Reply(render_help(prefix, [_line(each) for each in self._visible()]), ephemeral=True)

    def _visible(self) -> list[_Command]:
        """Commands to show: rolling first, the others by name, since the bot keeps them in no order."""
        shown = (each for each in self._bot.commands if each.enabled and not each.hidden)
        return sorted(shown, key=lambda each: (each.name != "roll", each.name))


def _line(command: _Command) -> CommandLine:
    return CommandLine(command.usage or command.name, command.description)
