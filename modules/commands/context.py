"""discord.py's context of one command, tied to our invocation."""

from typing import TYPE_CHECKING, Any

from discord.ext import commands

from modules.commands.invocation import Invocation

if TYPE_CHECKING:
    from modules.commands.command_bot import CommandBot  # noqa: F401 - named in text below


class Context(commands.Context["CommandBot"]):
    """The context of a message or slash command.

    Attributes:
        invocation: Who asked for what; the same object from arrival to end.
    """

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - discord.py's own, passed through
        super().__init__(**attributes)
        self.invocation = Invocation.of(self.interaction or self.message)
