"""discord.py's context of one command, tied to our invocation."""

from typing import Any

from discord.ext import commands

from modules.commands.invocation import Invocation


class Context(commands.Context["CommandBot"]):
    """The context of a message or slash command.

    Attributes:
        invocation: Who asked for what; the same object from arrival to end.
    """

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - discord.py's own, passed through
        super().__init__(**attributes)
        self.invocation = Invocation.of(self.interaction or self.message, self.bot.handling.clock)
