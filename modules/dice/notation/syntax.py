"""The tree a notation is read into. Nodes are read-only by convention; `str(node)` is the canonical notation.

Parentheses are kept as written (`Group`), so printing needs no rules of precedence, and reading the canonical form
gives the same tree. A node's span says where it was written and takes no part in comparisons.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Union

from modules.dice.errors import Span
from modules.dice.notation.operators import Operator, joined

Value = int | Fraction
"""A number of this language: exact, and an int whenever it is whole."""

# Not with |, which cannot join the texts that stand for classes defined further down.
Node = Union[
    "Number",
    "Pool",
    "Digits",
    "Members",
    "Chain",
    "Negative",
    "Power",
    "Comparison",
    "Group",
    "Labelled",
    "Call",
    "Shared",
]
"""Any expression."""
Thrown = Union["Pool", "Digits", "Members"]
"""A node that has dice or members of its own to show."""

Pieces = list[Union[str, "Pool", "Digits", "Members", "Slot"]]
"""A canonical notation in order; a pool or set itself follows its own text, as the place to show its dice at. A slot
stands in the place of its number's text."""

NOWHERE: Span = (0, 0)
# One field for all nodes: a field remembers the name it was given, and here that is always `span`.
_span = field(default=NOWHERE, compare=False, repr=False)


class Written:
    """Gives a node its canonical text."""

    # Without it every node would have a dictionary beside its slots.
    __slots__ = ()

    @abstractmethod
    def write(self, pieces: Pieces) -> None:
        """Append the canonical text to these pieces, with pools and sets as markers."""

    def __str__(self) -> str:
        pieces: Pieces = []
        self.write(pieces)
        return "".join([piece for piece in pieces if isinstance(piece, str)])


@dataclass(slots=True, unsafe_hash=True)
class Number(Written):
    """A number as written; decimals are exact."""

    value: Value
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """Digits, with a decimal point where needed."""
        pieces.append(str(self.value) if isinstance(self.value, int) else self._decimal(self.value))

    @staticmethod
    def _decimal(value: Fraction) -> str:
        places = 1
        # Ends, because only decimals are written: some power of ten makes each of them whole.
        while (value * 10**places).denominator != 1:
            places += 1
        scaled = str((value * 10**places).numerator).rjust(places + 1, "0")
        return f"{scaled[:-places]}.{scaled[-places:]}"


@dataclass(slots=True, unsafe_hash=True)
class Slot(Number):
    """A number that differs between messages of one shape.

    Args:
        index: Which of the numbers left out of the shape it is.
    """

    index: int = 0

    def write(self, pieces: Pieces) -> None:
        """The slot itself: whoever knows the numbers fills it."""
        pieces.append(self)


@dataclass(slots=True, unsafe_hash=True)
class Face:
    """One face of a custom die; a weighted face counts as several."""

    value: int | str
    weight: int = 1

    def __str__(self) -> str:
        return f"{self.value}*{self.weight}" if self.weight != 1 else str(self.value)


@dataclass(slots=True, unsafe_hash=True)
class Custom:
    """The faces of a die that is not numbered from 1."""

    faces: tuple[Face, ...]

    def __str__(self) -> str:
        return f"[{','.join(map(str, self.faces))}]"


@dataclass(slots=True, unsafe_hash=True)
class Special:
    """A die with a letter for its sides: `F`, `F.1` or `P`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True, unsafe_hash=True)
class Pool(Written):
    """Dice thrown together."""

    count: Union[int, "Group"]
    sides: Union[int, Special, Custom, "Group"]
    operators: tuple[Operator, ...] = ()
    tags: str = ""
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The dice, then the operators."""
        sides = self.sides
        if isinstance(self.count, Group):
            self.count.write(pieces)
        count = "" if isinstance(self.count, Group) else self.count
        if isinstance(sides, Group):
            pieces.append(f"{self.tags}{count}d")
            sides.write(pieces)
            pieces.append(joined(self.operators))
        else:
            pieces.append(f"{self.tags}{count}d{sides}{joined(self.operators) if self.operators else ''}")
        pieces.append(self)


@dataclass(slots=True, unsafe_hash=True)
class Digits(Written):
    """Digit dice: `d66` is two dice of 6 sides read as one number, so a 1 and a 5 are 15.

    Args:
        sides: Sides of each die, 3 to 8.
        places: How many dice, one a digit.
    """

    sides: int
    places: int
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The digits without a count: `1d66` is a die of 66 sides."""
        pieces += (f"d{str(self.sides) * self.places}", self)


@dataclass(slots=True, unsafe_hash=True)
class Shared(Written):
    """`&`: the total of the first roll of the message. Only valid in a later roll."""

    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The sign itself."""
        pieces.append("&")


@dataclass(slots=True, unsafe_hash=True)
class Members(Written):
    """A set: several totals, to be chosen from or counted."""

    members: tuple[Node, ...]
    operators: tuple[Operator, ...] = ()
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """Braces, the members between commas, the operators."""
        _list(pieces, "{", self.members, "}")
        pieces += (joined(self.operators), self)


@dataclass(slots=True, unsafe_hash=True)
class Chain(Written):
    """Operations of one precedence, from left to right; flat, so that long sums are not deep."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """Terms with their signs between them."""
        self.first.write(pieces)
        for symbol, node in self.rest:
            pieces.append(symbol)
            node.write(pieces)


@dataclass(slots=True, unsafe_hash=True)
class Negative(Written):
    """A minus sign before something."""

    inner: Node
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The sign and what it stands before."""
        pieces.append("-")
        self.inner.write(pieces)


@dataclass(slots=True, unsafe_hash=True)
class Power(Written):
    """One value to the power of another."""

    base: Node
    exponent: Node
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """Base and exponent."""
        self.base.write(pieces)
        pieces.append("^")
        self.exponent.write(pieces)


@dataclass(slots=True, unsafe_hash=True)
class Comparison(Written):
    """A check of a total: it leaves the left value as it is and adds success and margin."""

    left: Node
    relation: str
    right: Node
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """Both sides, spaced: a comparison of totals is not an operator on dice."""
        self.left.write(pieces)
        pieces.append(f" {self.relation} ")
        self.right.write(pieces)


@dataclass(slots=True, unsafe_hash=True)
class Group(Written):
    """Parentheses."""

    inner: Node
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """What stands between them, between them."""
        _list(pieces, "(", (self.inner,), ")")


@dataclass(slots=True, unsafe_hash=True)
class Labelled(Written):
    """A term with what it stands for: `2d6[fire]`."""

    inner: Node
    labels: tuple[str, ...]
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The term, then its labels."""
        self.inner.write(pieces)
        pieces += [f"[{label}]" for label in self.labels]


@dataclass(slots=True, unsafe_hash=True)
class Call(Written):
    """A function of values: `floor(7/2)`."""

    name: str
    arguments: tuple[Node, ...]
    span: Span = _span

    def write(self, pieces: Pieces) -> None:
        """The name and its arguments."""
        _list(pieces, f"{self.name}(", self.arguments, ")")


def _list(pieces: Pieces, opening: str, nodes: tuple[Node, ...], closing: str) -> None:
    for position, node in enumerate(nodes):
        pieces.append("," if position else opening)
        node.write(pieces)
    pieces.append(closing)
