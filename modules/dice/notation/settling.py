"""Counts that were meant for the total: what no die can show, and what a single die is asked."""

import operator
from collections.abc import Callable
from types import MappingProxyType

from modules.dice.notation.syntax import (
    Chain,
    Comparison,
    Group,
    Labelled,
    Members,
    Negative,
    Node,
    Number,
    Pool,
    Power,
)
from modules.dice.notes import Note

TOTALLED = frozenset({"kh", "kl", "km", "dl", "dh", "r", "ro", "mi", "ma"})
"""Operators that leave each die within the faces of its kind."""
CHOICES = frozenset({"kh", "kl", "km", "dl", "dh"})
"""Those that choose among the dice."""
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


def settled(node: Node) -> tuple[Node, Note | None]:
    """The roll with its total compared where counting dice would be senseless, and a note that says so.

    Args:
        node: A whole roll.

    Returns:
        The roll, and what has to be said about it, if anything.
    """
    terms = (node.first, *[term for _, term in node.rest]) if isinstance(node, Chain) else (node,)
    pool = terms[-1]
    if not isinstance(pool, Pool) or not pool.operators or pool.operators[-1].name:
        return node, None
    if counts_one_die(pool) and all(map(_adds, terms[:-1])):
        return _compared(node, pool), None
    if not _senseless(pool):
        return node, None
    return _compared(node, pool), Note("not_counted", pool=str(pool), sides=str(pool.sides))


def counts_one_die(node: Node) -> bool:
    """Whether this is one die, or the one that is kept of several, with one relation and nothing else."""
    return isinstance(node, Pool) and bool(node.operators) and not node.operators[-1].name and _leaves_one(node, -1)


def _leaves_one(pool: Pool, end: int | None = None) -> bool:
    """Whether the operators before `end` leave one die, which is as it fell."""
    if pool.tags or not isinstance(pool.sides, int) or not isinstance(pool.count, int):
        return False
    before = pool.operators[:end]
    if not before:
        return pool.count == 1
    left = {"dl": pool.count - 1, "dh": pool.count - 1}.get(before[0].name, 1)
    return len(before) == 1 and before[0].name in CHOICES and before[0].number == left > 0


def _adds(term: Node) -> bool:
    """Whether a term before a single die is a number, or another single die: together they make a total."""
    if isinstance(term, Labelled):
        term = term.inner
    return isinstance(term, Number) or (isinstance(term, Pool) and _leaves_one(term))


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


def ends_with_dice(node: Node) -> bool:
    """Whether a relation written right after this would be read as counting dice."""
    while not isinstance(node, Pool | Members):
        if isinstance(node, Chain):
            node = node.rest[-1][1]
        elif isinstance(node, Negative):
            node = node.inner
        elif isinstance(node, Power):
            node = node.exponent
        else:
            return False
    return True
