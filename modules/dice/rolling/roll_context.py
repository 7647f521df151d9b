"""Where dice land: everything one roll needs while it is being rolled, and leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass

from modules.dice.limits import Budget
from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Comparison, Members, Pool, Value
from modules.dice.rolling.pool_state import Hand
from modules.dice.rolling.source import Faces, RandomSource


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison of totals: whether it held, and by how much.

    Args:
        relation: `vs`, or the relation as written.
        total: The left side.
        target: The right side.
        success: Whether it held.
        margin: How far the total lies on the successful side; for `=` and `!=`, how far above the target.
    """

    relation: str
    total: Value
    target: Value
    success: bool
    margin: Value


@dataclass(frozen=True, slots=True)
class Act:
    """The dice as an operator left them.

    Args:
        node: The pool or set.
        operator: The operator; None for the first throw.
        values: What each die was worth, in the order shown.
        kept: Whether each still counted.
    """

    node: Pool | Members
    operator: Operator | None
    values: tuple[Value, ...]
    kept: tuple[bool, ...]


class Tray(list[Faces]):
    """The faces thrown so far, throw by throw. A roll of fixed pools needs no more than the list itself.

    Attributes:
        source: Where the general evaluation gets its faces.
        budget: What extra dice are paid from.
        bonus: What plot dice give to each d20 pool.
        plot: What the plot dice of this roll have given.
        hands: Every pool and set as it ended, with its node; None where nobody will ask.
        acts: What each operator left behind; None where nobody will ask.
        checks: Every comparison made.
    """

    source: RandomSource
    budget: Budget
    # None of these can be changed in place, so all trays may share them until one sets its own.
    bonus: Value = 0
    plot: Value = 0
    hands: list[tuple[Pool | Members, Hand, Value]] | None = None
    acts: list[Act] | None = None
    checks: list[tuple[Comparison, Check]] | None = None

    def throw(self, sides: int, count: int) -> Faces:
        """Throw dice that are already paid for."""
        # A source is promised at least one die, and no empty throw is kept.
        if not count:
            return b""
        faces = self.source.roll(sides, count)
        self.append(faces)
        return faces

    def throw_more(self, sides: int, wanted_count: int) -> Faces:
        """Throw as many of the wanted extra dice as the budget allows."""
        return self.throw(sides, self.budget.grant(wanted_count))

    def remember(self, node: Pool | Members, operator: Operator | None, hand: Hand) -> None:
        """Keep the dice as they are now, if someone will ask."""
        if self.acts is not None:
            self.acts.append(Act(node, operator, tuple(hand.values), tuple(hand.kept)))

    def keep(self, node: Pool | Members, hand: Hand, total: Value) -> None:
        """Keep a pool or set as it ended, if someone will ask."""
        if self.hands is not None:
            hand.let_go()
            self.hands.append((node, hand, total))

    def faces(self) -> tuple[int, ...]:
        """Every face in the order thrown."""
        return tuple(face for faces in self for face in faces)


Run = Callable[[Tray], Value]
"""A compiled expression: throws its dice onto the tray and gives its value."""
