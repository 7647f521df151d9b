"""The panel on which settings are shown and changed."""

from collections.abc import Sequence
from typing import Any

import discord

from modules.rendering.language import translated
from modules.ui.buttons import Option

CHANNEL_TYPES = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
)
"""Where a bot can write."""
CHANNELS_AT_MOST = 25
"""What Discord takes of one menu."""

Menu = discord.ui.Select[Any] | discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]


def settings_text(title: str, lines: Sequence[tuple[str, str, str]], hint: str = "") -> str:
    """Every setting, its value and what it is for.

    Args:
        title: Whose settings.
        lines: Label, value and meaning of each.
        hint: A small line under them.
    """
    shown = [f"**{translated(label)}**: {value}\n-# {translated(meaning)}" for label, value, meaning in lines]
    return "\n".join([f"**{translated(title)}**", *shown, *([f"\n{translated(hint)}"] if hint else [])])


def field_menu(custom_id: str, options: Sequence[Option]) -> discord.ui.View:
    """Which setting to change."""
    return _view(choice_menu(custom_id, "What would you like to change?", options))


def value_view(menu: Menu, unset_id: str, back_id: str) -> discord.ui.View:
    """A menu of values, a button for the default, and a way back."""
    view = _view(menu)
    for label, custom_id in (("Use the default", unset_id), ("Back", back_id)):
        view.add_item(discord.ui.Button(label=translated(label), custom_id=custom_id, row=1))
    return view


def choice_menu(custom_id: str, placeholder: str, options: Sequence[Option]) -> discord.ui.Select[Any]:
    """A menu of fixed values."""
    lines = [
        discord.SelectOption(
            value=each.value,
            label=translated(each.label),
            description=translated(each.description) if each.description else None,
        )
        for each in options
    ]
    return discord.ui.Select(custom_id=custom_id, placeholder=translated(placeholder), options=lines)


def channel_menu(custom_id: str, placeholder: str, *, most: int = 1) -> discord.ui.ChannelSelect[Any]:
    """A menu of the channels in which the bot can write."""
    return discord.ui.ChannelSelect(
        custom_id=custom_id, placeholder=translated(placeholder), channel_types=list(CHANNEL_TYPES), max_values=most
    )


def role_menu(custom_id: str, placeholder: str) -> discord.ui.RoleSelect[Any]:
    """A menu of roles."""
    return discord.ui.RoleSelect(custom_id=custom_id, placeholder=translated(placeholder))


def _view(menu: Menu) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(menu)
    return view
