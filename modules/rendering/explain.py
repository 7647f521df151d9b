"""A roll taken apart: the tree, and what every operator did to its dice."""

from collections.abc import Iterator, Sequence

from modules.dice.notation.operators import meaning_of
from modules.dice.notation.syntax import Members, Node, Pool
from modules.dice.notation.traversal import children
from modules.dice.rolling.result import Roll
from modules.dice.rolling.roll_context import Act
from modules.rendering.games import answer
from modules.rendering.rolls import PLAIN, number_text, result_text
from modules.rendering.text import harmless

DICE_SHOWN = 30
"""Dice shown of each step."""
INDENT = "  "


def explain(roll: Roll) -> str:
    """The roll as lines of plain text: each node under the one it belongs to, each operator under its dice."""
    acts = roll.acts
    lines = [f"{harmless(roll.expression)} = {result_text(roll, PLAIN)}"]
    lines += [f"{INDENT * depth}{line}" for depth, line in _lines(roll.node, acts, 1)]
    lines += [f"{INDENT}{line}" for line in game_lines(roll)]
    lines += [f"{INDENT}note: {harmless(note)}" for note in roll.notes]
    return "\n".join(lines)


def game_lines(roll: Roll) -> Iterator[str]:
    """The verdict of a game's roll, its rule and where that stands."""
    told = answer(roll)
    if told is not None:
        yield f"verdict: {told.verdict}"
        yield f"rule: {told.rule} ({told.source})"


def _lines(node: Node, acts: Sequence[Act], depth: int) -> Iterator[tuple[int, str]]:
    yield depth, f"{_kind(node)}: {harmless(str(node))}"
    for child in children(node):
        yield from _lines(child, acts, depth + 1)
    if isinstance(node, Pool | Members):
        # By identity: the same dice written twice are equal, and each pool has acts of its own.
        yield from ((depth + 1, _act_line(act)) for act in acts if act.node is node)
        # Counting operators leave no act: they are applied together, after all others.
        yield from (
            (depth + 1, f"{operator}: {meaning_of(operator)}, at the end")
            for operator in node.operators
            if not any(act.operator is operator for act in acts)
        )


def _kind(node: Node) -> str:
    return "Set" if isinstance(node, Members) else type(node).__name__


def _act_line(act: Act) -> str:
    dice = ", ".join(
        number_text(value) if kept else PLAIN.struck(number_text(value))
        for value, kept in list(zip(act.values, act.kept, strict=True))[:DICE_SHOWN]
    )
    more = f" … and {len(act.values) - DICE_SHOWN:,} more" if len(act.values) > DICE_SHOWN else ""
    what = "members" if isinstance(act.node, Members) else "thrown"
    lead = f"{act.operator}: {meaning_of(act.operator)}" if act.operator else what
    return f"{lead} -> {dice or 'nothing'}{more}"
