"""A mapping that forgets what has not been used for longest."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedMap(Generic[Key, Value]):
    """Keeps a limited number of values in memory.

    Args:
        size: How many values are kept; the least recently used goes first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def put(self, key: Key, value: Value) -> None:
        """Keep a value."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def get(self, key: Key) -> Value | None:
        """The value; None where there never was one, or it was forgotten."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def items(self) -> Iterable[tuple[Key, Value]]:
        """Everything that is kept, the least recently used first."""
        return self._values.items()

    def remove(self, key: Key) -> None:
        """Forget a value, if it is there."""
        self._values.pop(key, None)

    def __len__(self) -> int:
        return len(self._values)
