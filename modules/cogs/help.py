"""`!help`: commands, topics, operators and games."""

from collections.abc import Sequence
from typing import Any, Final, NoReturn

from discord import app_commands
from discord.ext import commands

from modules.cogs.support.roller import Roller
from modules.commands.command import autocomplete
from modules.commands.command import command as declared
from modules.commands.command_bot import CommandBot
from modules.commands.components import custom_id
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.discord_api.components import Component
from modules.rendering.errors import meaning_text
from modules.rendering.language import translated
from modules.services.help_search import find_games, find_operator
from modules.ui.buttons import Button, button_rows
from modules.ui.pages import CommandLine, render_command_help, render_games, render_help, render_links
from modules.ui.topics import TOPICS, Topic, find_topic

_Command = commands.Command[Any, ..., Any]

TOPIC: Final = "help"


class HelpCog(commands.Cog):
    """Every command on one page, made from the commands themselves; topics, operators and games by name."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._bot, self._roller = bot, roller
        bot.handling.components.register(TOPIC, self.show)

    @declared("help", usage="help [topic]", description="What the bot understands")
    @app_commands.describe(topic="A topic, a command, a game or an operator, like advantage, vampire or kh")
    async def help(self, invocation: Invocation, *, topic: str = "") -> Reply:
        """What the bot understands."""
        prefix = self._bot.prefix_for(invocation.guild_id)
        word = " ".join(topic.removeprefix(prefix).casefold().split())
        if not word:
            rows = button_rows([Button(each.title, custom_id(TOPIC, each.name)) for each in TOPICS])
            text = render_help(prefix, [_line(each) for each in self._visible()])
            return Reply(text + render_links(self._bot.config.repository_url), components=rows, ephemeral=True)
        return self._command(word, prefix) or self._page(word, prefix) or self._unknown()

    @autocomplete(help, "topic")  # noqa: A003 - the command, not the builtin
    async def suggest(self, _invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Topics, commands and games that have what is typed in their names."""
        wanted = current.strip().casefold()
        names = [*(each.name for each in TOPICS), *(each.name for each in self._visible())]
        found = [each for each in names if wanted in each]
        games = [each.system for each in find_games(wanted) if len(each.system) <= 100]
        return [app_commands.Choice(name=each, value=each) for each in dict.fromkeys([*found, *games])]

    async def show(self, invocation: Invocation, payload: str) -> Reply:
        """The page of a topic, from its button."""
        return self._page(payload, self._bot.prefix_for(invocation.guild_id)) or self._unknown()

    def _command(self, word: str, prefix: str) -> Reply | None:
        found = self._bot.get_command(word)
        if found is None:
            return None
        return Reply(render_command_help(prefix, _line(found), list(found.aliases)), ephemeral=True)

    def _page(self, word: str, prefix: str) -> Reply | None:
        if (topic := find_topic(word)) is not None:
            return self._topic(topic, prefix)
        if (meaning := find_operator(word)) is not None:
            return Reply(f"`{word}`: {meaning_text(meaning)}", ephemeral=True)
        if games := find_games(word):
            return Reply(render_games(games), components=self._to_try([each.example for each in games]), ephemeral=True)
        return None

    def _topic(self, topic: Topic, prefix: str) -> Reply:
        text = f"**{translated(topic.title)}**\n{translated(topic.text, prefix=prefix)}"
        return Reply(text, components=self._to_try(topic.examples), ephemeral=True)

    def _to_try(self, notations: Sequence[str]) -> list[Component]:
        return button_rows([self._roller.example(each) for each in dict.fromkeys(notations)])

    def _unknown(self) -> NoReturn:
        known = ", ".join(f"`{each.name}`" for each in self._visible())
        raise Refusal(
            translated("I have no command, topic or game of that name. My commands are {commands}.", commands=known)
        )

    def _visible(self) -> list[_Command]:
        """Commands to show: rolling first, the others by name, since the bot keeps them in no order."""
        shown = (each for each in self._bot.commands if each.enabled and not each.hidden)
        return sorted(shown, key=lambda each: (each.name != "roll", each.name))


def _line(command: _Command) -> CommandLine:
    return CommandLine(command.usage or command.name, translated(command.description))
