"""Buttons, menus and layouts as Discord's API describes them.

They are data, not the views of discord.py: a view is made to wait for presses, and is held by its items, while here
presses come back by their custom ids and nothing is kept.

Source: https://discord.com/developers/docs/components/reference
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

Component = Mapping[str, Any]
"""One component as it stands in a request."""

BUTTONS_IN_ROW: Final = 5
LABEL_LENGTH: Final = 80
"""Characters of a button's label that Discord takes."""
CHANNEL_TYPES: Final = (0, 2, 5, 11, 12)
"""Where a bot can write: text, voice, announcements, public and private threads."""


class Kind(IntEnum):
    """Types of components."""

    ROW = 1
    BUTTON = 2
    MENU = 3
    ROLE_MENU = 6
    CHANNEL_MENU = 8
    TEXT = 10
    FILE = 13
    CONTAINER = 17


def button(
    label: str, custom_id: str, emoji: str | None = None, *, is_main: bool = False, disabled: bool = False
) -> Component:
    """A button; the main one stands out."""
    made: dict[str, Any] = {"type": Kind.BUTTON, "style": 1 if is_main else 2, "label": label, "custom_id": custom_id}
    if emoji:
        made["emoji"] = {"name": emoji}
    if disabled:
        made["disabled"] = True
    return made


def option(label: str, value: str, description: str | None = None, *, default: bool = False) -> Component:
    """One line of a menu."""
    made: dict[str, Any] = {"label": label, "value": value}
    if description:
        made["description"] = description
    if default:
        made["default"] = True
    return made


def menu(custom_id: str, placeholder: str, options: Sequence[Component]) -> Component:
    """A menu of which one line is chosen."""
    return {"type": Kind.MENU, "custom_id": custom_id, "placeholder": placeholder, "options": options}


def role_menu(custom_id: str, placeholder: str) -> Component:
    """A menu of roles."""
    return {"type": Kind.ROLE_MENU, "custom_id": custom_id, "placeholder": placeholder}


def channel_menu(custom_id: str, placeholder: str, most: int = 1) -> Component:
    """A menu of the channels in which a bot can write, of which at most so many are chosen."""
    about = {"channel_types": [*CHANNEL_TYPES], "max_values": most}
    return {"type": Kind.CHANNEL_MENU, "custom_id": custom_id, "placeholder": placeholder, **about}


def row(*components: Component) -> Component:
    """One row: up to five buttons, or one menu."""
    return {"type": Kind.ROW, "components": list(components)}


def rows(buttons: Sequence[Component]) -> list[Component]:
    """Buttons in rows of five."""
    return [row(*buttons[start : start + BUTTONS_IN_ROW]) for start in range(0, len(buttons), BUTTONS_IN_ROW)]


def container(text: str, accent_colour: int, filename: str | None = None) -> Component:
    """A card with a text, and an attachment below it; without a place in the layout Discord would not show that."""
    parts: list[Component] = [{"type": Kind.TEXT, "content": text}]
    if filename is not None:
        parts.append({"type": Kind.FILE, "file": {"url": f"attachment://{filename}"}})
    return {"type": Kind.CONTAINER, "accent_color": accent_colour, "components": parts}


def is_layout(components: Sequence[Component]) -> bool:
    """Whether they are a layout, beside which Discord takes no text and no embeds; else rows under a text."""
    return any(each["type"] != Kind.ROW for each in components)
