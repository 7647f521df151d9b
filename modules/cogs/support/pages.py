"""Answers that show text letter for letter."""

from typing import Final

from modules.commands.reply import Reply
from modules.rendering.explain import explain
from modules.rendering.text import fixed, shortened
from modules.services.rolls import Rolled

NOT_KEPT: Final = "I do not have the dice of that roll; I can explain the latest rolls only."
NO_MODIFIER: Final = "I can add or subtract a number or dice, like `+2` or `-1d4`."
BLOCK_LENGTH: Final = 1_900
"""Characters of a code block, which leaves room for its marks."""


def code_block(text: str) -> str:
    """Text that may be anybody's, to be read and copied letter for letter."""
    lines = ("".join(map(fixed, line)) for line in text.splitlines())
    return f"```\n{shortened(chr(10).join(lines), BLOCK_LENGTH)}\n```"


def explanation(rolled: Rolled) -> Reply:
    """What every step did to the dice, for the asker alone."""
    return Reply(code_block("\n".join(map(explain, rolled.rolls))), ephemeral=True)
