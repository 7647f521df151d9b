"""From node to node, without recursion: a tree is as deep as its nesting, and callers' stacks are not ours."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from modules.dice.errors import Span
from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import (
    Call,
    Chain,
    Comparison,
    Digits,
    Group,
    Labelled,
    Members,
    Negative,
    Node,
    Number,
    Pool,
    Power,
    Shared,
    Slot,
    Written,
)

_CHILDREN: MappingProxyType[type, Callable[[Any], tuple[Node, ...]]] = MappingProxyType(
    {
        Number: lambda _node: (),
        Slot: lambda _node: (),
        Digits: lambda _node: (),
        Shared: lambda _node: (),
        Pool: lambda node: tuple(part for part in (node.count, node.sides) if isinstance(part, Group)),
        Members: lambda node: node.members,
        Chain: lambda node: (node.first, *[term for _, term in node.rest]),
        Negative: lambda node: (node.inner,),
        Power: lambda node: (node.base, node.exponent),
        Comparison: lambda node: (node.left, node.right),
        Group: lambda node: (node.inner,),
        Labelled: lambda node: (node.inner,),
        Call: lambda node: node.arguments,
    }
)


def children(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside a node, in the order written."""
    return _CHILDREN[type(node)](node)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything inside it, in the order written."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        # What is laid on last is taken first.
        waiting.extend(reversed(children(current)))


def check_of(node: Node) -> Comparison | None:
    """The comparison that a whole expression is, whatever parentheses and labels stand around it."""
    while isinstance(node, Group | Labelled):
        node = node.inner
    return node if isinstance(node, Comparison) else None


def moved(node: Node, span: Span) -> Node:
    """The same tree with everything in it said to stand at `span`."""
    found: Node = _rebuilt(node, lambda part: replace(part, span=span))
    return found


def with_numbers(node: Node, change: Callable[[Number], Number]) -> Node:
    """The same tree with its numbers changed. What holds none that change stays the same object.

    Numbers inside pools and sets are left alone.

    Args:
        node: The tree.
        change: Gives what stands in the place of a number, or the number itself.
    """
    found: Node = _rebuilt(node, lambda part: change(part) if isinstance(part, Number) else part, _LEAVES)
    return found


_LEAVES = (Number, Pool, Members)


def _rebuilt(part: Any, change: Callable[[Any], Any], leaves: tuple[type, ...] = ()) -> Any:  # noqa: ANN401 - any field
    """A part of a tree, changed from within down to the leaves; recursion as deep as its bounded nesting."""
    if isinstance(part, tuple):
        items = tuple([_rebuilt(item, change, leaves) for item in part])
        return items if any(new is not old for new, old in zip(items, part, strict=True)) else part
    if not isinstance(part, Written | Operator):
        return part
    node: Any = part
    if not isinstance(part, leaves):
        inner = {field.name: _rebuilt(getattr(node, field.name), change, leaves) for field in fields(node)}
        if any(value is not getattr(node, name) for name, value in inner.items()):
            node = replace(node, **inner)
    return change(node)
