"""A message made ready to be rolled any number of times."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from modules.dice.limits import Budget, Limits
from modules.dice.notation.message import Message
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.cost import cost_of
from modules.dice.rolling.prepared_roll import FilledRoll, PreparedRoll
from modules.dice.rolling.result import Roll
from modules.dice.rolling.roll_context import RollContext
from modules.dice.rolling.source import RandomSource
from modules.dice.rolling.validation import check_shared

if TYPE_CHECKING:
    from modules.dice.notation.syntax import Value

CompiledMessage = Callable[[], tuple[Roll, ...]]
"""Rolls a message once, repeats and all."""


class PreparedMessage:
    """A message, checked and compiled.

    Args:
        message: What was read.
        source: Where faces come from.
        limits: What it may cost.

    Attributes:
        may_refuse: Whether it can still be refused when it is rolled.

    Raises:
        LimitError: It costs more than one message may.
        NotationError: Some dice cannot do what is asked of them.
    """

    def __init__(self, message: Message, source: RandomSource, limits: Limits) -> None:
        self._cost = cost = cost_of(message, limits)
        self._source, self.limits, self._repeat = source, limits, message.repeat
        sure_source = None if cost.has_plot else source
        compiler = Compiler(limits, sure_source, integral=cost.integral, has_labels=cost.has_labels)
        # One for each syntax: what is rolled several times is prepared once.
        distinct = {id(syntax): syntax for syntax in message.rolls}
        prepared = {key: PreparedRoll(syntax, compiler) for key, syntax in distinct.items()}
        self._parts = [prepared[id(syntax)] for syntax in message.rolls]
        if cost.has_shared:
            check_shared(message)
        self._needs_budget = compiler.needs_budget or cost.has_shared
        self.may_refuse = self._needs_budget or compiler.may_refuse

    def roller(self) -> CompiledMessage:
        """A function that rolls it."""
        return self._rolling(self._parts)

    def filled(self, numbers: tuple[int, ...]) -> CompiledMessage:
        """A function that rolls it with these numbers in its slots."""
        parts = self._parts
        if len(parts) == 1:
            return self._rolling([FilledRoll(parts[0], numbers)])
        distinct = {id(part): FilledRoll(part, numbers) for part in parts}
        return self._rolling([distinct[id(part)] for part in parts])

    def _rolling(self, parts: list[PreparedRoll]) -> CompiledMessage:
        if self._needs_budget:
            return partial(self._paying, parts)
        return _single(parts[0]) if self._repeat == len(parts) == 1 else _fixed(parts * self._repeat)

    def _paying(self, parts: list[PreparedRoll]) -> tuple[Roll, ...]:
        """Rolls that may throw more dice than their tree says."""
        # One budget for the whole message, repeats and all, and a new one whenever the message is rolled again.
        limits, cost = self.limits, self._cost
        budget = Budget(limits.dice - cost.dice, limits.rounds, limits.steps)
        rolls: list[Roll] = []
        for _ in range(self._repeat):
            thrown: list[Roll] = []
            for part in parts:
                context, total = part.roll(self._source, budget, thrown[0].total if thrown else 0)
                thrown.append(Roll(part, context, total))
            rolls += _with_plot(parts, thrown) if cost.has_plot else thrown
        return tuple(rolls)


def compile_message(message: Message, source: RandomSource, limits: Limits) -> CompiledMessage:
    """Check what a message costs, and compile it.

    Raises:
        LimitError: It costs more than one message may.
        NotationError: Some dice cannot do what is asked of them.
    """
    return PreparedMessage(message, source, limits).roller()


def _single(part: PreparedRoll) -> CompiledMessage:
    """One roll of simple pools: what most messages are."""
    run, numbers = part.run, part.numbers

    def roll() -> tuple[Roll, ...]:
        context = RollContext()
        context.numbers = numbers
        return (Roll(part, context, run(context)),)

    return roll


def _fixed(parts: list[PreparedRoll]) -> CompiledMessage:
    """Several rolls of simple pools."""

    def roll() -> tuple[Roll, ...]:
        rolls = []
        for part in parts:
            context = RollContext()
            context.numbers = part.numbers
            rolls.append(Roll(part, context, part.run(context)))
        return tuple(rolls)

    return roll


def _with_plot(parts: list[PreparedRoll], thrown: list[Roll]) -> list[Roll]:
    """Give the bonus of all plot dice to every d20 pool; it is known only now."""
    bonus: Value = sum(roll.context.plot for roll in thrown)
    rolls: list[Roll] = []
    for part, roll in zip(parts, thrown, strict=True) if bonus else ():
        context, total = part.with_bonus(roll.context, bonus, rolls[0].total if rolls else 0)
        rolls.append(Roll(part, context, total))
    return rolls or thrown
