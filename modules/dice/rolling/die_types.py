"""What the faces of a die are worth: a source gives 1 to the number of sides, a kind of die says what that means."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType

from modules.dice.notation.syntax import Custom, Special

BLANK = "-"
"""The face of a custom die that shows nothing."""


@dataclass(slots=True, unsafe_hash=True)
class Kind:
    """A kind of die.

    Args:
        sides: How many faces a source chooses from, weights included.
        name: How the die is called after the d: `6`, `F`, `[hit,miss]`.
        ends: The last face of each distinct face, ascending; empty for a die numbered from 1.
        values: What each distinct face adds up to; words are worth 0.
        symbols: The words on each distinct face.
        adds_up: Whether some face is a number that belongs into a total.
        plot: Whether it is a plot die, whose value goes to d20 pools instead of its own.
    """

    sides: int
    name: str
    ends: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    symbols: tuple[tuple[str, ...], ...] = ()
    adds_up: bool = True
    plot: bool = False

    @property
    def has_words(self) -> bool:
        """Whether some faces are words, which have no order."""
        return bool(self.symbols) and not self.plot

    @property
    def lowest(self) -> int:
        """The smallest value of a face."""
        return min(self.values) if self.values else 1

    @property
    def highest(self) -> int:
        """The largest value of a face."""
        return max(self.values) if self.values else self.sides

    @property
    def distinct(self) -> Sequence[int]:
        """Every value a face can have, once each, ascending."""
        # A range answers `in` and `len` without holding the million numbers that a die may have.
        return sorted(set(self.values)) if self.values else range(1, self.sides + 1)

    def value(self, face: int) -> int:
        """What a face is worth."""
        return self.values[bisect_left(self.ends, face)] if self.ends else face

    def worth(self, faces: Iterable[int]) -> list[int]:
        """What each of these faces is worth."""
        if not self.ends:
            return list(faces)
        return [self.values[bisect_left(self.ends, face)] for face in faces]

    def words(self, face: int) -> tuple[str, ...]:
        """The symbols on a face."""
        return self.symbols[bisect_left(self.ends, face)] if self.symbols else ()


SPECIAL = MappingProxyType(
    {
        "F": Kind(3, "F", (1, 2, 3), (-1, 0, 1)),
        "F.1": Kind(6, "F.1", (1, 5, 6), (-1, 0, 1)),
        "P": Kind(
            6,
            "P",
            (1, 2, 4, 6),
            (2, 4, 0, 0),
            (("complication",), ("complication",), (), ("opportunity",)),
            adds_up=False,
            plot=True,
        ),
    }
)
"""Dice with letters for sides."""
PLOT = SPECIAL["P"]


def kind_of(sides: int | Special | Custom) -> Kind:
    """The kind of die these written or rolled sides stand for."""
    if isinstance(sides, int):
        return _numbered(sides)
    if isinstance(sides, Special):
        return SPECIAL[sides.name]
    values = tuple(face.value if isinstance(face.value, int) else 0 for face in sides.faces)
    symbols = tuple(_symbols(face.value) for face in sides.faces)
    ends = tuple(accumulate(face.weight for face in sides.faces))
    worded = any(isinstance(face.value, str) for face in sides.faces)
    adds_up = any(isinstance(face.value, int) for face in sides.faces)
    return Kind(ends[-1], str(sides), ends, values, symbols if worded else (), adds_up)


@lru_cache(maxsize=128)
def _numbered(sides: int) -> Kind:
    return Kind(sides, str(sides))


def _symbols(face: int | str) -> tuple[str, ...]:
    if isinstance(face, int) or face == BLANK:
        return ()
    return tuple(word for word in (part.strip() for part in face.split("+")) if word and word != BLANK)
