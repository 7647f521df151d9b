"""The panel on which settings are shown and changed."""

from collections.abc import Sequence
from typing import Final

from modules.discord_api.components import Component
from modules.rendering.language import translated
from modules.ui.buttons import Button, button_rows

CHANNELS_AT_MOST: Final = 25
"""What Discord takes of one menu."""


def settings_text(title: str, lines: Sequence[tuple[str, str, str]]) -> str:
    """Every setting, its value and what it is for.

    Args:
        title: Whose settings.
        lines: Label, value and meaning of each.
    """
    shown = [f"**{translated(label)}**: {value}\n-# {translated(meaning)}" for label, value, meaning in lines]
    return "\n".join([f"**{translated(title)}**", *shown])


def value_rows(menu: Component, unset_id: str, back_id: str) -> list[Component]:
    """A row with a menu of values, a button for the default, and a way back."""
    return [menu, *button_rows([Button("Use the default", unset_id), Button("Back", back_id)])]
