"""How a command of ours is declared: a plain hybrid command whose callback gives back its answer."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from modules.commands.context import Context
from modules.commands.handling import Choices, Handling
from modules.commands.invocation import Invocation
from modules.commands.reply import Answer

_REST: Final = inspect.Parameter.KEYWORD_ONLY

P = ParamSpec("P")
CogT = TypeVar("CogT", bound=commands.Cog)

Callback = Callable[Concatenate[CogT, Invocation, P], Awaitable[Answer]]


class Command(commands.HybridCommand[CogT, Any, None]):
    """A hybrid command that takes the rest of a message as it is where that is its option, without converters."""

    async def transform(self, ctx: commands.Context[Any], param: commands.Parameter, attachments: Any, /) -> Any:  # noqa: ANN401 - theirs
        """The value of an option."""
        if param.kind is _REST and param.converter is str and (text := ctx.view.read_rest().strip()):
            return text
        return await super().transform(ctx, param, attachments)


def command(
    name: str,
    *,
    usage: str,
    description: str,
    aliases: Sequence[str] = (),
    parent: commands.HybridGroup[Any, Any, Any] | None = None,
    **more: Any,  # noqa: ANN401 - discord.py's
) -> Callable[[Callback[CogT, P]], commands.HybridCommand[CogT, Any, None]]:
    """Declare a command that works as a message and as a slash command.

    The callback takes the invocation and any number of typed options, and gives back its answer; a refusal is raised.

    Args:
        name: Its name in both.
        usage: Name and options as `!help` shows them, without the prefix.
        description: What it does, in a clause of at most 100 characters.
        aliases: Other names, for messages only.
        parent: The group that it is a subcommand of.
        **more: Further arguments of `commands.hybrid_command`, such as `enabled` or `hidden`.
    """

    def declare(callback: Callback[CogT, P]) -> commands.HybridCommand[CogT, Any, None]:
        declared: commands.HybridCommand[CogT, Any, None] = Command(
            _answering(callback),
            name=name,
            usage=usage,
            description=description,
            aliases=list(aliases),
            parent=parent,
            **more,
        )
        if parent is not None:
            parent.add_command(declared)
        return declared

    return declare


def command_group(
    name: str, *, usage: str, description: str, fallback: str
) -> Callable[[Callback[CogT, P]], commands.HybridGroup[CogT, Any, None]]:
    """Declare a command with subcommands, of which the callback is one; else as `command`.

    Args:
        name: Its name in messages and as slash command.
        usage: As `!help` shows it.
        description: What it is for.
        fallback: Name of the callback as slash command, since Discord has none for the group itself.
    """

    def declare(callback: Callback[CogT, P]) -> commands.HybridGroup[CogT, Any, None]:
        return commands.HybridGroup(
            _answering(callback),
            name=name,
            usage=usage,
            description=description,
            fallback=fallback,
            case_insensitive=True,
        )

    return declare


def _answering(callback: Callback[CogT, P]) -> Any:  # noqa: ANN401 - as discord.py wants it
    """A callback of discord.py's that sends what the callback gives back."""

    # discord.py reads the options from the signature, which `wraps` hands on.
    @functools.wraps(callback)
    async def answered(cog: Any, ctx: Context, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as declared
        await ctx.bot.handling.answer(ctx.invocation, callback(cog, ctx.invocation, *args, **options))

    return answered


def autocomplete(
    of: commands.HybridCommand[CogT, Any, None], option: str
) -> Callable[[Callable[[CogT, Invocation, str], Awaitable[Choices]]], Callable[..., Any]]:
    """Declare who suggests values for an option of a command while a person types."""

    def declare(callback: Callable[[CogT, Invocation, str], Awaitable[Choices]]) -> Callable[..., Any]:
        # discord.py tells by the qualified name, which `wraps` hands on, that a cog comes first.
        @functools.wraps(callback)
        async def suggested(cog: Any, interaction: discord.Interaction[Any], current: str) -> list[Any]:  # noqa: ANN401
            handling: Handling = interaction.client.handling
            return await handling.suggest(
                interaction, of.qualified_name, lambda invocation: callback(cog, invocation, current)
            )

        of.autocomplete(option)(suggested)
        return callback

    return declare


def context_menu(
    name: str, work: Callable[[Invocation, discord.Message], Awaitable[Answer]]
) -> app_commands.ContextMenu:
    """A command of the menu of a message.

    Args:
        name: As the menu shows it.
        work: Called with the message it was used on; returns the answer.
    """

    async def used(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        handling: Handling = interaction.client.handling
        await handling.run(interaction, name, lambda invocation: work(invocation, message))

    return app_commands.ContextMenu(name=name, callback=used)
