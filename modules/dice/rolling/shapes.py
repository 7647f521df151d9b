"""Messages that differ in nothing but the numbers they add: read and compiled once, then only filled in.

At a table modifiers change more often than dice. The shape of `1d20+5 to hit` is `1d20+… to hit`: once a shape has come
up twice, and reading it with other numbers has shown that they change nothing but themselves, a message of that shape
is not read any more. What is rolled, and every refusal, is the same as if it were.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from modules.dice.errors import DiceError, Span
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.notation.parser import parse
from modules.dice.notation.syntax import Number, Slot
from modules.dice.notation.traversal import walk, with_numbers
from modules.dice.rolling.compiled_message import CompiledMessage, PreparedMessage
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import RandomSource

ADDED = re.compile(r"([-+] ?)([1-9][0-9]{0,4})(?![^-+ ;)\]\[])")
"""A number behind a sign, with nothing behind it that could belong to it."""
DIGITS = 6
"""Digits that a number, and the other one it is tried with, have at most."""
LONG = 10_000
"""The least number that has more digits than a shortcut takes."""
SEEN_BEFORE = 1
"""How often a shape has come up before it is worth a closer look."""
SHAPES_KEPT = 1_024
"""Shapes that are remembered."""


@dataclass(slots=True)
class _Shape:
    """What is known of a shape.

    Attributes:
        seen_count: How often a message of it was read.
        prepared: The message with slots; None until that is worth it, and for ever where numbers change more than
            themselves.
        spans: Where the numbers stood in the text it was made from.
    """

    seen_count: int = 0
    prepared: PreparedMessage | None = None
    spans: list[Span] = field(default_factory=list)


class Shapes:
    """Reads and compiles messages, and remembers their shapes.

    Args:
        source: Where faces come from.
        limits: What a message may cost.
        dialect: The name of the dialect they are read in.
    """

    def __init__(self, source: RandomSource, limits: Limits, dialect: str) -> None:
        self._limits = limits
        self._read = partial(parse, limits=limits, dialect=dialect)
        self._prepared = partial(PreparedMessage, source=source, limits=limits)
        # A cache of its own: one on a method would be shared by all engines and keep them alive.
        self._shape = lru_cache(maxsize=SHAPES_KEPT)(lambda _parts: _Shape())

    def compiled(self, notation: str) -> CompiledMessage:
        """The message, read and compiled, or filled into its shape.

        Raises:
            DiceError: It was refused.
        """
        parts = ADDED.split(notation)
        if len(parts) == 1 or len(notation) > self._limits.notation_length or self._limits.digits < DIGITS:
            return self._prepared(self._read(notation)).roller()
        numbers = tuple(map(int, parts[2::3]))
        del parts[2::3]
        shape = self._shape(tuple(parts))
        if shape.prepared is None:
            message = self._read(notation)
            shape.seen_count += 1
            if shape.seen_count == SEEN_BEFORE + 1:
                shape.spans = _spans(notation)
                shape.prepared = self._shaped(notation, message, shape.spans)
            if shape.prepared is None:
                return self._prepared(message).roller()
        compiled = shape.prepared.filled(numbers)
        return partial(_placed, compiled, shape, notation) if shape.prepared.may_refuse else compiled

    def _shaped(self, notation: str, message: Message, spans: list[Span]) -> PreparedMessage | None:
        """The message with a slot for every number; None where other numbers make another message of it."""
        indices = {span: index for index, span in enumerate(spans)}

        def slot(number: Number) -> Number:
            index = indices.get(number.span)
            return number if index is None else Slot(number.value, number.span, index)

        shaped = _with_numbers(message, slot)
        found = [node.index for roll in shaped.rolls for node in walk(roll.expression) if isinstance(node, Slot)]
        if set(found) != set(range(len(spans))):
            return None
        # All of them others, and each another. Shortcuts take numbers of four digits at most: so none of as many.
        others = [
            11 * (index + 1) + (LONG if int(notation[slice(*span)]) < LONG else 0) for index, span in enumerate(spans)
        ]
        text, end = "", 0
        for other, span in zip(others, spans, strict=True):
            text += f"{notation[end : span[0]]}{other}"
            end = span[1]
        try:
            read = self._read(text + notation[end:])
        except DiceError:
            return None

        def filled(number: Number) -> Number:
            return Number(others[number.index]) if isinstance(number, Slot) else number

        return self._prepared(shaped) if _with_numbers(shaped, filled) == read else None


def _spans(notation: str) -> list[Span]:
    return [found.span(2) for found in ADDED.finditer(notation)]


def _with_numbers(message: Message, change: Callable[[Number], Number]) -> Message:
    # One for each syntax, as in the message itself: what is rolled several times is prepared once.
    changed = {id(roll): replace(roll, expression=with_numbers(roll.expression, change)) for roll in message.rolls}
    return Message(message.repeat, tuple([changed[id(roll)] for roll in message.rolls]))


def _placed(compiled: CompiledMessage, shape: _Shape, notation: str) -> tuple[Roll, ...]:
    """Roll a filled message; a refusal points into its own text, not into the one the shape was made from."""
    try:
        return compiled()
    except DiceError as refusal:
        if refusal.span is None:
            raise
        spans = list(zip(shape.spans, _spans(notation), strict=True))
        start, end = [
            place + next((now[1] - then[1] for then, now in reversed(spans) if then[1] <= place), 0)
            for place in refusal.span
        ]
        raise refusal.moved_to((start, end)) from None
