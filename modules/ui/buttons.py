"""Buttons, menus and modals of rolls, in the reader's language. Custom ids come from whoever handles the presses."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import discord

from modules.rendering.language import translated
from modules.rendering.text import shortened

LABEL_LENGTH: Final = 80
"""Characters of a button's label that Discord takes."""


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
    """

    value: str
    label: str
    description: str | None = None


def button_view(buttons: Sequence[Button]) -> discord.ui.View:
    """A row of buttons, or several."""
    view = discord.ui.View(timeout=None)
    for each in buttons:
        view.add_item(button_item(each))
    return view


def button_item(button: Button) -> discord.ui.Button[Any]:
    """A button as a part of a view or a layout."""
    label = shortened(translated(button.label), LABEL_LENGTH)
    style = discord.ButtonStyle.primary if button.is_main else discord.ButtonStyle.secondary
    return discord.ui.Button(label=label, custom_id=button.custom_id, emoji=button.emoji, style=style)


def menu_view(custom_id: str, placeholder: str, options: Sequence[Option]) -> discord.ui.View:
    """A menu of which one line is chosen."""
    view = discord.ui.View(timeout=None)
    lines = [
        discord.SelectOption(
            value=each.value,
            label=translated(each.label),
            description=translated(each.description) if each.description else None,
        )
        for each in options
    ]
    view.add_item(discord.ui.Select(custom_id=custom_id, placeholder=translated(placeholder), options=lines))
    return view


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
