"""A roll taken apart: the tree, and what every operator did to its dice."""

from collections.abc import Iterator, Mapping

from modules.dice.notation.operators import joined, meaning_of
from modules.dice.notation.syntax import Members, Node
from modules.dice.notation.traversal import children
from modules.dice.rolling.operations import Act
from modules.dice.rolling.pool_result import PoolResult
from modules.dice.rolling.result import Roll
from modules.rendering.catalog import sentence
from modules.rendering.dice import PLAIN, number_text
from modules.rendering.games import answer
from modules.rendering.rolls import result_text
from modules.rendering.text import harmless

DICE_SHOWN = 30
"""Dice shown of each step."""
INDENT = "  "


def explain(roll: Roll) -> str:
    """The roll as lines of plain text: each node under the one it belongs to, each operator under its dice."""
    # By identity: the same dice written twice are equal, and each pool has acts of its own.
    pools = {id(pool.node): pool for pool in roll.pools}
    lines = [f"{harmless(roll.expression)} = {result_text(roll, PLAIN)}"]
    lines += [f"{INDENT * depth}{line}" for depth, line in _lines(roll.node, pools, 1)]
    lines += [f"{INDENT}{line}" for line in game_lines(roll)]
    lines += [f"{INDENT}note: {harmless(sentence(note))}" for note in roll.notes]
    return "\n".join(lines)


def game_lines(roll: Roll) -> Iterator[str]:
    """The verdict of a game's roll, its rule and where that stands."""
    told = answer(roll)
    if told is not None:
        yield f"verdict: {told.verdict}"
        yield f"rule: {told.rule} ({told.source})"


def _lines(node: Node, pools: Mapping[int, PoolResult], depth: int) -> Iterator[tuple[int, str]]:
    yield depth, f"{_kind(node)}: {harmless(str(node))}"
    for child in children(node):
        yield from _lines(child, pools, depth + 1)
    pool = pools.get(id(node))
    if pool is None:
        return
    acts = pool.acts
    yield from ((depth + 1, _act_line(act, pool)) for act in acts)
    # Counting operators leave no act: they are applied together, after all others.
    for operator in getattr(node, "operators", ()):
        if not any(operator in act.operators for act in acts):
            yield depth + 1, f"{operator}: {meaning_of(operator)}, at the end"


def _kind(node: Node) -> str:
    return "Set" if isinstance(node, Members) else type(node).__name__


def _act_line(act: Act, pool: PoolResult) -> str:
    dice = ", ".join(
        number_text(value) if kept else PLAIN.struck(number_text(value))
        for value, kept in list(zip(act.values, act.kept, strict=True))[:DICE_SHOWN]
    )
    more = f" … and {len(act.values) - DICE_SHOWN:,} more" if len(act.values) > DICE_SHOWN else ""
    lead = f"{joined(act.operators)}: {', '.join(map(meaning_of, act.operators))}"
    thrown = "members" if pool.is_set else "thrown"
    return f"{lead if act.operators else thrown} -> {dice or 'nothing'}{more}"
