"""How characters are shown and filled in."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from modules.cogs.support.saved_book import code
from modules.commands.components import custom_id
from modules.commands.refusal import Refusal
from modules.commands.reply import Form, Reply
from modules.rendering.language import translated
from modules.rendering.text import escape, fitting
from modules.services.character_values import Fault
from modules.storage.records import Character, TemplateValue
from modules.ui.buttons import Option, menu

SWITCH: Final = "character"
"""Name of the menu of characters."""
FILLED: Final = "newcharacter"
"""Name of the form of a new character."""
NAME_LENGTH: Final = 60
TEXT_LENGTH: Final = 1_800
FORM_LENGTH: Final = 4_000
"""Characters that Discord takes of what a field is filled in with."""
CHARACTERS_IN_MENU: Final = 25
EXAMPLE: Final = "str 3\ndex -1\nprof 2\natk 1d20+str+prof"
NO_CHARACTERS: Final = (
    "You have no characters yet; `/character new` makes one, with values like `str 3` for `1d20+str`."
)


def refused(fault: Fault) -> Refusal:
    """A value that cannot be, to be told."""
    return Refusal(translated(fault.sentence, name=code(fault.name), **fault.parameters))


def valid_name(typed: str) -> str:
    """The name of a character as it is kept.

    Raises:
        Refusal: It is empty, too long, or not printable.
    """
    name = " ".join(typed.split())
    if not (1 <= len(name) <= NAME_LENGTH and name.isprintable()) or "`" in name:
        raise Refusal(translated("A character's name has 1 to {most} characters.", most=NAME_LENGTH))
    return name


def named(characters: Sequence[Character], name: str) -> Character:
    """A character by its name.

    Raises:
        Refusal: There is none.
    """
    for each in characters:
        if each.name.casefold() == " ".join(name.split()).casefold():
            return each
    known = ", ".join(f"`{each.name}`" for each in characters[:20])
    if not known:
        raise Refusal(NO_CHARACTERS)
    raise Refusal(translated("You have no character called `{name}`. Yours: {known}.", name=code(name), known=known))


def page(shown: Character, active: Character | None, characters: Sequence[Character]) -> Reply:
    """A character with its values, and a menu of the others."""
    is_active = active is not None and active.id == shown.id
    title = f"**{escape(shown.name)}**" + (f" · {translated('at the table here')}" if is_active else "")
    text = f"{title}\n{values_text(shown.values)}"
    options = [Option(str(each.id), each.name) for each in characters[:CHARACTERS_IN_MENU]]
    menus = [menu(custom_id(SWITCH), "Play as …", options)] if len(characters) > 1 else []
    return Reply(text, components=menus, ephemeral=True)


def values_text(values: Mapping[str, str]) -> str:
    """Values as a person writes them, as many as a message takes."""
    if not values:
        return translated("No values yet: `/character set str 3, atk 1d20+str` adds some.")
    lines = [f"`{name}` {escape(value)}" for name, value in values.items()]
    shown = fitting(lines, TEXT_LENGTH)
    if len(shown) < len(lines):
        more = len(lines) - len(shown)
        shown.append(translated("… and {count} more: `/character export` has them all.", count=more))
    return "\n".join(shown)


def form(name: str, template: Sequence[TemplateValue]) -> Form:
    """The form of a new character, with what the server asks for."""
    modal = discord.ui.Modal(title=translated("A new character"), custom_id=custom_id(FILLED))
    lines = [f"{each.name} = {each.default or ''}".rstrip() for each in template]
    modal.add_item(
        discord.ui.TextInput(
            label=translated("Name"),
            custom_id="name",
            default=name[:NAME_LENGTH] or None,
            max_length=NAME_LENGTH,
            placeholder="Mira",
        )
    )
    modal.add_item(
        discord.ui.TextInput(
            label=translated("Values, one a line"),
            custom_id="values",
            style=discord.TextStyle.paragraph,
            required=False,
            default="\n".join(fitting(lines, FORM_LENGTH)) or None,
            placeholder=EXAMPLE[:100],
        )
    )
    return Form(modal)
