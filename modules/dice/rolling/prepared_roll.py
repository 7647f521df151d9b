"""One roll of a message, compiled: what is the same each time it is rolled."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from modules.dice.limits import Budget
from modules.dice.notation.message import RollSyntax
from modules.dice.notation.operators import OPERATORS, Takes
from modules.dice.notation.syntax import Digits, Group, Members, Node, Number, Pieces, Pool, Shared, Slot, Thrown, Value
from modules.dice.notation.traversal import walk, with_numbers
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.die_types import kind_of
from modules.dice.rolling.roll_context import RollContext
from modules.dice.rolling.source import RandomSource
from modules.dice.rolling.success import CRITICAL_SIDES

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.dice.rolling.result import Roll

Piece = str | Thrown | Slot
"""Canonical text, a pool or set behind its own text, or a number left out of a shape."""


class Traits(NamedTuple):
    """What a roll can have to tell beside its dice and its total.

    Args:
        is_numbered: Whether all dice are numbered: there are no symbols and no plot dice.
        has_d20: Whether a d20 is thrown, whose extreme faces are critical.
        counts: Whether some operator counts or marks dice.
        ranks: Whether some operator asks for a number of dice, which may be more than there are.
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
        numbers: What its slots are filled with.
        shape: What it is but for those numbers: itself where there are no slots.
        label: The label of all of it, if it has one.
        is_simple: Whether it is nothing but simple pools and arithmetic.
        layout: A place for a renderer to keep what gives the lines of a shape.

    Raises:
        NotationError: Its dice cannot do what is asked of them.
    """

    numbers: tuple[int, ...] = ()
    layout: "Callable[[Roll], str | None] | None" = None

    def __init__(self, syntax: RollSyntax, compiler: Compiler) -> None:
        self.shape = self
        self.syntax = syntax
        self.run = compiler.roll(syntax.expression, inherit=not syntax.shortcuts)
        self.is_simple = compiler.is_simple
        self.label = compiler.label
        self.notes = (*syntax.notes, *compiler.notes)

    @cached_property
    def syntax(self) -> RollSyntax:
        """What was read."""
        shaped, numbers = self.shape.syntax, self.numbers

        def filled(number: Number) -> Number:
            return Number(numbers[number.index], number.span) if isinstance(number, Slot) else number

        return replace(shaped, expression=with_numbers(shaped.expression, filled))

    @property
    def node(self) -> Node:
        """The expression."""
        return self.syntax.expression

    @cached_property
    def expression(self) -> str:
        """Its canonical text."""
        return "".join([piece for piece in self.pieces if isinstance(piece, str)])

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The canonical text, each pool or set following its own; in this order they leave their records."""
        written: Pieces = []
        self.node.write(written)
        pieces, text = list[Piece](), ""
        for piece in written:
            if isinstance(piece, str):
                text += piece
                continue
            pieces += (text, piece) if text else (piece,)
            text = ""
        return (*pieces, text) if text else tuple(pieces)

    @cached_property
    def traits(self) -> Traits:
        """What its pools and sets may have to tell."""
        if self.shape is not self:
            return self.shape.traits
        pools = [node for node in self.pieces if isinstance(node, Pool)]
        is_numbered = all(isinstance(pool.sides, int | Group) and "p" not in pool.tags for pool in pools)
        has_d20 = any(pool.sides == CRITICAL_SIDES for pool in pools)
        thrown = [node for node in self.pieces if isinstance(node, Pool | Members)]
        used = [OPERATORS[operator.name] for node in thrown for operator in node.operators]
        return Traits(
            is_numbered, has_d20, any(each.counting for each in used), any(each.takes is Takes.COUNT for each in used)
        )

    @property
    def has_total(self) -> bool:
        """Whether something in it adds up: words and plot dice alone do not."""
        if self.traits.is_numbered:
            # Not even a roll without dice lacks a number.
            return True
        leaves = [node for node in walk(self.shape.node) if isinstance(node, Pool | Digits | Number | Shared)]
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
        context.source, context.budget, context.shared, context.numbers = source, budget, shared, self.numbers
        context.paid = (budget.dice, budget.rounds)
        total = self.run(context)
        if budget.caps:
            context.caps, budget.caps = tuple(budget.caps), []
        return context, total

    def with_bonus(self, context: RollContext, bonus: Value, shared: Value) -> tuple[RollContext, Value]:
        """Add the bonus of plot dice to the d20 pools of a roll: the same records, the sums worked out again."""
        again = RollContext()
        again.source, again.budget, again.shared, again.bonus = context.source, context.budget, shared, bonus
        again.paid, again.caps, again.recorded, again.numbers = context.paid, context.caps, context[::-1], self.numbers
        total = self.run(again)
        again.recorded = None
        return again, total


class FilledRoll(PreparedRoll):
    """A roll of a shape that was compiled before, with its own numbers.

    Args:
        shape: The roll, compiled with slots.
        numbers: What they are filled with: all numbers of the message.
    """

    def __init__(self, shape: PreparedRoll, numbers: tuple[int, ...]) -> None:  # no compilation, so not the base's
        self.shape = shape
        self.numbers = numbers
        self.run = shape.run
        self.notes = shape.notes


def adds_up(pool: Pool) -> bool:
    """Whether a pool has a total of its own: words and plot dice alone have none."""
    # Sides that have to be rolled make a numbered die.
    if isinstance(pool.sides, Group):
        return True
    return kind_of(pool.sides).adds_up and not (
        pool.tags and pool.tags == "p" * len(pool.tags) and pool.count == len(pool.tags)
    )
