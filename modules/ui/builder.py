"""The panel on which a roll is put together."""

from collections.abc import Callable
from enum import StrEnum

from modules.discord_api.components import Component, button, menu, option, row, rows
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


def builder_rows(built: BuiltRoll, id_of: Ids) -> list[Component]:
    """Dice, modifiers, what to do with the last dice, and how to roll.

    Args:
        built: The roll so far.
        id_of: Makes custom ids.
    """
    pools = built.pools
    shown = rows([button(f"d{sides}", id_of(f"d{sides}")) for sides in DICE])
    modifiers = [
        button(label, id_of(step), disabled=not pools)
        for step, label in (("-1", "\N{MINUS SIGN}1"), ("+1", "+1"), (Press.MODIFIER, "±"))
    ]
    # They fit into the last row of dice.
    shown[-1] = row(*shown[-1]["components"], *modifiers)
    if pools:
        shown += [row(_count_menu(pools[-1], id_of(Press.COUNT))), row(_shape_menu(pools[-1], id_of(Press.SHAPE)))]
    return [
        *shown,
        row(
            button(translated("Roll"), id_of(Press.ROLL), "🎲", is_main=True, disabled=not pools),
            button(translated("Secretly"), id_of(Press.SECRET), disabled=not pools),
            button(translated("Undo"), id_of(Press.UNDO), disabled=not built.steps),
            button(translated("Clear"), id_of(Press.CLEAR), disabled=not built.steps),
        ),
    ]


def _count_menu(pool: Pool, custom_id: str) -> Component:
    options = [option(f"{count}d{pool.sides}", f"n{count}", default=count == pool.count) for count in count_steps(pool)]
    return menu(custom_id, translated("How many?"), options)


def _shape_menu(pool: Pool, custom_id: str) -> Component:
    options = [option(translated(label), step) for step, label in _shapes(pool)]
    placeholder = translated("Keep, explode, reroll the {dice} …", dice=f"{pool.count}d{pool.sides}")
    return menu(custom_id, placeholder, options)


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
