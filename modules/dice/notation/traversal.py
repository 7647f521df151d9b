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
    """The same tree with everything in it said to stand at `span`; recursion as deep as its bounded nesting."""
    moved_node: Node = _moved(node, span)
    return moved_node


def _moved(part: Any, span: Span) -> Any:  # noqa: ANN401 - a field of any node
    if isinstance(part, tuple):
        return tuple(_moved(item, span) for item in part)
    if not isinstance(part, Written | Operator):
        return part
    node: Any = part
    inner = {field.name: _moved(getattr(node, field.name), span) for field in fields(node) if field.name != "span"}
    return replace(node, span=span, **inner)


def with_numbers(node: Node, change: Callable[[Number], Number]) -> Node:
    """The same tree with its numbers changed. What holds none that change stays the same object.

    Numbers inside pools and sets are left alone.

    Args:
        node: The tree.
        change: Gives what stands in the place of a number, or the number itself.
    """
    changed: Node = _with_numbers(node, change)
    return changed


def _with_numbers(part: Any, change: Callable[[Number], Number]) -> Any:  # noqa: ANN401 - a field of any node
    if isinstance(part, Number):
        return change(part)
    if isinstance(part, tuple):
        items = tuple(_with_numbers(item, change) for item in part)
        return items if any(new is not old for new, old in zip(items, part, strict=True)) else part
    if not isinstance(part, Written) or isinstance(part, Pool | Members):
        return part
    node: Any = part
    inner = {field.name: _with_numbers(getattr(node, field.name), change) for field in fields(node)}
    return part if all(value is getattr(part, name) for name, value in inner.items()) else replace(node, **inner)
