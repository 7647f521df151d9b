"""Expression → value, compiled once: every node becomes a function of the context it is rolled in.

Arithmetic is here; pools.py knows every operator, and totals.py the few shapes that need nothing beside their dice.
"""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from modules.dice.errors import DiceError, Span
from modules.dice.limits import Limits
from modules.dice.notation import syntax
from modules.dice.notes import Note
from modules.dice.rolling.arithmetic import FUNCTIONS, OPERATIONS, SINGLE, Operation, bounded, power, whole
from modules.dice.rolling.pool_state import RELATIONS
from modules.dice.rolling.pools import CompiledPool
from modules.dice.rolling.roll_context import Check, RollContext, Run
from modules.dice.rolling.sets import CompiledDigits, CompiledSet
from modules.dice.rolling.source import RandomSource
from modules.dice.rolling.terms import labels_of, merged_terms
from modules.dice.rolling.totals import simple_pool
from modules.dice.rolling.validation import check_call


class Compiler:
    """Turns trees into functions.

    Args:
        limits: Bounds of arithmetic.
        source: Where simple pools get their dice. None compiles no pool as a simple one: all of them then throw from
            the context's own source.
        integral: Whether every value is sure to be whole: lets sums be plain sums.
        has_labels: Whether terms may have labels.

    Attributes:
        needs_budget: Whether something compiled may throw more dice than its tree says.
        may_refuse: Whether something compiled, simple pools aside, may be refused only when it is rolled.
        notes: What should not go unsaid whatever the dice show.
        is_simple: Whether the roll is nothing but simple pools and arithmetic.
        label: The label of all of the roll; empty where its terms have labels of their own, or none.
    """

    def __init__(
        self, limits: Limits, source: RandomSource | None = None, *, integral: bool = False, has_labels: bool = True
    ) -> None:
        self.limits = limits
        self.integral = integral
        self.has_labels = has_labels
        self.source = source
        self.needs_budget = False
        self.may_refuse = False
        self.notes: list[Note] = []
        self.is_simple = True
        self.swelling_count = 0
        self.label = ""
        self._labels: Mapping[int, tuple[str, int]] = {}

    def roll(self, node: syntax.Node, *, inherit: bool = True) -> Run:
        """The function that works out a whole roll.

        Args:
            node: The roll.
            inherit: Whether terms without a label take the next one to their right.

        Raises:
            NotationError: Something in it asks for what its dice cannot do.
        """
        self.notes, self.is_simple = [], True
        self.label = ""
        if self.has_labels:
            summed = node.left if isinstance(node, syntax.Comparison) else node
            labels = labels_of(summed, inherit=inherit)
            # The label of the whole sum needs no record beside the total.
            self.label = labels.pop(id(summed), ("",))[0]
            self._labels = labels
        return self.compile(node)

    def compile(self, node: syntax.Node) -> Run:
        """The function that works a node out.

        Raises:
            NotationError: The node asks for what its dice cannot do.
        """
        run = _COMPILED[type(node)](self, node)
        label = self._labels.get(id(node))
        return run if label is None else _labelled(run, *label)

    def number(self, node: syntax.Number) -> Run:
        """A constant."""
        value = node.value
        return lambda _context: value

    def slot(self, node: syntax.Slot) -> Run:
        """A number that is known when the shape is filled."""
        index = node.index
        return lambda context: context.numbers[index]

    def pool(self, node: syntax.Pool) -> Run:
        """Dice."""
        self._note_doubling(node)
        pool = CompiledPool(node, self.compile, self.limits)
        simple = simple_pool(pool, self.source) if self.source is not None else None
        if simple is not None:
            self.needs_budget |= bool(node.operators) and node.operators[0].name == "!"
            return simple
        self.needs_budget, self.is_simple = True, False
        return pool.run

    def digits(self, node: syntax.Digits) -> Run:
        """Digit dice."""
        self.needs_budget, self.is_simple = True, False
        self.notes.append(
            Note("digit_dice", dice=str(node), places=node.places, sides=node.sides, single=str(node)[1:])
        )
        return CompiledDigits(node).run

    def shared(self, _node: syntax.Shared) -> Run:
        """The total of the first roll."""
        return lambda context: context.shared

    def members(self, node: syntax.Members) -> Run:
        """A set."""
        self._note_doubling(node)
        self.needs_budget, self.is_simple = True, False
        terms = merged_terms(node)
        members = [self.compile(member) for member in node.members] if not terms else []
        pools = [
            (sign, CompiledPool(term, self.compile, self.limits, is_merged=True))
            for sign, term in terms
            if isinstance(term, syntax.Pool)
        ]
        added = sum([sign * int(term.value) for sign, term in terms if isinstance(term, syntax.Number)])
        return CompiledSet(node, members, pools, added).run

    def _note_doubling(self, node: syntax.Pool | syntax.Members) -> None:
        # Successes double once for each ds: as many as a message holds make a number of a hundred digits.
        if node.operators:
            self.swelling_count += any(operator.name == "ds" for operator in node.operators)

    def chain(self, node: syntax.Chain) -> Run:
        """Operations from left to right."""
        swelling_count = self.swelling_count
        first = self.compile(node.first)
        operations = _INTEGRAL if self.integral else OPERATIONS
        rest = [(operations[symbol], self.compile(term)) for symbol, term in node.rest]
        self.swelling_count += any(symbol not in "+-" for symbol, _ in node.rest)
        # With nothing in it that swells a sum of whole numbers refuses nothing, so it has no place to add.
        if self.integral and self.limits.sums_fit and self.swelling_count == swelling_count:
            # A term with a label has to be asked for by itself.
            only = node.rest[0] if len(rest) == 1 and id(node.rest[0][1]) not in self._labels else None
            return _summed(first, rest, only)
        self.may_refuse = True
        largest, integral = self.limits.magnitude, self.integral

        def run(context: RollContext) -> syntax.Value:
            value = first(context)
            for operation, term in rest:
                value = operation(value, term(context))
                # Asked here first: nearly every result is small and whole, and a call costs more than the question.
                if not (integral and -largest <= value <= largest):
                    bounded(value, largest)
            return value

        return _blaming(node.span, run)

    def negative(self, node: syntax.Negative) -> Run:
        """A sign."""
        inner = self.compile(node.inner)
        return lambda context: -inner(context)

    def power(self, node: syntax.Power) -> Run:
        """A power, refused before it is worked out if it is too large."""
        self.may_refuse = True
        base, exponent, limits = self.compile(node.base), self.compile(node.exponent), self.limits
        return _blaming(node.span, lambda context: power(base(context), exponent(context), limits))

    def inner(self, node: syntax.Group | syntax.Labelled) -> Run:
        """Parentheses, or a term with labels."""
        return self.compile(node.inner)

    def call(self, node: syntax.Call) -> Run:
        """A function of values."""
        function, arguments = FUNCTIONS[node.name], [self.compile(argument) for argument in node.arguments]
        check_call(node)
        if len(arguments) == 1:
            # `min(3)` is 3 here, where Python would ask for something to iterate over.
            only = arguments[0]
            return lambda context: function(only(context)) if node.name in SINGLE else only(context)
        return lambda context: function(*[argument(context) for argument in arguments])

    def comparison(self, node: syntax.Comparison) -> Run:
        """A check: the left value as it is, with success and margin beside it."""
        self.is_simple = False
        left, right, compare = self.compile(node.left), self.compile(node.right), RELATIONS[node.relation]
        sign = -1 if node.relation in {"<", "<="} else 1

        def run(context: RollContext) -> syntax.Value:
            total, target = left(context), right(context)
            success, margin = compare(total, target), sign * whole(total - target)
            context.checks += ((node, Check(node.relation, total, target, success, margin)),)
            return total

        return run


def _summed(first: Run, rest: list[tuple[Operation, Run]], only: tuple[str, syntax.Node] | None) -> Run:
    """A sum that needs no bound; `only` is its second term, if there are two."""
    if only is not None and isinstance(only[1], syntax.Number):
        sign = 1 if only[0] == "+" else -1
        if isinstance(only[1], syntax.Slot):
            index = only[1].index
            return lambda context: first(context) + sign * context.numbers[index]
        constant = sign * only[1].value
        return lambda context: first(context) + constant

    def run(context: RollContext) -> syntax.Value:
        value = first(context)
        for operation, term in rest:
            value = operation(value, term(context))
        return value

    return run


def _labelled(inner: Run, label: str, sign: int) -> Run:
    """What a term adds to the sum that the roll is, kept beside it under its label."""

    def run(context: RollContext) -> syntax.Value:
        value = inner(context)
        labels, added = context.labels, sign * value
        if labels and labels[-1][0] == label:
            context.labels = (*labels[:-1], (label, labels[-1][1] + added))
        else:
            context.labels = (*labels, (label, added))
        return value

    return run


def _blaming(span: Span, run: Run) -> Run:
    """Let refusals that know no place point here."""

    def blamed(context: RollContext) -> syntax.Value:
        try:
            return run(context)
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
        syntax.Number: Compiler.number,
        syntax.Slot: Compiler.slot,
        syntax.Pool: Compiler.pool,
        syntax.Digits: Compiler.digits,
        syntax.Shared: Compiler.shared,
        syntax.Members: Compiler.members,
        syntax.Chain: Compiler.chain,
        syntax.Negative: Compiler.negative,
        syntax.Power: Compiler.power,
        syntax.Group: Compiler.inner,
        syntax.Labelled: Compiler.inner,
        syntax.Call: Compiler.call,
        syntax.Comparison: Compiler.comparison,
    }
)
