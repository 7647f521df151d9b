"""From a method and a path to what serves it."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .errors import ApiError, method_not_allowed, not_found

T = TypeVar("T")


@dataclass(slots=True)
class Node(Generic[T]):
    """What may follow one segment of a path."""

    fixed: dict[str, "Node[T]"] = field(default_factory=dict)
    variable: "Node[T] | None" = None
    template: str = ""
    handlers: dict[str, T] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a path led to: a template with its parameters and a handler, or why there is none."""

    template: str
    params: dict[str, str]
    handler: T | ApiError


class Router(Generic[T]):
    """A tree of templates; fixed segments win over variable ones."""

    def __init__(self) -> None:
        self._root: Node[T] = Node()

    def add(self, method: str, template: str, handler: T) -> None:
        """Serve that method of that template, as `/channels/{channel_id}/messages`."""
        node = self._root
        for segment in template.strip("/").split("/"):
            if segment.startswith("{"):
                # Python assigns from left to right: the old node gets its child before the name moves on to that.
                node.variable = node = node.variable or Node()
            else:
                node = node.fixed.setdefault(segment, Node())
        node.template = template
        node.handlers[method] = handler

    def match(self, method: str, path: str) -> Match[T]:
        """Find what serves it."""
        values: list[str] = []
        node: Node[T] | None = self._root
        for segment in path.strip("/").split("/"):
            assert node is not None
            step = node.fixed.get(segment)
            if step is None:
                values.append(segment)
                step = node.variable
            node = step
            if node is None:
                break
        if node is None or not node.handlers:
            return Match(path, {}, not_found())
        names = [part[1:-1] for part in node.template.split("/") if part.startswith("{")]
        params = dict(zip(names, values, strict=True))
        return Match(node.template, params, node.handlers.get(method) or method_not_allowed())
