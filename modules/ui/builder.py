"""The panel on which a roll is put together."""

from collections.abc import Callable
from enum import StrEnum

import discord

from modules.rendering.language import translated
from modules.services.built_roll import ADVANTAGE, DICE, DISADVANTAGE, EXPLODE, REROLL, BuiltRoll, Pool, count_steps


class Press(StrEnum):
    """What a press is for where it is no step; the value stands in its custom id."""

    OPEN = "open"
    REOPEN = "reopen"
    COUNT = "count"
    SHAPE = "shape"
    MODIFIER = "mod"
    ROLL = "roll"
    SECRET = "secret"  # noqa: S105 - what a button is for
    UNDO = "undo"
    CLEAR = "clear"


Ids = Callable[[str], str]
"""The custom id of a step, or of a `Press`."""


def builder_text(built: BuiltRoll, outlook: str) -> str:
    """What has been put together.

    Args:
        built: The roll so far.
        outlook: What to expect of it; "" where that is not known.
    """
    title = f"**{translated('Build a roll')}**"
    if not built.notation:
        return f"{title}\n{translated('Tap a die to add it; tap it again for one more.')}"
    return f"{title}\n`{built.notation}`" + (f"\n{outlook}" if outlook else "")


def builder_view(built: BuiltRoll, id_of: Ids) -> discord.ui.View:
    """Dice, modifiers, what to do with the last dice, and how to roll.

    Args:
        built: The roll so far.
        id_of: Makes custom ids.
    """
    view = discord.ui.View(timeout=None)
    pools = built.pools
    for number, sides in enumerate(DICE):
        view.add_item(_button(f"d{sides}", id_of(f"d{sides}"), row=number // 5))
    for step, label in (("-1", "\N{MINUS SIGN}1"), ("+1", "+1"), (Press.MODIFIER, "±")):
        view.add_item(_button(label, id_of(step), row=1, disabled=not pools))
    if pools:
        view.add_item(_count_menu(pools[-1], id_of(Press.COUNT)))
        view.add_item(_shape_menu(pools[-1], id_of(Press.SHAPE)))
    main = discord.ButtonStyle.primary
    view.add_item(_button(translated("Roll"), id_of(Press.ROLL), row=4, emoji="🎲", style=main, disabled=not pools))
    view.add_item(_button(translated("Secretly"), id_of(Press.SECRET), row=4, disabled=not pools))
    view.add_item(_button(translated("Undo"), id_of(Press.UNDO), row=4, disabled=not built.steps))
    view.add_item(_button(translated("Clear"), id_of(Press.CLEAR), row=4, disabled=not built.steps))
    return view


def _button(
    label: str,
    custom_id: str,
    *,
    row: int,
    disabled: bool = False,
    emoji: str | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=label, custom_id=custom_id, row=row, disabled=disabled, emoji=emoji, style=style)


def _count_menu(pool: Pool, custom_id: str) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(label=f"{count}d{pool.sides}", value=f"n{count}", default=count == pool.count)
        for count in count_steps(pool)
    ]
    return discord.ui.Select(custom_id=custom_id, placeholder=translated("How many?"), options=options, row=2)


def _shape_menu(pool: Pool, custom_id: str) -> discord.ui.Select[discord.ui.View]:
    options = [discord.SelectOption(label=translated(label), value=step) for step, label in _shapes(pool)]
    placeholder = translated("Keep, explode, reroll the {dice} …", dice=f"{pool.count}d{pool.sides}")
    return discord.ui.Select(custom_id=custom_id, placeholder=placeholder, options=options, row=3)


def _shapes(pool: Pool) -> list[tuple[str, str]]:
    """What can be done with these dice: the step, and what it does."""
    shapes: list[tuple[str, str]] = []
    if pool.sides == 20 and pool.count <= 2:
        shapes += [(ADVANTAGE, "Advantage: two, keep the higher"), (DISADVANTAGE, "Disadvantage: two, keep the lower")]
    if pool.count > 1:
        shapes += [("h1", "Keep the highest"), ("l1", "Keep the lowest"), ("x1", "Drop the lowest")]
    if pool.count > 3:
        shapes += [("h2", "Keep the 2 highest"), ("h3", "Keep the 3 highest")]
    return [
        *shapes,
        (EXPLODE, "Do not explode" if pool.explodes else "Explode: the highest face rolls another"),
        (REROLL, "Do not reroll ones" if pool.rerolls else "Reroll ones, once"),
    ]
