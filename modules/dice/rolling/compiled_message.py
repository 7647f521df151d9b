"""A message made ready to be rolled any number of times."""

from collections.abc import Callable

from modules.dice.errors import NotationError
from modules.dice.limits import Budget, Limits
from modules.dice.notation.message import Message
from modules.dice.notation.syntax import Shared, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.cost import Cost, cost_of
from modules.dice.rolling.prepared_roll import PreparedRoll
from modules.dice.rolling.result import Roll
from modules.dice.rolling.roll_context import RollContext
from modules.dice.rolling.source import RandomSource

CompiledMessage = Callable[[], tuple[Roll, ...]]
"""Rolls a message once, repeats and all."""


def compile_message(message: Message, source: RandomSource, limits: Limits) -> CompiledMessage:
    """Check what a message costs, and compile it.

    Raises:
        LimitError: It costs more than one message may.
        NotationError: Some dice cannot do what is asked of them.
    """
    cost = cost_of(message, limits)
    compiler = Compiler(limits, None if cost.has_plot else source, integral=cost.integral)
    # One for each syntax: what is rolled several times is prepared once.
    distinct = {id(syntax): syntax for syntax in message.rolls}
    prepared = {key: PreparedRoll(syntax, compiler) for key, syntax in distinct.items()}
    parts = [prepared[id(syntax)] for syntax in message.rolls]
    if cost.has_shared:
        _check_shared(message)
    elif not compiler.needs_budget:
        return _single(parts[0]) if len(parts) == message.repeat == 1 else _fixed(parts * message.repeat)
    return _paying(parts, message.repeat, cost, source, limits)


def _check_shared(message: Message) -> None:
    for node in walk(message.rolls[0].expression):
        if isinstance(node, Shared):
            raise NotationError("shared_first", span=node.span)


def _single(part: PreparedRoll) -> CompiledMessage:
    """One roll of simple pools."""
    run = part.run

    def roll() -> tuple[Roll, ...]:
        context = RollContext()
        return (Roll(part, context, run(context)),)

    return roll


def _fixed(parts: list[PreparedRoll]) -> CompiledMessage:
    def roll() -> tuple[Roll, ...]:
        # The loop over one new context only gives it a name.
        return tuple([Roll(part, context, part.run(context)) for part in parts for context in (RollContext(),)])

    return roll


def _paying(
    parts: list[PreparedRoll], repeat: int, cost: Cost, source: RandomSource, limits: Limits
) -> CompiledMessage:
    """Rolls that may throw more dice than their tree says."""

    def roll() -> tuple[Roll, ...]:
        # One budget for the whole message, repeats and all, and a new one whenever the message is rolled again.
        budget = Budget(limits.dice - cost.dice, limits.rounds, limits.steps)
        rolls: list[Roll] = []
        for _ in range(repeat):
            thrown = _thrown(parts, budget, source)
            rolls += _with_plot(parts, thrown) if cost.has_plot else thrown
        return tuple(rolls)

    return roll


def _thrown(parts: list[PreparedRoll], budget: Budget, source: RandomSource) -> list[Roll]:
    rolls: list[Roll] = []
    for part in parts:
        context, total = part.roll(source, budget, rolls[0].total if rolls else 0)
        rolls.append(Roll(part, context, total))
    return rolls


def _with_plot(parts: list[PreparedRoll], thrown: list[Roll]) -> list[Roll]:
    """Give the bonus of all plot dice to every d20 pool; it is known only now."""
    bonus: Value = sum(roll.context.plot for roll in thrown)
    rolls: list[Roll] = []
    for part, roll in zip(parts, thrown, strict=True) if bonus else ():
        context, total = part.with_bonus(roll.context, bonus, rolls[0].total if rolls else 0)
        rolls.append(Roll(part, context, total))
    return rolls or thrown
