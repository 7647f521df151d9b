"""Counts that were meant for the total: what no die can show, and what a single die is asked."""

import operator
from collections.abc import Callable
from types import MappingProxyType

from modules.dice.notation.syntax import Chain, Comparison, Group, Node, Number, Pool

TOTALLED = frozenset({"kh", "kl", "km", "dl", "dh", "r", "ro", "mi", "ma"})
"""Operators that leave each die within the faces of its kind."""
_MEETS: MappingProxyType[str, Callable[[int, int], bool]] = MappingProxyType(
    {
        ">=": operator.ge,
        "<=": operator.le,
        ">": operator.gt,
        "<": operator.lt,
        "=": operator.eq,
        "!=": operator.ne,
    }
)


def settled(node: Node) -> tuple[Node, str]:
    """The roll with its total compared where counting dice would be senseless, and a note that says so.

    Args:
        node: A whole roll.

    Returns:
        The roll, and what has to be said about it, which may be nothing.
    """
    pool = node.rest[-1][1] if isinstance(node, Chain) else node
    if not isinstance(pool, Pool) or not pool.operators or pool.operators[-1].name:
        return node, ""
    if node is pool and counts_one_die(pool):
        return _compared(node, pool), ""
    if not _senseless(pool):
        return node, ""
    return _compared(
        node, pool
    ), f"Not counted: {pool} is the same for every face of a d{pool.sides}, so the total is compared."


def counts_one_die(node: Node) -> bool:
    """Whether this is one die with one relation and nothing else."""
    return (
        isinstance(node, Pool)
        and node.count == 1
        and not node.tags
        and isinstance(node.sides, int)
        and len(node.operators) == 1
        and not node.operators[0].name
    )


def _senseless(pool: Pool) -> bool:
    """Whether the count is sure before a die falls, while the total is not."""
    last, count, sides = pool.operators[-1], pool.count, pool.sides
    if not isinstance(count, int) or not isinstance(sides, int) or count < 2 or last.number is None:
        return False
    if any(before.name not in TOTALLED for before in pool.operators[:-1]):
        return False
    meets, number = _MEETS[last.relation], last.number
    if last.relation in {"=", "!="}:
        return sides < number <= count * sides
    return meets(1, number) == meets(sides, number) != meets(count * sides, number)


def _compared(node: Node, pool: Pool) -> Node:
    last = pool.operators[-1]
    bare: Node = Pool(pool.count, pool.sides, pool.operators[:-1], pool.tags, pool.span)
    if isinstance(node, Chain):
        bare = Chain(node.first, (*node.rest[:-1], (node.rest[-1][0], bare)), node.span)
    return Comparison(Group(bare, bare.span), last.relation, Number(last.number or 0, last.span), node.span)
