"""Commands as people type them: `!r2d6`, `!roll(2d6)`, `@bot 2d6`, `!roll help`, and `!rol 2d6`."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from modules.commands.context import Context
from modules.commands.refusal import Refusal
from modules.rendering.language import translated

ROLL: Final = "roll"
HELP: Final = "help"

_DICE: Final = re.compile(r"[-+]? *(?:[(\[{]|(?:\d+ *[#x] *)?[adp]*\d* *d *(?:\d|%|f|p(?![a-z])|\[|\())", re.IGNORECASE)
"""How dice begin, repeats and brackets included. A number alone is not enough: `!roll20` may be another bot's."""
_SOME_DIE: Final = re.compile(r"(?<![a-z])\d*d(?:\d|%)", re.IGNORECASE)


def begins_with_dice(text: str) -> bool:
    """Whether dice stand at the beginning of a text."""
    return _DICE.match(text) is not None


def resolve(ctx: Context, mentions: Iterable[str]) -> None:
    """Find the command that a message means where it is not simply a command's name.

    Args:
        ctx: As discord.py read it; given the command that is meant, and the place where its options begin.
        mentions: How the bot is mentioned.
    """
    if ctx.prefix is None:
        return
    if ctx.command is not None:
        if ctx.command.name == ROLL and _rest(ctx).casefold() == HELP:
            _use(ctx, HELP, options_at=ctx.view.end)
        return
    word = ctx.invoked_with or ""
    begin = ctx.view.index - len(word)
    if (name := _glued(word, _names_of(ctx, ROLL))) is not None:
        _use(ctx, ROLL, options_at=begin + len(name))
    elif ctx.prefix in mentions:
        text = ctx.message.content[begin:]
        # Nobody else can be meant, but people also talk about the bot.
        if not text.strip():
            _use(ctx, HELP, options_at=ctx.view.end)
        elif begins_with_dice(text) or _SOME_DIE.search(text):
            _use(ctx, ROLL, options_at=begin)


def misspelling(ctx: Context) -> Refusal | None:
    """What to say of an unknown command: only where it is close to ours and dice follow it.

    Everything else with our prefix may belong to another bot.
    """
    rest = _rest(ctx)
    if ctx.command is not None or not begins_with_dice(rest):
        return None
    word = (ctx.invoked_with or "").casefold()
    close = get_close_matches(word, _names_of(ctx, ROLL), n=1, cutoff=0.7)
    if not close:
        return None
    meant = f"`{ctx.prefix}{close[0]} {rest}`"
    return Refusal(translated("I don't know that command. Did you mean {command}?", command=meant))


def _glued(word: str, names: Iterable[str]) -> str | None:
    """The command that a word begins with, where dice follow at once."""
    for name in sorted(names, key=len, reverse=True):
        if word.casefold().startswith(name) and begins_with_dice(word[len(name) :]):
            return name
    return None


def _names_of(ctx: Context, name: str) -> list[str]:
    command = ctx.bot.get_command(name)
    return [] if command is None or not command.enabled else [command.name, *command.aliases]


def _rest(ctx: Context) -> str:
    return ctx.message.content[ctx.view.index :].strip()


def _use(ctx: Context, name: str, options_at: int) -> None:
    ctx.command = ctx.bot.get_command(name)
    ctx.view.index = options_at
