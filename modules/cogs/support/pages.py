"""Answers that show text letter for letter."""

from collections.abc import Iterator, Sequence
from typing import Final

from modules.commands.reply import Reply
from modules.rendering.explain import INDENT, explain
from modules.rendering.text import escape, fitting, fixed, shortened
from modules.services.rolls import Rolled

NOT_KEPT: Final = "I do not have the dice of that roll; I can explain the latest rolls only."
NO_MODIFIER: Final = "I can add or subtract a number or dice, like `+2` or `-1d4`."
BLOCK_LENGTH: Final = 1_900
"""Characters of a code block, which leaves room for its marks."""
LINE_LENGTH: Final = 300
"""Characters of one line of an explanation, before they are escaped."""


def code_block(text: str) -> str:
    """Text that may be anybody's, to be read and copied letter for letter."""
    lines = ("".join(map(fixed, line)) for line in text.splitlines())
    return f"```\n{shortened(chr(10).join(lines), BLOCK_LENGTH)}\n```"


def explanation(rolled: Rolled) -> Reply:
    """What every step did to the dice, for the asker alone."""
    lines = [line for roll in rolled.rolls for line in _listed(explain(roll).splitlines())]
    shown = fitting(lines, BLOCK_LENGTH)
    return Reply("\n".join([*shown, *(["…"] if len(shown) < len(lines) else [])]), ephemeral=True)


def _listed(lines: Sequence[str]) -> Iterator[str]:
    """A roll and its steps as a list, which a phone breaks where it has to."""
    yield f"**{escape(shortened(lines[0], LINE_LENGTH))}**"
    for line in lines[1:]:
        step = line.lstrip(" ")
        yield f"{' ' * (len(line) - len(step) - len(INDENT))}- {escape(shortened(step, LINE_LENGTH))}"
