"""Checks what is to be kept before it is: a notation, as if it were rolled, and its name."""

from modules.cogs.support.roller import MEND, Roller
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.messages import begins_with_dice
from modules.commands.refusal import Refusal
from modules.dice.errors import DiceError
from modules.rendering.language import translated
from modules.services.names import NAME, tried
from modules.services.roll_specs import RollSpec

NO_NAME = "A name has up to 32 letters, digits, `_` and `-`, and begins with a letter, like `attack`."


async def checked(invocation: Invocation, typed: str, roller: Roller, name: str = "") -> str:
    """A notation that is to be kept, if it can be rolled.

    Args:
        invocation: Who asked.
        typed: The notation, perhaps with parameters.
        roller: Knows what stands in it.
        name: What it will be called: it must not lead back to itself.

    Raises:
        Refusal: It cannot; with the same words, and the same caret, as a roll.
    """
    request = await roller.requests.of(invocation, tried(typed))
    saved, key = request.saved, name.casefold()
    try:
        roller.reader.check(
            request.notation,
            request.dialect,
            None if saved is None else lambda each: request.notation if each.casefold() == key else saved(each),
        )
    except DiceError as error:
        raise roller.refusal(RollSpec(request.notation), error, MEND) from None
    return typed


def checked_name(typed: str, bot: CommandBot, prefix: str) -> str:
    """A name for a saved roll, if `!name` can mean it.

    Raises:
        Refusal: It is no name, a command, or dice.
    """
    name = typed.strip().removeprefix("$").removeprefix(prefix)
    if NAME.fullmatch(name) is None:
        raise Refusal(NO_NAME)
    known = bot.get_command(name.casefold())
    if known is not None:
        raise Refusal(translated("`{name}` is a command of mine; please take another name.", name=name))
    if begins_with_dice(name):
        raise Refusal(translated("`{name}` reads as dice; please take another name.", name=name))
    return name
