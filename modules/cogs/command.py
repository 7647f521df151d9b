"""How a command of ours is declared."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from discord.ext import commands

from modules.cogs.context import NazhContext

P = ParamSpec("P")
CogT = TypeVar("CogT", bound=commands.Cog)

Callback = Callable[Concatenate[CogT, NazhContext, P], Coroutine[Any, Any, None]]


def command(
    name: str, *, usage: str, description: str, aliases: Sequence[str] = ()
) -> Callable[[Callback[CogT, P]], commands.HybridCommand[CogT, P, None]]:
    """Declare a command that works as a message and as a slash command.

    Args:
        name: Its name in both.
        usage: Name and arguments as `!help` shows them, without the prefix.
        description: What it does, in a clause of at most 100 characters.
        aliases: Other names, for messages only.
    """

    def declare(callback: Callback[CogT, P]) -> commands.HybridCommand[CogT, P, None]:
        made = commands.hybrid_command(name=name, usage=usage, description=description, aliases=list(aliases))
        return made(callback)

    return declare
