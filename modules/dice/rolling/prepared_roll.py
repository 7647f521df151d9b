"""One roll of a message, compiled: what is the same each time it is rolled."""

from typing import NamedTuple

from modules.dice.limits import Budget
from modules.dice.notation.message import RollSyntax
from modules.dice.notation.operators import OPERATORS, Takes
from modules.dice.notation.syntax import Digits, Group, Members, Node, Number, Pool, Shared, Thrown, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.die_types import kind_of
from modules.dice.rolling.roll_context import RollContext
from modules.dice.rolling.source import RandomSource
from modules.dice.rolling.success import CRITICAL_SIDES

Paid = tuple[int, int]
"""Extra dice and rounds that were left when a roll began."""


COUNTING = frozenset({name for name, spec in OPERATORS.items() if spec.counting})
"""Operators that count or mark dice."""
RANKING = frozenset({name for name, spec in OPERATORS.items() if spec.takes is Takes.COUNT})
"""Operators that ask for a number of dice, which may be more than there are."""


class Traits(NamedTuple):
    """What a roll can have to tell beside its dice and its total.

    Args:
        is_numbered: Whether all dice are numbered: there are no symbols and no plot dice.
        has_d20: Whether a d20 is thrown, whose extreme faces are critical.
        counts: Whether some operator counts or marks dice.
        ranks: Whether some operator asks for a number of dice.
    """

    is_numbered: bool
    has_d20: bool
    counts: bool
    ranks: bool


class PreparedRoll:
    """One roll of a message, compiled.

    Args:
        syntax: What was read.
        compiler: Compiles it.

    Attributes:
        run: Rolls it once, leaving its records in a context.
        notes: What should not go unsaid whatever the dice show.

    Raises:
        NotationError: Its dice cannot do what is asked of them.
    """

    def __init__(self, syntax: RollSyntax, compiler: Compiler) -> None:
        self.syntax = syntax
        self._expression: str | None = None
        self._pieces: tuple[str | Thrown, ...] | None = None
        self._traits: Traits | None = None
        compiler.notes = []
        self.run = compiler.roll(syntax.expression)
        self.notes = (*syntax.notes, *compiler.notes)

    @property
    def node(self) -> Node:
        """The expression."""
        return self.syntax.expression

    @property
    def expression(self) -> str:
        """Its canonical text."""
        if self._expression is None:
            self._expression = "".join([piece for piece in self.pieces if isinstance(piece, str)])
        return self._expression

    @property
    def pieces(self) -> tuple[str | Thrown, ...]:
        """The canonical text, each pool or set following its own; in this order they leave their records."""
        if self._pieces is None:
            self._pieces = self._written()
        return self._pieces

    def _written(self) -> tuple[str | Thrown, ...]:
        written: list[str | Thrown] = []
        self.node.write(written)
        pieces: list[str | Thrown] = []
        text = ""
        for piece in written:
            if isinstance(piece, str):
                text += piece
            else:
                pieces += (text, piece)
                text = ""
        if text:
            pieces.append(text)
        return tuple(pieces)

    @property
    def traits(self) -> Traits:
        """What its pools and sets may have to tell."""
        if self._traits is None:
            self._traits = self._told()
        return self._traits

    def _told(self) -> Traits:
        is_numbered, has_d20 = True, False
        names: set[str] = set()
        for node in self.pieces:
            if isinstance(node, Pool):
                has_d20 = has_d20 or node.sides == CRITICAL_SIDES
                is_numbered = is_numbered and isinstance(node.sides, int | Group) and "p" not in node.tags
            if isinstance(node, Pool | Members) and node.operators:
                names.update([operator.name for operator in node.operators])
        return Traits(is_numbered, has_d20, not names.isdisjoint(COUNTING), not names.isdisjoint(RANKING))

    @property
    def has_total(self) -> bool:
        """Whether something in it adds up: words and plot dice alone do not."""
        if self.traits.is_numbered:
            # Not even a roll without dice lacks a number.
            return True
        leaves = [node for node in walk(self.node) if isinstance(node, Pool | Digits | Number | Shared)]
        return any(not isinstance(leaf, Pool) or adds_up(leaf) for leaf in leaves)

    def roll(self, source: RandomSource, budget: Budget, shared: Value = 0) -> tuple[RollContext, Value]:
        """Roll it where extra dice may be needed.

        Args:
            source: Where the faces come from.
            budget: What they are paid from.
            shared: The total of the first roll of the message.

        Raises:
            DiceError: Only rolling could tell that it cannot be done.
        """
        context = RollContext()
        context.source, context.budget, context.shared = source, budget, shared
        context.paid = (budget.dice, budget.rounds)
        budget.caps = []
        total = self.run(context)
        context.caps = tuple(budget.caps)
        return context, total

    def with_bonus(self, context: RollContext, bonus: Value, shared: Value) -> tuple[RollContext, Value]:
        """Add the bonus of plot dice to the d20 pools of a roll: the same records, the sums worked out again."""
        again = RollContext()
        again.source, again.budget, again.shared, again.bonus = context.source, context.budget, shared, bonus
        again.paid, again.caps, again.recorded = context.paid, context.caps, context[::-1]
        total = self.run(again)
        again.recorded = None
        return again, total


def adds_up(pool: Pool) -> bool:
    """Whether a pool has a total of its own: words and plot dice alone have none."""
    # Sides that have to be rolled make a numbered die.
    if isinstance(pool.sides, Group):
        return True
    return kind_of(pool.sides).adds_up and not (
        pool.tags and pool.tags == "p" * len(pool.tags) and pool.count == len(pool.tags)
    )
