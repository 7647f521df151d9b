"""Answers as cards: a text with a colour for how it went, and what a card says to whoever reads it again."""

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any, Final

import discord

from modules.discord_api.components import Component, container
from modules.rendering.answers import Outcome

COLOURS: Final = MappingProxyType({Outcome.PLAIN: 0x5865F2, Outcome.SUCCESS: 0x3BA55D, Outcome.FAILURE: 0xED4245})


def card(text: str, outcome: Outcome = Outcome.PLAIN, filename: str | None = None) -> Component:
    """A card.

    Args:
        text: What it says, in Discord's markup.
        outcome: Its colour.
        filename: Of an attachment to show in it.
    """
    return container(text, COLOURS[outcome], filename)


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
