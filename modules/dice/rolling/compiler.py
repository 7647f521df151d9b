"""Expression + source + budget → value, compiled once: every node becomes a function of the tray.

Arithmetic is here. Pools come in two makes that give the same faces and totals: `pools.py` keeps the story of each die
and knows every operator; `quick.py` knows a few plain shapes and spends nothing beside the dice.
"""

import operator
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from modules.dice.errors import DiceError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation.syntax import (
    Call,
    Chain,
    Comparison,
    Group,
    Labelled,
    Members,
    Negative,
    Node,
    Number,
    Pool,
    Power,
    Value,
)
from modules.dice.rolling.arithmetic import FUNCTIONS, OPERATIONS, SINGLE, Operation, bounded, power, whole
from modules.dice.rolling.pool_state import RELATIONS
from modules.dice.rolling.pools import compile_pool, compile_set
from modules.dice.rolling.quick import quick_pool
from modules.dice.rolling.roll_context import Check, Run, Tray
from modules.dice.rolling.source import RandomSource


class Compiler:
    """Turns trees into functions.

    Args:
        limits: Bounds of arithmetic.
        source: Where quick pools get their dice. None compiles every pool with its story, throwing from the tray's
            own source.
        integral: Whether every value is sure to be whole: lets sums be plain sums.
    """

    def __init__(self, limits: Limits, source: RandomSource | None = None, *, integral: bool = False) -> None:
        self.limits = limits
        self.integral = integral
        self.source = source
        self.needs_budget = False
        self.swelling_count = 0
        # More than dice and numbers can add up to. The limits a caller sets may lie below it.
        largest_sum = limits.notation_length * limits.dice * limits.sides * 10**limits.digits
        self.sums_fit = largest_sum <= limits.magnitude

    def compile(self, node: Node) -> Run:
        """The function that works a node out.

        Raises:
            NotationError: The node asks for what its dice cannot do.
        """
        return _COMPILED[type(node)](self, node)

    def number(self, node: Number) -> Run:
        """A constant."""
        value = node.value
        return lambda _tray: value

    def pool(self, node: Pool) -> Run:
        """Dice."""
        self._note_doubling(node)
        if self.source is not None:
            quick = quick_pool(node, self.source)
            if quick is not None:
                self.needs_budget |= any(operator.name == "!" for operator in node.operators)
                return quick
        self.needs_budget = True
        return compile_pool(node, self.compile, self.limits)

    def members(self, node: Members) -> Run:
        """A set."""
        self._note_doubling(node)
        self.needs_budget = True
        return compile_set(node, [self.compile(member) for member in node.members])

    def _note_doubling(self, node: Pool | Members) -> None:
        # Successes double once for each ds: as many as a message holds make a number of a hundred digits.
        self.swelling_count += any(operator.name == "ds" for operator in node.operators)

    def chain(self, node: Chain) -> Run:
        """Operations from left to right."""
        swelling_count = self.swelling_count
        first = self.compile(node.first)
        rest = [(self._operation(symbol), self.compile(term)) for symbol, term in node.rest]
        self.swelling_count += any(symbol not in "+-" for symbol, _ in node.rest)
        # With nothing in it that swells a sum of whole numbers refuses nothing, so it has no place to add.
        if self.integral and self.sums_fit and self.swelling_count == swelling_count:
            return _summed(first, rest, node)
        largest, integral = self.limits.magnitude, self.integral

        def run(tray: Tray) -> Value:
            value = first(tray)
            for operation, term in rest:
                value = operation(value, term(tray))
                # Asked here first: nearly every result is small and whole, and a call costs more than the question.
                if not (integral and -largest <= value <= largest):
                    bounded(value, largest)
            return value

        return _blaming(node.span, run)

    def _operation(self, symbol: str) -> Operation:
        return (_INTEGRAL if self.integral else OPERATIONS)[symbol]

    def negative(self, node: Negative) -> Run:
        """A sign."""
        inner = self.compile(node.inner)
        return lambda tray: -inner(tray)

    def power(self, node: Power) -> Run:
        """A power, refused before it is worked out if it is too large."""
        base, exponent, limits = self.compile(node.base), self.compile(node.exponent), self.limits
        return _blaming(node.span, lambda tray: power(base(tray), exponent(tray), limits))

    def group(self, node: Group) -> Run:
        """Parentheses."""
        return self.compile(node.inner)

    def labelled(self, node: Labelled) -> Run:
        """A term with labels, which change nothing."""
        return self.compile(node.inner)

    def call(self, node: Call) -> Run:
        """A function of values."""
        function, arguments = FUNCTIONS[node.name], [self.compile(argument) for argument in node.arguments]
        if node.name in SINGLE and len(arguments) != 1:
            raise NotationError(f"{node.name}() takes one value.", span=node.span)
        if len(arguments) == 1:
            # `min(3)` is 3 here, where Python would ask for something to iterate over.
            only = arguments[0]
            return lambda tray: function(only(tray)) if node.name in SINGLE else only(tray)
        return lambda tray: function(*[argument(tray) for argument in arguments])

    def comparison(self, node: Comparison) -> Run:
        """A check: the left value as it is, with success and margin beside it."""
        left, right, compare = self.compile(node.left), self.compile(node.right), RELATIONS[node.relation]
        sign = -1 if node.relation in {"<", "<="} else 1

        def run(tray: Tray) -> Value:
            # The right side is thrown even if nobody asks for the check: its faces belong to the roll.
            total, target = left(tray), right(tray)
            if tray.checks is not None:
                success, margin = compare(total, target), sign * whole(total - target)
                tray.checks.append((node, Check(node.relation, total, target, success, margin)))
            return total

        return run


def _summed(first: Run, rest: list[tuple[Operation, Run]], node: Chain) -> Run:
    """A sum that needs no bound."""
    symbol, last = node.rest[0]
    if len(rest) == 1 and isinstance(last, Number):
        return _shifted(first, last.value if symbol == "+" else -last.value)

    def run(tray: Tray) -> Value:
        value = first(tray)
        for operation, term in rest:
            value = operation(value, term(tray))
        return value

    return run


def _shifted(inner: Run, constant: Value) -> Run:
    return lambda tray: inner(tray) + constant


def _blaming(span: Span, run: Run) -> Run:
    """Let refusals that know no place point here."""

    def blamed(tray: Tray) -> Value:
        try:
            return run(tray)
        except DiceError as refusal:
            if refusal.span is not None:
                raise
            raise refusal.moved_to(span) from None

    return blamed


_INTEGRAL: MappingProxyType[str, Operation] = MappingProxyType(
    {**OPERATIONS, "+": operator.add, "-": operator.sub, "*": operator.mul}
)
"""Operations on whole numbers: nothing has to be made whole."""
_COMPILED: MappingProxyType[type, Callable[[Compiler, Any], Run]] = MappingProxyType(
    {
        Number: Compiler.number,
        Pool: Compiler.pool,
        Members: Compiler.members,
        Chain: Compiler.chain,
        Negative: Compiler.negative,
        Power: Compiler.power,
        Group: Compiler.group,
        Labelled: Compiler.labelled,
        Call: Compiler.call,
        Comparison: Compiler.comparison,
    }
)
