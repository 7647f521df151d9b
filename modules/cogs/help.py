"""`!help`: commands, topics, operators and games."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NoReturn

from discord import app_commands
from discord.ext import commands

from modules.cogs.builder import OPEN_BUILDER
from modules.cogs.support.odds import ODDS
from modules.cogs.support.records import is_private
from modules.cogs.support.roller import Roller
from modules.commands.command import autocomplete
from modules.commands.command import command as declared
from modules.commands.command_bot import CommandBot
from modules.commands.components import chosen_values, custom_id
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.errors import meaning_text
from modules.rendering.language import translated
from modules.services.help_search import find_games, find_operator
from modules.ui.buttons import Button, Option, button_rows, menu
from modules.ui.pages import (
    CommandLine,
    render_all_commands,
    render_command_help,
    render_command_lines,
    render_games,
    render_help,
    render_links,
)
from modules.ui.topics import ALL_COMMANDS, TOPICS, Topic, find_topic, topic_of

_Command = commands.Command[Any, ..., Any]

TOPIC: Final = "help"
"""Name of the menu of topics."""
TO_START: Final = ("1d20+5", "4d6kh3")
"""What the first page offers to roll."""


class HelpCog(commands.Cog):
    """What to type first, topics in a menu, and commands, operators and games by name; made from their own data."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._bot, self._roller = bot, roller
        bot.handling.components.register(TOPIC, self.show)

    @declared("help", usage="help [topic]", description="How to use the bot: topics, commands, games, operators")
    @app_commands.describe(topic="A topic, a command, a game or an operator, like advantage, vampire or kh")
    async def help(self, invocation: Invocation, *, topic: str = "") -> Reply:
        """How to use the bot: topics, commands, games, operators."""
        prefix = self._bot.prefix_for(invocation.guild_id)
        word = " ".join(topic.removeprefix(prefix).casefold().split())
        if not word:
            further = Button(translated("Build a roll"), OPEN_BUILDER, "🛠️")
            text = render_help(prefix) + render_links(self._bot.config.repository_url)
            return self._reply(text, [*map(self._roller.example, TO_START), further])
        return self._command(word, prefix) or self._page(word, prefix) or self._unknown()

    @autocomplete(help, "topic")  # noqa: A003 - the command, not the builtin
    async def suggest(self, _invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Topics, commands and games that have what is typed in their names."""
        wanted = current.strip().casefold()
        names = {translated(each.title): each.name for each in TOPICS}
        names |= {each.name: each.name for each in self._visible()}
        found = {name: value for name, value in names.items() if wanted in name.casefold() or wanted in value}
        games = {each.system: each.system for each in find_games(wanted) if len(each.system) <= 100}
        return [app_commands.Choice(name=name, value=value) for name, value in (found | games).items()]

    async def show(self, invocation: Invocation, _payload: str) -> Reply:
        """The page of a topic; instead of the page whose menu was used, where only its reader sees that."""
        topic = "".join(chosen_values(invocation))
        page = self._page(topic, self._bot.prefix_for(invocation.guild_id)) or self._unknown()
        return replace(page, replaces=is_private(invocation))

    def _command(self, word: str, prefix: str) -> Reply | None:
        found = self._bot.get_command(word)
        if found is None:
            return None
        parts = sorted(found.commands, key=lambda each: each.name) if isinstance(found, commands.Group) else []
        text = render_command_help(prefix, _line(found), list(found.aliases), [*map(_line, parts)])
        topic = topic_of(found.name)
        if topic is None or not topic.text:
            return self._reply(text)
        return self._reply(f"{text}\n\n{translated(topic.text, prefix=prefix)}", self._examples(topic))

    def _page(self, word: str, prefix: str) -> Reply | None:
        if (topic := find_topic(word)) is not None:
            return self._topic(topic, prefix)
        if (meaning := find_operator(word)) is not None:
            return self._reply(f"`{word}`: {meaning_text(meaning)}")
        if games := find_games(word):
            examples = dict.fromkeys(each.example for each in games)
            return self._reply(render_games(games), [*map(self._roller.example, examples)])
        return None

    def _topic(self, topic: Topic, prefix: str) -> Reply:
        visible = {each.name: _line(each) for each in self._visible()}
        parts = [f"**{translated(topic.title)}**"]
        if topic.text:
            parts.append(translated(topic.text, prefix=prefix))
        if topic.commands:
            parts.append(render_command_lines(prefix, [visible[each] for each in topic.commands if each in visible]))
        if topic.name == ALL_COMMANDS:
            parts.append(
                render_all_commands(
                    prefix, [(translated(each.title), each.commands) for each in TOPICS if each.commands]
                )
            )
        return self._reply("\n".join(parts), self._examples(topic), topic)

    def _examples(self, topic: Topic) -> list[Button]:
        if topic.is_about_odds:
            return [self._roller.example(each, ODDS, "Odds of") for each in topic.examples]
        return [*map(self._roller.example, topic.examples)]

    def _reply(self, text: str, buttons: Sequence[Button] = (), topic: Topic | None = None) -> Reply:
        """A page with what to try, and the menu of topics."""
        options = [Option(each.name, each.title, is_chosen=each is topic) for each in TOPICS]
        topics = menu(custom_id(TOPIC), "Choose a topic", options)
        return Reply(text, components=[*button_rows(buttons), topics], ephemeral=True)

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
