"""How a command of ours is declared."""

from collections.abc import Callable, Coroutine, Sequence
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from discord.ext import commands

from modules.cogs.context import NazhContext
from modules.runtime.discord_internals import RestCommand

P = ParamSpec("P")
CogT = TypeVar("CogT", bound=commands.Cog)

Callback = Callable[Concatenate[CogT, NazhContext, P], Coroutine[Any, Any, None]]


def command(
    name: str, *, usage: str, description: str, aliases: Sequence[str] = ()
) -> Callable[[Callback[CogT, P]], RestCommand[CogT, P]]:
    """Declare a command that works as a message and as a slash command.

    Args:
        name: Its name in both.
        usage: Name and arguments as `!help` shows them, without the prefix.
        description: What it does, in a clause of at most 100 characters.
        aliases: Other names, for messages only.

    Raises:
        TypeError: The callback has other parameters besides the context than a text with a default, after a `*`.
    """

    def declare(callback: Callback[CogT, P]) -> RestCommand[CogT, P]:
        _, _, *others = signature(callback).parameters.values()
        # Checked at import, since `RestCommand` would hand such a callback wrong arguments or none.
        if [each for each in others if each.kind is not each.KEYWORD_ONLY or each.default is each.empty] or others[1:]:
            raise TypeError(f"{name} wants more than the rest of a message")
        of_ours: Any = callback  # it may count on our own context
        return RestCommand(of_ours, name=name, usage=usage, description=description, aliases=list(aliases))

    return declare
