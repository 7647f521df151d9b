"""The plainest notations, read at a glance: sums and products of numbers, parentheses, and pools with one operator.

Most of what players type is of this kind, and most of it has never been typed before in just this way, so reading it
must cost little: this compiles while it reads and makes no tree. What is read here is never read differently from the
parser; anything with a doubt in it (a space, a label, a tag, a number near a limit) is left to the parser, which also
reads this later if someone asks for the tree.
"""

import re
from types import MappingProxyType

from modules.dice.limits import Limits
from modules.dice.notation.syntax import Value
from modules.dice.rolling.compiled_message import Plan, paying, single
from modules.dice.rolling.cost import Cost
from modules.dice.rolling.prepared_roll import Script
from modules.dice.rolling.quick import quick_dice
from modules.dice.rolling.roll_context import Run, Tray
from modules.dice.rolling.source import RandomSource

TERM = re.compile(
    r"(?:([0-9]{0,4})[dD]([0-9]{1,6})(?:([kK][hH]?|[kK][lL]|[dD][lLhH])([0-9]{1,4})|(!)|(>=|<=|[<>=])([0-9]{1,6}))?"
    r"|([0-9]{1,15}))(?=[-+*)]|\Z)"
)
"""A pool or a number, with nothing behind it that might belong to it."""
NAMES = MappingProxyType({"k": "kh", "K": "kh", "kh": "kh", "kl": "kl"})
"""Spellings of an operator → its name; others need only small letters."""
MOST_PARENTHESES = 4
"""Parentheses in the longest notation read here."""
LONGEST = 80
"""Characters of that notation."""
MOST_FACTORS = 5
"""Multiplications in it."""
LARGEST = 10**LONGEST
"""More than any result of it: a product has no more digits than its factors together."""
MOST_DIGITS = 15
"""Digits of the longest number read here."""
Part = int | Run
"""A constant, or what has to be rolled."""


class DoubtError(Exception):
    """This is for the parser to read, be it only to refuse it."""


def glance(notation: str, source: RandomSource, limits: Limits) -> Plan | None:
    """The plan of a plain notation; None if it needs the parser."""
    if len(notation) > LONGEST or notation.count("*") > MOST_FACTORS or notation.count("(") > MOST_PARENTHESES:
        return None
    glancer = Glancer(notation, source, limits)
    try:
        value = glancer.sum()
    except DoubtError:
        return None
    if glancer.pos < len(notation) or not glancer.affordable():
        return None
    run, script = _running(value), Script(None, limits, notation)
    if glancer.needs_budget:
        # No steps: they are within the limit, as just found, and a plan does not look at them.
        return paying([(script, run)], 1, Cost(glancer.dice, 0, integral=True, has_plot=False), source, limits)
    return single(script, run)


class Glancer:
    """A place in a notation, and what has been found up to there."""

    __slots__ = ("dice", "limits", "needs_budget", "notation", "pos", "source")

    def __init__(self, notation: str, source: RandomSource, limits: Limits) -> None:
        self.notation = notation
        self.source = source
        self.limits = limits
        self.pos = self.dice = 0
        self.needs_budget = False

    def affordable(self) -> bool:
        """Whether even strict limits leave no doubt; a number has no more digits than the notation has characters."""
        limits, length = self.limits, len(self.notation)
        # Four steps for a character and half a step for a die are more than cost.py would count.
        if self.dice > limits.dice or LONGEST * 4 + self.dice // 2 > limits.steps or length > limits.notation_length:
            return False
        if limits.magnitude < LARGEST:
            return False
        return limits.nesting >= MOST_PARENTHESES and (limits.digits >= MOST_DIGITS or length <= limits.digits)

    def sum(self) -> Part:
        """Read terms with + and - between them."""
        pools: list[tuple[bool, Run]] = []
        constant, plus = 0, True
        while True:
            value = self._product()
            if isinstance(value, int):
                constant += value if plus else -value
            else:
                pools.append((plus, value))
            sign = self.notation[self.pos : self.pos + 1]
            if sign not in {"+", "-"}:
                return _summed(pools, constant) if pools else constant
            plus = sign == "+"
            self.pos += 1

    def _product(self) -> Part:
        value = self._term()
        while self.notation.startswith("*", self.pos):
            self.pos += 1
            value = _multiplied(value, self._term())
        return value

    def _term(self) -> Part:
        found = TERM.match(self.notation, self.pos)
        if found is None:
            return self._parentheses()
        self.pos = found.end()
        number = found[8]
        return self._pool(found) if number is None else int(number)

    def _parentheses(self) -> Part:
        if not self.notation.startswith("(", self.pos):
            raise DoubtError
        self.pos += 1
        value = self.sum()
        # Anything else may belong to the parentheses, as in (2)d6 or (2)[fire].
        following = self.notation[self.pos : self.pos + 2]
        if following[:1] != ")" or following[1:] not in {"", "+", "-", "*", ")"}:
            raise DoubtError
        self.pos += 1
        return value

    def _pool(self, found: re.Match[str]) -> Run:
        written, round_sides, name, number, bang, relation, point, _ = found.groups()
        count, sides = int(written or 1), int(round_sides)
        # An exploding d1 would never end: refusing it is left to the parser.
        if not (2 if bang else 1) <= sides <= self.limits.sides or count > self.limits.dice:
            raise DoubtError
        if name is not None:
            run = quick_dice(self.source, count, sides, NAMES.get(name) or name.lower(), "", int(number))
        elif bang is not None:
            self.needs_budget = True
            run = quick_dice(self.source, count, sides, bang)
        elif relation is not None:
            run = quick_dice(self.source, count, sides, "", relation, int(point))
        else:
            run = quick_dice(self.source, count, sides)
        if run is None:
            raise DoubtError
        self.dice += count
        return run


def _running(value: Part) -> Run:
    return (lambda _tray: value) if isinstance(value, int) else value


def _multiplied(left: Part, right: Part) -> Part:
    if isinstance(left, int):
        if isinstance(right, int):
            return left * right
        return lambda tray: left * right(tray)
    if isinstance(right, int):
        return lambda tray: left(tray) * right
    return lambda tray: left(tray) * right(tray)


def _summed(pools: list[tuple[bool, Run]], constant: int) -> Run:
    """The function that throws the pools in order and adds everything up."""
    plus, first = pools[0]
    if len(pools) == 1 and plus:
        return (lambda tray: first(tray) + constant) if constant else first

    def run(tray: Tray) -> Value:
        total: Value = constant
        for added, pool in pools:
            total = total + pool(tray) if added else total - pool(tray)
        return total

    return run
