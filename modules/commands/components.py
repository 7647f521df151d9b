"""Buttons, menus and modals: which handler a custom id belongs to.

A custom id is a handler's name and a payload, `again:4d6kh3`, and all there is to know of a component: whatever was
sent before a restart works after it, and nothing is kept for messages that nobody looks at any more.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from modules.commands.invocation import Invocation
from modules.commands.reply import Answer

CUSTOM_ID_LENGTH: Final = 100
"""Characters of a custom id that Discord takes."""

Handler = Callable[[Invocation, str], Awaitable[Answer]]
"""Handles a press or a filled-in modal; told the payload of its custom id."""


class Route(NamedTuple):
    """Where a press goes."""

    name: str
    handler: Handler
    payload: str


@dataclass(slots=True)
class Components:
    """The handlers of all components, by name."""

    _handlers: dict[str, Handler] = field(default_factory=dict)

    def register(self, name: str, handler: Handler) -> None:
        """Have a handler answer custom ids of this name.

        Raises:
            ValueError: The name has a handler already, or a colon in it.
        """
        if name in self._handlers or ":" in name:
            raise ValueError(f"component {name!r} is registered already, or has a colon in its name")
        self._handlers[name] = handler

    def find(self, custom_id: str) -> Route | None:
        """The handler of a custom id; None for one that is not ours any more."""
        name, _, payload = custom_id.partition(":")
        handler = self._handlers.get(name)
        return Route(name, handler, payload) if handler is not None else None


def custom_id(name: str, payload: str = "") -> str:
    """The custom id of a component.

    Raises:
        ValueError: It is longer than Discord takes.
    """
    text = f"{name}:{payload}"
    if len(text) > CUSTOM_ID_LENGTH:
        raise ValueError(f"custom id of {len(text)} characters; Discord takes {CUSTOM_ID_LENGTH}")
    return text


def chosen_values(invocation: Invocation) -> tuple[str, ...]:
    """What was chosen from a menu."""
    return tuple(invocation.data.get("values", ()))


def modal_fields(invocation: Invocation) -> Mapping[str, str]:
    """What was typed into a modal, by the custom ids of its inputs."""
    return dict(_typed(invocation.data.get("components", ())))


def _typed(components: Sequence[Mapping[str, Any]]) -> "Sequence[tuple[str, str]]":
    """Custom id and value of every input, within rows and labels."""
    found: list[tuple[str, str]] = []
    for each in components:
        if "value" in each:
            found.append((each["custom_id"], each["value"]))
        nested = each.get("components", ()) or ([each["component"]] if "component" in each else ())
        found += _typed(nested)
    return found
