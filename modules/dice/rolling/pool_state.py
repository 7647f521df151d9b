"""A pool while operators work on it: one column for each thing known of a die.

Columns are plain lists, so that an operator is a pass at the speed of the interpreter's own loops.
"""

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType

from modules.dice.notation.operators import LOWEST_MEANT, Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.source import Faces

Step = tuple[str, Value]
"""Something that happened to a die, and the number it happened with."""
Row = tuple[int, Value, tuple[Step, ...]]
"""A die to be added: its face, its value, its steps."""
Matcher = Callable[[Value], bool]
Test = tuple[Callable[[Value, Value], bool], Value]
"""A relation, and what a value is compared with."""
ThrowMore = Callable[[int], Faces]
"""Throws as many of the wanted extra dice as the message can still pay for."""

RELATIONS: MappingProxyType[str, Callable[[Value, Value], bool]] = MappingProxyType(
    {"=": eq, "!=": ne, ">": gt, "<": lt, ">=": ge, "<=": le, "vs": ge}
)
"""Relations by their sign; a check against a target is passed by reaching it."""


def test_of(operator: Operator, kind: Kind) -> Test:
    """The compare point of an operator; where it has no number, one end of the faces of the die is meant."""
    number = operator.number
    if number is None:
        number = kind.lowest if operator.name in LOWEST_MEANT else kind.highest
    return RELATIONS[operator.relation or "="], number


def matches_of(operators: Sequence[Operator], kind: Kind) -> Matcher:
    """The compare points of at least one operator as one function: whether any of them matches."""
    if len(operators) > 1:
        tests = [test_of(operator, kind) for operator in operators]
        return lambda value: any(compare(value, number) for compare, number in tests)
    compare, number = test_of(operators[0], kind)
    return lambda value: compare(value, number)


class PoolState:
    """The dice of a pool, or the members of a set, in the order in which they are shown.

    Args:
        kind: What kind of die they are; a set's members are of no kind in particular.
        faces: Their faces as thrown; a set's members count as 0.
        values: What they are worth now.

    Attributes:
        thrown: How many dice there were at first.
        aside: Plot dice, which no operator and no total sees.
        origin: Values and kept before the operators of a set, whose dice no faces tell.
    """

    __slots__ = ("aside", "faces", "kept", "kind", "marks", "origin", "scores", "steps", "tally", "thrown", "values")

    def __init__(self, kind: Kind, faces: Faces, values: Sequence[Value]) -> None:
        self.kind = kind
        self.thrown = len(faces)
        self.faces = list(faces)
        self.values: list[Value] = list(values)
        self.kept = [True] * self.thrown
        # Tuples: all dice can share the empty one, because a step makes a new tuple and changes none.
        self.steps: list[tuple[Step, ...]] = [()] * self.thrown
        self.scores: list[int] = []
        self.marks: dict[int, str] = {}
        self.tally: dict[str, int] = {}
        self.aside: list[Row] = []
        self.origin: tuple[tuple[Value, ...], tuple[bool, ...]] = ((), ())

    def __len__(self) -> int:
        return len(self.values)

    def matching(self, matches: Matcher) -> list[int]:
        """Positions of the kept dice that match."""
        return [
            i for i, (value, kept) in enumerate(zip(self.values, self.kept, strict=True)) if kept and matches(value)
        ]

    def kept_positions(self) -> list[int]:
        """Positions of the kept dice."""
        return [i for i, kept in enumerate(self.kept) if kept]

    def note(self, position: int, word: str, number: Value) -> None:
        """Remember that something happened to a die."""
        self.steps[position] += ((word, number),)

    def insert(self, added: dict[int, list[Row]]) -> None:
        """Add dice, each list right after the position it belongs to; the positions ascend."""
        if not added:
            return
        faces, values, steps, kept = self.faces, self.values, self.steps, self.kept
        self.faces, self.values, self.steps, self.kept = [], [], [], []
        start = 0
        # Positions ascend: what stands between two of them moves as a whole.
        for position, rows in (*added.items(), (len(values), ())):
            end = position + 1
            self.faces += faces[start:end]
            self.values += values[start:end]
            self.steps += steps[start:end]
            self.kept += kept[start:end]
            for face, value, own_steps in rows:
                self.faces.append(face)
                self.values.append(value)
                self.steps.append(own_steps)
                self.kept.append(True)
            start = end

    def reorder(self, order: Sequence[int]) -> None:
        """Show the dice in another order."""
        # Marks and scores are given when the order is final, so they need not follow.
        self.faces = [self.faces[i] for i in order]
        self.values = [self.values[i] for i in order]
        self.kept = [self.kept[i] for i in order]
        self.steps = [self.steps[i] for i in order]

    def set_aside(self, positions: Sequence[int]) -> None:
        """Take dice out of the pool: they are shown, but no operator and no total sees them."""
        self.aside = [(self.faces[i], self.values[i], self.steps[i]) for i in positions]
        gone = set(positions)
        self.reorder([i for i in range(len(self)) if i not in gone])

    def sum(self) -> Value:
        """What the kept dice add up to."""
        if False not in self.kept:
            return sum(self.values)
        return sum(value for value, kept in zip(self.values, self.kept, strict=True) if kept)
