"""A message made ready to be rolled any number of times."""

from collections.abc import Callable

from modules.dice.limits import Budget, Limits
from modules.dice.notation.parser import Message
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.cost import Cost, cost_of
from modules.dice.rolling.prepared_roll import Script
from modules.dice.rolling.result import Roll
from modules.dice.rolling.roll_context import Run, Tray
from modules.dice.rolling.source import RandomSource

Plan = Callable[[], tuple[Roll, ...]]
"""Rolls a message once, repeats and all."""
Part = tuple[Script, Run]


def make_plan(message: Message, source: RandomSource, limits: Limits) -> Plan:
    """Check what a message costs, and compile it.

    Raises:
        LimitError: It costs more than one message may.
        NotationError: Some dice cannot do what is asked of them.
    """
    cost = cost_of(message, limits)
    compiler = Compiler(limits, None if cost.has_plot else source, integral=cost.integral)
    parts = [(Script(syntax, limits), compiler.compile(syntax.expression)) for syntax in message.rolls]
    if compiler.needs_budget:
        return paying(parts, message.repeat, cost, source, limits)
    if len(parts) == 1 and message.repeat == 1:
        return single(*parts[0])
    return _fixed(parts * message.repeat)


def single(script: Script, run: Run) -> Plan:
    """One roll of fixed pools."""

    def roll() -> tuple[Roll, ...]:
        tray = Tray()
        return (Roll(script, tray, run(tray)),)

    return roll


def _fixed(parts: list[Part]) -> Plan:
    def roll() -> tuple[Roll, ...]:
        # The loop over one new tray only gives it a name.
        return tuple([Roll(script, tray, run(tray)) for script, run in parts for tray in (Tray(),)])

    return roll


def paying(parts: list[Part], repeat: int, cost: Cost, source: RandomSource, limits: Limits) -> Plan:
    """Rolls that may throw more dice than their tree says."""

    def roll() -> tuple[Roll, ...]:
        # One purse for the whole message, repeats and all, and a new one whenever the plan is rolled again.
        budget = Budget(limits.dice - cost.dice, limits.rounds, limits.steps)
        rolls: list[Roll] = []
        for _ in range(repeat):
            rolls += _with_plot(_thrown(parts, budget, source)) if cost.has_plot else _thrown(parts, budget, source)
        return tuple(rolls)

    return roll


def _thrown(parts: list[Part], budget: Budget, source: RandomSource) -> list[Roll]:
    rolls = []
    for script, run in parts:
        tray = Tray()
        tray.source, tray.budget = source, budget
        paid = (budget.dice, budget.rounds)
        rolls.append(Roll(script, tray, run(tray), paid))
    return rolls


def _with_plot(rolls: list[Roll]) -> list[Roll]:
    """Give the bonus of all plot dice to every d20 pool; it is known only now, so the faces are read again."""
    bonus = sum(roll.plot for roll in rolls)
    return [roll.with_bonus(bonus) for roll in rolls] if bonus else rolls
