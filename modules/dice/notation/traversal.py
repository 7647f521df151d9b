"""From node to node, without recursion: a tree is as deep as its nesting, and callers' stacks are not ours."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from modules.dice.errors import Span
from modules.dice.notation import syntax
from modules.dice.notation.operators import Operator

_CHILDREN: MappingProxyType[type, Callable[[Any], tuple[syntax.Node, ...]]] = MappingProxyType(
    {
        syntax.Number: lambda _node: (),
        syntax.Slot: lambda _node: (),
        syntax.Digits: lambda _node: (),
        syntax.Shared: lambda _node: (),
        syntax.Pool: lambda node: tuple(part for part in (node.count, node.sides) if isinstance(part, syntax.Group)),
        syntax.Members: lambda node: node.members,
        syntax.Chain: lambda node: (node.first, *[term for _, term in node.rest]),
        syntax.Negative: lambda node: (node.inner,),
        syntax.Power: lambda node: (node.base, node.exponent),
        syntax.Comparison: lambda node: (node.left, node.right),
        syntax.Group: lambda node: (node.inner,),
        syntax.Labelled: lambda node: (node.inner,),
        syntax.Call: lambda node: node.arguments,
    }
)


def children(node: syntax.Node) -> tuple[syntax.Node, ...]:
    """The expressions directly inside a node, in the order written."""
    return _CHILDREN[type(node)](node)


def walk(node: syntax.Node) -> Iterator[syntax.Node]:
    """A node and everything inside it, in the order written."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        # What is laid on last is taken first.
        waiting.extend(reversed(children(current)))


def check_of(node: syntax.Node) -> syntax.Comparison | None:
    """The comparison that a whole expression is, whatever parentheses and labels stand around it."""
    while isinstance(node, syntax.Group | syntax.Labelled):
        node = node.inner
    return node if isinstance(node, syntax.Comparison) else None


def moved(node: syntax.Node, span: Span) -> syntax.Node:
    """The same tree with everything in it said to stand at `span`."""
    found: syntax.Node = _rebuilt(node, lambda part: replace(part, span=span))
    return found


def with_numbers(node: syntax.Node, change: Callable[[syntax.Number], syntax.Number]) -> syntax.Node:
    """The same tree with its numbers changed. What holds none that change stays the same object.

    Numbers inside pools and sets are left alone.

    Args:
        node: The tree.
        change: Gives what stands in the place of a number, or the number itself.
    """
    found: syntax.Node = _rebuilt(node, lambda part: change(part) if isinstance(part, syntax.Number) else part, _LEAVES)
    return found


_LEAVES = (syntax.Number, syntax.Pool, syntax.Members)


def _rebuilt(part: Any, change: Callable[[Any], Any], leaves: tuple[type, ...] = ()) -> Any:  # noqa: ANN401 - any field
    """A part of a tree, changed from within down to the leaves; recursion as deep as its bounded nesting."""
    if isinstance(part, tuple):
        items = tuple([_rebuilt(item, change, leaves) for item in part])
        return items if any(new is not old for new, old in zip(items, part, strict=True)) else part
    if not isinstance(part, syntax.Written | Operator):
        return part
    node: Any = part
    if not isinstance(part, leaves):
        inner = {field.name: _rebuilt(getattr(node, field.name), change, leaves) for field in fields(node)}
        if any(value is not getattr(node, name) for name, value in inner.items()):
            node = replace(node, **inner)
    return change(node)
