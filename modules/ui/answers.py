"""Answers as cards: a layout with a colour for how it went, and buttons under it."""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

import discord

from modules.rendering.answers import Outcome

COLOURS: Final = MappingProxyType({Outcome.PLAIN: 0x5865F2, Outcome.SUCCESS: 0x3BA55D, Outcome.FAILURE: 0xED4245})
BUTTONS_IN_ROW: Final = 5

Item = discord.ui.Item[Any]


def card_layout(
    text: str, items: Sequence[Item] = (), outcome: Outcome = Outcome.PLAIN, filename: str | None = None
) -> discord.ui.LayoutView:
    """A card.

    Args:
        text: What it says, in Discord's markup.
        items: Buttons under it.
        outcome: Its colour.
        filename: Of an attachment to show in it; without a place in the layout Discord would not show it.
    """
    view = discord.ui.LayoutView(timeout=None)
    card: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay(text), accent_colour=COLOURS[outcome])
    if filename is not None:
        card.add_item(discord.ui.File(f"attachment://{filename}"))
    view.add_item(card)
    for start in range(0, len(items), BUTTONS_IN_ROW):
        view.add_item(discord.ui.ActionRow(*items[start : start + BUTTONS_IN_ROW]))
    return view


def take_apart(view: discord.ui.View | discord.ui.LayoutView) -> None:
    """Empty a view that has been sent for the last time.

    A view and its items hold each other: only the garbage collector would free them, whose pauses hold up every answer.
    """
    for item in [*view.walk_children()]:
        if isinstance(item, discord.ui.ActionRow | discord.ui.Container):
            item.clear_items()
    view.clear_items()


def outcome_of_card(message: discord.Message) -> Outcome:
    """How the roll of a card went, told by its colour."""
    colours = [each.accent_colour for each in message.components if isinstance(each, discord.components.Container)]
    return next(
        (outcome for outcome, value in COLOURS.items() if colours and colours[0] == discord.Colour(value)),
        Outcome.PLAIN,
    )


def text_of(message: discord.Message) -> str:
    """What a message says, be it text or a card."""
    return message.content or "\n".join(_texts(message.components))


def _texts(components: Iterable[Any]) -> Iterator[str]:
    for each in components:
        if isinstance(each, discord.components.TextDisplay):
            yield each.content
        yield from _texts(getattr(each, "children", ()))
