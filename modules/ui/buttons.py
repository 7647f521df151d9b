"""Buttons, menus and modals of rolls, in the reader's language. Custom ids come from whoever handles the presses."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import discord

from modules.discord_api import components
from modules.discord_api.components import LABEL_LENGTH, Component
from modules.rendering.language import translated
from modules.rendering.text import shortened


class Button(NamedTuple):
    """A button.

    Attributes:
        label: What it says.
        custom_id: What a press sends.
        emoji: Before the label.
        is_main: Whether it is the one most people want.
    """

    label: str
    custom_id: str
    emoji: str | None = None
    is_main: bool = False


class Option(NamedTuple):
    """One line of a menu.

    Attributes:
        value: What choosing it sends.
        label: What it says.
        description: A smaller line under it.
        is_chosen: Whether the menu shows it as chosen.
    """

    value: str
    label: str
    description: str | None = None
    is_chosen: bool = False


def button_rows(buttons: Iterable[Button]) -> list[Component]:
    """Rows of buttons."""
    return components.rows(
        [
            components.button(
                shortened(translated(each.label), LABEL_LENGTH), each.custom_id, each.emoji, is_main=each.is_main
            )
            for each in buttons
        ]
    )


def menu(custom_id: str, placeholder: str, options: Sequence[Option]) -> Component:
    """A row with a menu of which one line is chosen."""
    lines = [
        components.option(
            translated(each.label),
            each.value,
            translated(each.description) if each.description else None,
            default=each.is_chosen,
        )
        for each in options
    ]
    return components.row(components.menu(custom_id, translated(placeholder), lines))


def question(title: str, custom_id: str, label: str, placeholder: str, max_length: int) -> discord.ui.Modal:
    """A modal that asks for one short text; its input has the custom id `answer`."""
    modal = discord.ui.Modal(title=translated(title), custom_id=custom_id)
    placeholder = translated(placeholder)
    modal.add_item(
        discord.ui.TextInput(
            label=translated(label), custom_id="answer", placeholder=placeholder, max_length=max_length
        )
    )
    return modal
