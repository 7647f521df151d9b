"""A roll taken apart: its pools and sets, and what every operator did to their dice."""

from collections.abc import Iterator, Mapping

from modules.dice.notation.operators import Operator, joined, meaning_of
from modules.dice.notation.syntax import Node
from modules.dice.notation.traversal import children
from modules.dice.rolling.operations import Act
from modules.dice.rolling.pool_result import PoolResult
from modules.dice.rolling.result import Roll
from modules.rendering.catalog import sentence
from modules.rendering.dice import PLAIN, and_more, number_text
from modules.rendering.errors import meaning_text
from modules.rendering.games import answer
from modules.rendering.language import translated
from modules.rendering.rolls import result_text
from modules.rendering.text import harmless

DICE_SHOWN = 30
"""Dice shown of each step."""
INDENT = "  "


def explain(roll: Roll) -> str:
    """The roll as lines of plain text: each pool under the set it belongs to, each operator under its dice."""
    # By identity: the same dice written twice are equal, and each pool has acts of its own.
    pools = {id(pool.node): pool for pool in roll.pools}
    lines = [f"{harmless(roll.expression)} = {result_text(roll, PLAIN)}"]
    lines += [f"{INDENT * depth}{line}" for depth, line in _lines(roll.node, pools, 1)]
    lines += [f"{INDENT}{line}" for line in game_lines(roll)]
    lines += [f"{INDENT}{translated('note')}: {harmless(sentence(note))}" for note in roll.notes]
    return "\n".join(lines)


def game_lines(roll: Roll) -> Iterator[str]:
    """The verdict of a game's roll, its rule and where that stands."""
    told = answer(roll)
    if told is not None:
        yield f"{translated('verdict')}: {told.verdict}"
        yield f"{translated('rule')}: {translated(told.rule)} ({told.source})"


def _lines(node: Node, pools: Mapping[int, PoolResult], depth: int) -> Iterator[tuple[int, str]]:
    pool = pools.get(id(node))
    if pool is not None:
        yield depth, harmless(str(node))
        depth += 1
    for child in children(node):
        yield from _lines(child, pools, depth)
    if pool is None:
        return
    yield from ((depth, _act_line(act, pool)) for act in pool.acts)
    # Counting operators leave no act: they are applied together, after all others.
    for operator in getattr(node, "operators", ()):
        if not any(operator in act.operators for act in pool.acts):
            yield depth, f"{operator}: {translated('{meaning}, at the end', meaning=_meaning(operator))}"


def _meaning(operator: Operator) -> str:
    return meaning_text(meaning_of(operator))


def _act_line(act: Act, pool: PoolResult) -> str:
    dice = ", ".join(
        number_text(value) if kept else PLAIN.struck(number_text(value))
        for value, kept in list(zip(act.values, act.kept, strict=True))[:DICE_SHOWN]
    )
    more = f" … {and_more(len(act.values) - DICE_SHOWN)}" if len(act.values) > DICE_SHOWN else ""
    lead = f"{joined(act.operators)}: {', '.join(map(_meaning, act.operators))}"
    thrown = translated("members" if pool.is_set else "thrown")
    return f"{lead if act.operators else thrown} → {dice or translated('nothing')}{more}"
