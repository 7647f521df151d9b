"""Puts an answer together: text or card, buttons, and a file where the dice are too many to show."""

from collections.abc import Sequence
from typing import Final

from modules.commands.reply import Attachment, Reply
from modules.rendering.answers import CARD_LENGTH, every_die, render_card, render_lines
from modules.rendering.dice import DISCORD, UNMARKED
from modules.rendering.rolls import MESSAGE_LENGTH
from modules.services.answer_look import AnswerLook, AnswerStyle
from modules.services.rolls import Rolled
from modules.ui.answers import card_layout
from modules.ui.buttons import Button, button_item, button_view

DICE_FILE: Final = "dice.txt"
NOT_RECORDED: Final = "Not recorded: my memory is away."
"""Under a roll that the ledger could not take."""


def roll_reply(
    rolled: Rolled,
    look: AnswerLook,
    buttons: Sequence[Button],
    small: Sequence[str] = (),
    *,
    ephemeral: bool = False,
    spare: int = 0,
) -> Reply:
    """The answer to a roll.

    Args:
        rolled: What fell.
        look: How to show it.
        buttons: Under it.
        small: Lines under the roll, in Discord's markup, such as who pressed a button.
        ephemeral: Show it to the asker alone, where Discord can.
        spare: Characters to leave free for what is added later.
    """
    if rolled.odds:
        small = (rolled.odds, *small)
    if rolled.is_recorded is False:
        small = (NOT_RECORDED, *small)
    is_card = look.style is AnswerStyle.RICH
    if is_card:
        answer = render_card(rolled.rolls, small, look.pictures, limit=CARD_LENGTH - spare)
    else:
        style = DISCORD if look.style is AnswerStyle.COMPACT else UNMARKED
        answer = render_lines(rolled.rolls, small, style, limit=MESSAGE_LENGTH - spare)
    files = () if answer.is_complete else (Attachment(DICE_FILE, every_die(rolled.rolls).encode()),)
    if not is_card:
        return Reply(answer.text, view=button_view(buttons), files=files, ephemeral=ephemeral)
    items = list(map(button_item, buttons))
    view = card_layout(answer.text, items, answer.outcome, DICE_FILE if files else None)
    return Reply(view=view, files=files, ephemeral=ephemeral)
