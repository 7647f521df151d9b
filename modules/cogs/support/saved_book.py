"""What the commands about saved rolls share: whose they are, who may change them, and how they are shown."""

from collections.abc import Sequence
from typing import Final

from modules.commands.command_bot import CommandBot
from modules.commands.components import custom_id
from modules.commands.invocation import Invocation
from modules.commands.permissions import has_role, may_manage
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.discord_api.components import Component
from modules.rendering.language import translated
from modules.rendering.text import escape, fitting, fixed, shortened
from modules.services.names import parameter_count
from modules.services.saved_rolls import TooMany
from modules.storage.records import Owner, SavedRoll
from modules.ui.buttons import Button, button_rows

NAMED: Final = "named"
"""Name of the component that rolls a saved roll, by its id."""
KEEP: Final = "keep"
"""Name of the component that saves a roll that was shared; for a `user` or a `guild`, by its id."""
BUTTONS: Final = 10
"""Saved rolls that get a button."""
LIST_LENGTH: Final = 1_800
NOTATION_SHOWN: Final = 80
NEEDS_SERVER: Final = "A private message has no server; leave that option out here."
NEEDS_RIGHT: Final = "For the server's rolls you need the permission Manage Server, or the GM role."
UNKNOWN: Final = "There is no saved roll called `{name}`. Yours: {known}."


def owner_of(invocation: Invocation, bot: CommandBot, *, server: bool) -> Owner:
    """Whose saved rolls are to be changed.

    Raises:
        Refusal: There is no server here, or the person may not change its rolls.
    """
    if not server:
        return Owner("user", invocation.actor.id)
    if invocation.guild_id is None:
        raise Refusal(NEEDS_SERVER)
    role_id = bot.settings_of(invocation.guild_id).gm_role_id
    if not (may_manage(invocation) or has_role(invocation, role_id)):
        raise Refusal(NEEDS_RIGHT)
    return Owner("guild", invocation.guild_id)


def find(rolls: Sequence[SavedRoll], name: str) -> SavedRoll:
    """A saved roll by its name.

    Raises:
        Refusal: There is none.
    """
    key = name.strip().removeprefix("$").casefold()
    for each in rolls:
        if each.name.casefold() == key:
            return each
    known = ", ".join(f"`{each.name}`" for each in rolls[:20])
    raise Refusal(translated(UNKNOWN, name=code(name), known=known or translated("none yet")))


def too_many(refused: TooMany) -> Refusal:
    """Why no more can be saved."""
    return Refusal(translated("At most {most} rolls can be saved here; please delete some first.", most=refused.most))


def code(text: str) -> str:
    """Text of anybody's that can stand in Discord's marks for code."""
    return "".join(map(fixed, shortened(text, NOTATION_SHOWN))).replace("`", "'")


def line(saved: SavedRoll) -> str:
    """A saved roll as lists show it."""
    return f"**{escape(saved.name)}** `{code(saved.notation)}`"


def listed(parts: Sequence[tuple[str, Sequence[SavedRoll]]]) -> str:
    """Lists of saved rolls by name, as many of each as a message takes.

    Args:
        parts: A title, and the saved rolls under it.
    """
    lines: list[str] = []
    for title, rolls in parts:
        shown = fitting([line(each) for each in rolls], LIST_LENGTH // len(parts))
        lines += [f"**{translated(title)}**", *shown]
        if len(shown) < len(rolls):
            more = len(rolls) - len(shown)
            lines.append(translated("… and {count} more: `/saved export` has them all.", count=more))
    return "\n".join(lines)


def most_used(rolls: Sequence[SavedRoll]) -> list[SavedRoll]:
    """Those that get a button: the most used that can be rolled without being told more."""
    ready = [each for each in rolls if not parameter_count(each.notation) or "=" in each.notation]
    return sorted(ready, key=lambda each: -each.use_count)[:BUTTONS]


def roll_buttons(rolls: Sequence[SavedRoll]) -> list[Component]:
    """A button for each saved roll."""
    return button_rows([Button(each.name, custom_id(NAMED, str(each.id)), "🎲") for each in rolls])


def shared(saved: SavedRoll, *, in_server: bool) -> Reply:
    """A saved roll for all to see, with buttons that roll it, save it, and save it for the server."""
    buttons = [
        Button(translated("Roll it"), custom_id(NAMED, str(saved.id)), "🎲"),
        Button(translated("Save it"), custom_id(KEEP, f"user.{saved.id}")),
    ]
    if in_server:
        buttons.append(Button(translated("Save it for the server"), custom_id(KEEP, f"guild.{saved.id}")))
    return Reply(line(saved), components=button_rows(buttons))
