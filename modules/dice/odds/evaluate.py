"""From a message to the distribution of each of its rolls.

Dice are independent but for two things that a whole message shares: what plot dice give to every d20 pool, and the
total of the first roll, which `&` stands for. Each value of those is gone through by itself.
"""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.syntax import (
    Call,
    Chain,
    Comparison,
    Digits,
    Group,
    Labelled,
    Members,
    Negative,
    Node,
    Number,
    Pool,
    Power,
    Shared,
    Value,
)
from modules.dice.odds.budget import FRACTION_STEPS, OddsBudget
from modules.dice.odds.counts import Counts, combined, compared, extreme, mixed, summed
from modules.dice.odds.pools import SignedPool, digits_total, merged_total, pool_total, set_total
from modules.dice.rolling.arithmetic import FUNCTIONS, OPERATIONS, bounded, power
from modules.dice.rolling.die_types import Kind, kind_of
from modules.dice.rolling.pool_state import RELATIONS
from modules.dice.rolling.pools import BONUS_DIE
from modules.dice.rolling.terms import merged_terms
from modules.dice.rolling.validation import check_call, check_set, whole_count, whole_sides


class Evaluator:
    """Works out the distribution of expressions.

    Args:
        limits: What may be rolled.
        budget: Pays for the work.
        bonus: What plot dice give to every d20 pool.
        shared: What `&` stands for.
    """

    def __init__(self, limits: Limits, budget: OddsBudget, bonus: Value, shared: Counts) -> None:
        self._limits = limits
        self._budget = budget
        self._bonus = bonus
        self._shared = shared
        self._known: dict[Pool, list[Counts]] = {}

    def evaluate(self, node: Node) -> Counts:
        """The distribution of a value.

        Raises:
            DiceError: Some roll of it would be refused, or the work is too much.
        """
        return _EVALUATED[type(node)](self, node)

    def check(self, check: Comparison) -> tuple[Counts, Counts]:
        """The total of a check, and how often it succeeds: 1 or 0."""
        right, left = self.evaluate(check.right), self.evaluate(check.left)
        self._budget.charge(len(left) / 20 if len(right) == 1 else (len(left) + len(right)) / 2)
        compare, met, missed = RELATIONS[check.relation], 0, 0
        # Less, the same and more stand to each other as these numbers do.
        for sign, ways in zip((-1, 0, 1), compared(left, right), strict=True):
            met, missed = (met + ways, missed) if compare(sign, 0) else (met, missed + ways)
        return left, Counts.of({1: met, 0: missed}, left.denominator * right.denominator)

    def number(self, node: Number) -> Counts:
        """A constant."""
        return Counts.point(node.value)

    def shared(self, _node: Shared) -> Counts:
        """The total of the first roll."""
        return self._shared

    def pool(self, node: Pool) -> Counts:
        """Dice, whose number and sides may have to be rolled first."""
        if not node.operators:
            return self._pool(node)
        # What a pool comes to is the same wherever it stands.
        found = self._known.setdefault(node, [])
        if not found:
            found.append(self._pool(node))
        return found[0]

    def _pool(self, node: Pool) -> Counts:
        if isinstance(node.count, int) and not isinstance(node.sides, Group):
            return self._thrown(node, kind_of(node.sides), node.count)
        parts = [(ways, self._thrown(node, kind, count)) for ways, kind, count in self.dice_of(node)]
        self._budget.charge(sum([len(part) for _, part in parts]) / 4)
        return mixed(parts, sum([ways for ways, _ in parts]))

    def _thrown(self, node: Pool, kind: Kind, count: int) -> Counts:
        total = pool_total(node, kind, count, self._budget)
        return total.shifted(self._bonus_of(kind)) if self._bonus else total

    def _bonus_of(self, kind: Kind) -> Value:
        return self._bonus if kind.name == BONUS_DIE else 0

    def dice_of(self, node: Pool) -> list[tuple[int, Kind, int]]:
        """Every kind and number of dice a pool may have, and how often."""
        count, sides = node.count, node.sides
        if isinstance(count, Group):
            counts = [
                (ways, self._affordable(whole_count(value, count.span), count)) for value, ways in self._inner(count)
            ]
        else:
            counts = [(1, count)]
        if isinstance(sides, Group):
            found = [(ways, whole_sides(value, self._limits, sides.span)) for value, ways in self._inner(sides)]
            kinds = [(ways, kind_of(size)) for ways, size in found]
        else:
            kinds = [(1, kind_of(sides))]
        return [(ways * often, kind, thrown) for ways, thrown in counts for often, kind in kinds]

    def _inner(self, group: Group) -> Iterable[tuple[Value, int]]:
        """The values of a number or of sides that are rolled first. Plot dice give them nothing."""
        found = Evaluator(self._limits, self._budget, 0, self._shared).evaluate(group)
        if sum(found.counts) != found.denominator:
            raise LimitError("odds_operators", span=group.span)
        return found.items()

    def _affordable(self, count: int, group: Group) -> int:
        if count > self._limits.dice:
            raise LimitError("dice_limit", span=group.span, dice=count, limit=self._limits.dice)
        return count

    def digits(self, node: Digits) -> Counts:
        """Digit dice."""
        return digits_total(node, self._budget)

    def members(self, node: Members) -> Counts:
        """A set; one of a single member acts on the dice of its pools."""
        check_set(node)
        terms = merged_terms(node)
        if terms:
            return self._merged(node, terms)
        return set_total(node, [self.evaluate(member) for member in node.members], self._budget)

    def _merged(self, node: Members, terms: list[tuple[int, Node]]) -> Counts:
        fixed = sum(sign * term.value for sign, term in terms if isinstance(term, Number))
        choices: list[tuple[int, list[SignedPool], Value]] = [(1, [], 0)]
        for sign, term in terms:
            if isinstance(term, Pool):
                choices = [
                    (ways * often, [*pools, (sign, term, kind, count)], bonus + sign * self._bonus_of(kind))
                    for ways, pools, bonus in choices
                    for often, kind, count in self.dice_of(term)
                ]
        parts = [(ways, merged_total(node, pools, fixed, bonus, self._budget)) for ways, pools, bonus in choices]
        return mixed(parts, sum(ways for ways, _ in parts)) if len(parts) > 1 else parts[0][1]

    def chain(self, node: Chain) -> Counts:
        """Operations from left to right."""
        total = self.evaluate(node.first)
        for symbol, term in node.rest:
            value = self.evaluate(term)
            self._budget.span = node.span
            total = self._operated(total, symbol, value)
        return total

    def _operated(self, left: Counts, symbol: str, right: Counts) -> Counts:
        if symbol == "+":
            return self._bounded(summed(left, right, self._budget))
        if symbol == "-":
            return self._bounded(summed(left, self._negated(right), self._budget))
        if symbol == "/":
            self._budget.charge(len(left) * len(right) * FRACTION_STEPS)
        return self._bounded(combined(left, right, OPERATIONS[symbol], self._budget))

    def _negated(self, counts: Counts) -> Counts:
        self._budget.charge(counts.steps)
        return counts.negated()

    def _bounded(self, counts: Counts) -> Counts:
        for value in counts.outcomes if len(counts) < 3 else (counts.outcomes[0], counts.outcomes[-1]):
            bounded(value, self._limits.magnitude)
        return counts

    def negative(self, node: Negative) -> Counts:
        """A sign."""
        return self._negated(self.evaluate(node.inner))

    def power(self, node: Power) -> Counts:
        """A power."""
        base, exponent = self.evaluate(node.base), self.evaluate(node.exponent)
        self._budget.span = node.span
        self._budget.charge(len(base) * len(exponent) * FRACTION_STEPS)
        return combined(base, exponent, lambda one, other: power(one, other, self._limits), self._budget)

    def within(self, node: Group | Labelled) -> Counts:
        """Parentheses and labels change nothing."""
        return self.evaluate(node.inner)

    def call(self, node: Call) -> Counts:
        """A function of values."""
        check_call(node)
        arguments = [self.evaluate(argument) for argument in node.arguments]
        self._budget.span = node.span
        if node.name in {"min", "max"}:
            return extreme([(argument, 1) for argument in arguments], self._budget, highest=node.name == "max")
        self._budget.charge(arguments[0].steps)
        return arguments[0].mapped(FUNCTIONS[node.name])

    def comparison(self, node: Comparison) -> Counts:
        """A check leaves its left side as it is."""
        self.evaluate(node.right)
        return self.evaluate(node.left)


_EVALUATED: MappingProxyType[type, Callable[[Evaluator, Any], Counts]] = MappingProxyType(
    {
        Number: Evaluator.number,
        Pool: Evaluator.pool,
        Digits: Evaluator.digits,
        Shared: Evaluator.shared,
        Members: Evaluator.members,
        Chain: Evaluator.chain,
        Negative: Evaluator.negative,
        Power: Evaluator.power,
        Group: Evaluator.within,
        Labelled: Evaluator.within,
        Call: Evaluator.call,
        Comparison: Evaluator.comparison,
    }
)
