"""The plainest notations, read at a glance: sums of numbers and of pools with at most one common operator.

Most of what players type is of this kind, and most of it has never been typed before in just this way, so reading it
must cost little. What is read here is never read differently from the parser: anything with a doubt in it (a space, a
bracket, a tag, a number near a limit) is left to the parser, which also reads this later if someone asks for the tree.
"""

import re

from modules.dice.cost import Cost
from modules.dice.limits import Limits
from modules.dice.operators import Operator
from modules.dice.plan import Plan, paying, single
from modules.dice.quick import Quick, quick_dice
from modules.dice.random_source import RandomSource
from modules.dice.script import Script
from modules.dice.syntax import Value
from modules.dice.tray import Run, Tray

TERM = re.compile(
    r"(?:([0-9]{0,4})d([0-9]{1,6})(?:(kh?|kl|dl|dh)([0-9]{1,4})|(!)|(>=|<=|[<>=])([0-9]{1,6}))?|([0-9]{1,15}))([+-]|\Z)",
    re.IGNORECASE,
)
"""A pool or a number, and the sign after it."""
TERMS = 16
"""Pools of the longest sum read here."""
MOST_DIGITS = 15
"""Digits of the longest number read here."""
Term = tuple[bool, Run]
"""Whether a pool is added (or subtracted), and what throws it."""


def glance(notation: str, source: RandomSource, limits: Limits) -> Plan | None:
    """The plan of a plain notation; None if it needs the parser, be it only to be refused."""
    pools: list[Term] = []
    constant = dice = pos = 0
    plus, needs_budget = True, False
    while True:
        found = TERM.match(notation, pos)
        if found is None or len(pools) == TERMS:
            return None
        count, sides, name, number, bang, relation, point, value, sign = found.groups()
        if value is None:
            thrown = int(count or 1)
            operator = _operator(name, number, bang, relation, point)
            quick = _pool(thrown, int(sides), operator, source, limits)
            if quick is None:
                return None
            pools.append((plus, quick.run))
            dice += thrown
            needs_budget |= quick.needs_budget
        else:
            constant += int(value) if plus else -int(value)
        if not sign:
            break
        plus, pos = sign == "+", found.end()
    if not _affordable(notation, dice, limits):
        return None
    script, run = Script(None, limits, notation), _summed(pools, constant)
    if needs_budget:
        return paying([(script, run)], 1, Cost(dice, 0, integral=True, has_plot=False), source, limits)
    return single(script, run)


def _operator(
    name: str | None, number: str | None, bang: str | None, relation: str | None, point: str | None
) -> Operator | None:
    if name is not None:
        spelled = name.lower()
        return Operator("kh" if spelled == "k" else spelled, "", int(number or 0))
    if bang is not None:
        return Operator("!")
    return Operator("", relation, int(point or 0)) if relation is not None else None


def _pool(count: int, sides: int, operator: Operator | None, source: RandomSource, limits: Limits) -> Quick | None:
    exploding = operator is not None and operator.name == "!"
    if not exploding + 1 <= sides <= limits.sides or count > limits.dice:
        return None
    return quick_dice(count, sides, operator, source)


def _affordable(notation: str, dice: int, limits: Limits) -> bool:
    """Whether even strict limits leave no doubt; a number has no more digits than the notation has characters."""
    if dice > limits.dice or TERMS * 4 + dice // 4 > limits.steps or len(notation) > limits.notation_length:
        return False
    return limits.digits >= MOST_DIGITS or len(notation) <= limits.digits


def _summed(pools: list[Term], constant: int) -> Run:
    """The function that throws the pools in order and adds everything up."""
    if len(pools) == 1 and pools[0][0]:
        only = pools[0][1]
        return (lambda tray: only(tray) + constant) if constant else only

    def run(tray: Tray) -> Value:
        total: Value = constant
        for plus, pool in pools:
            total = total + pool(tray) if plus else total - pool(tray)
        return total

    return run
