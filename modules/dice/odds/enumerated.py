"""Odds of a pool or set by rolling it with every sequence of faces: for what no closed form covers, and few dice."""

from collections.abc import Sequence
from math import prod

from modules.dice.errors import LimitError, Span
from modules.dice.limits import Budget, Limits
from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts, mixed
from modules.dice.rolling.roll_context import RollContext, Run
from modules.dice.rolling.source import Faces, RandomSource

ROLL_STEPS = 12
"""Steps of one roll, and of each die in it."""
DIE_STEPS = 2


class Odometer(RandomSource):
    """Gives every sequence of faces, one after another."""

    def __init__(self) -> None:
        self._wheels: list[list[int]] = []
        self._read = 0

    def roll(self, sides: int, count: int) -> Faces:
        """The next faces of the sequence at hand."""
        while len(self._wheels) < self._read + count:
            self._wheels.append([1, sides])
        self._read += count
        return tuple([face for face, _ in self._wheels[self._read - count : self._read]])

    @property
    def sequences(self) -> int:
        """How many sequences are as long and of the same dice as the one at hand."""
        return prod(sides for _, sides in self._wheels)

    def turn(self) -> bool:
        """Go on to the next sequence; False after the last."""
        self._read = 0
        while self._wheels and self._wheels[-1][0] == self._wheels[-1][1]:
            self._wheels.pop()
        if self._wheels:
            self._wheels[-1][0] += 1
        return bool(self._wheels)


def enumerated(run: Run, dice: Sequence[tuple[int, int]], budget: OddsBudget, span: Span) -> Counts:
    """What a compiled pool or set comes to, over every sequence of faces.

    Args:
        run: Rolls it. It must end whatever the dice show.
        dice: Numbers of dice and of their sides, as they are thrown first.
        budget: Pays for the work; first for the dice that are sure to be thrown, then for each roll.
        span: Where it was written.

    Raises:
        LimitError: There are too many sequences.
    """
    thrown, first = sum(count for count, _ in dice), prod(sides**count for count, sides in dice)
    steps = ROLL_STEPS + DIE_STEPS * thrown
    if first * steps > budget.steps:
        _refuse(dice, budget.steps / steps, span)
    budget.span = span
    odometer, parts = Odometer(), dict[tuple[Value, int], int]()
    limits = Limits()
    while True:
        budget.charge(steps)
        context = RollContext()
        context.source, context.budget = odometer, Budget(limits.dice, limits.rounds, limits.steps)
        found = run(context), odometer.sequences
        parts[found] = parts.get(found, 0) + 1
        if not odometer.turn():
            break
    return mixed([(count, Counts((total,), (1,), sequences)) for (total, sequences), count in parts.items()], 1)


def _refuse(dice: Sequence[tuple[int, int]], affordable: float, span: Span) -> None:
    """Say how many dice would do, where all have the same sides."""
    sides = {size for _, size in dice}
    if len(sides) > 1:
        raise LimitError("odds_work", span=span)
    (size,) = sides
    limit = 0
    while size > 1 and size ** (limit + 1) <= affordable:
        limit += 1
    raise LimitError("odds_dice", span=span, limit=limit, dice=sum(count for count, _ in dice))
