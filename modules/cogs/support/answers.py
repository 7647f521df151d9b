"""Puts an answer together: text or card, buttons, and a file where the dice are too many to show."""

from collections.abc import Sequence
from typing import Final

from modules.commands.invocation import Invocation
from modules.commands.reply import Attachment, Reply
from modules.rendering.answers import CARD_LENGTH, REST_IN_FILE, every_die, render_card, render_lines
from modules.rendering.dice import DISCORD, UNMARKED
from modules.rendering.language import translated
from modules.rendering.rolls import MESSAGE_LENGTH
from modules.services.answer_look import AnswerLook, AnswerStyle
from modules.services.rolls import Rolled
from modules.ui.answers import card
from modules.ui.buttons import Button, button_rows

NO_FILE: Final = "To send every die I need the permission Attach Files here."
ROOM: Final = 60
"""Characters by which that may be longer than what stands there where a file can be sent."""
DICE_FILE: Final = "dice.txt"
NOT_RECORDED: Final = "Not recorded: I cannot reach my database."
"""Under a roll that the ledger could not take."""


def roll_reply(
    invocation: Invocation,
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
        invocation: Who asked.
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
        answer = render_card(rolled.rolls, small, look.pictures, limit=CARD_LENGTH - spare - ROOM)
    else:
        style = DISCORD if look.style is AnswerStyle.COMPACT else UNMARKED
        answer = render_lines(rolled.rolls, small, style, limit=MESSAGE_LENGTH - spare - ROOM)
    text, files = answer.text, []
    if not answer.is_complete and invocation.may_attach:
        files.append(Attachment(DICE_FILE, every_die(rolled.rolls).encode()))
    elif not answer.is_complete:
        before, _, after = text.rpartition(translated(REST_IN_FILE))
        text = before + translated(NO_FILE) + after
    if not is_card:
        return Reply(text, components=button_rows(buttons), files=files, ephemeral=ephemeral)
    components = [card(text, answer.outcome, DICE_FILE if files else None), *button_rows(buttons)]
    return Reply(components=components, files=files, ephemeral=ephemeral)
