"""The odds of one roll, as an answer to questions."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import compress
from math import ceil, inf, sqrt
from typing import Any

from modules.dice.errors import NotationError
from modules.dice.notation.syntax import Value
from modules.dice.odds.budget import STEPS, OddsBudget
from modules.dice.odds.counts import Counts, compared, extreme, times
from modules.dice.odds.sums import STRETCH, power_sums, running_sums

Tally = tuple[tuple[str, int], ...]
"""Symbols with how often each came up, in alphabetical order, after pairs that cancel have done so."""
CONDITION = re.compile(r"\s*(>=|<=|!=|=|>|<)\s*(-?[0-9]{1,15})\s*")
EXACT = "exact"
CUT = "exact up to a tail that is cut off"


@dataclass(unsafe_hash=True)
class Odds:
    """What one roll can come to. Probabilities are exact fractions.

    Args:
        expression: The canonical notation.
        outcomes: Every total that can come up, ascending.
        counts: How often each does, parallel to `outcomes`.
        denominator: What the counts are divided by.
        success: The chance of the check that the roll is; None if it is no check.
        tallies: How often each combination of symbols comes up, over a denominator of its own; empty without symbols.
        endless_mean: Works out the mean with the tail that was cut off; None where that is not known.
    """

    expression: str
    outcomes: Sequence[Value]
    counts: tuple[int, ...]
    denominator: int
    success: Fraction | None = None
    tallies: Mapping[Tally, int] = field(default_factory=dict, compare=False)
    endless_mean: Callable[[], Fraction | None] = field(default=lambda: None, compare=False)

    @classmethod
    def of(cls, expression: str, found: Counts, **more: Any) -> "Odds":  # noqa: ANN401 - the other fields
        """From a distribution."""
        return cls(expression, found.outcomes, tuple(found.counts), found.denominator, **more)

    @property
    def cut(self) -> Fraction:
        """The probability of everything that was not followed: explosions without end. 0 where all is exact."""
        return Fraction(self.denominator - self._whole, self.denominator)

    @property
    def method(self) -> str:
        """How they were worked out, in words."""
        return CUT if self._whole != self.denominator else EXACT

    @property
    def mean(self) -> Fraction:
        """The mean total; where a tail was cut off and no closed form is known, that of what was followed."""
        if self._whole != self.denominator and (mean := self.endless_mean()) is not None:
            return mean
        first, _, scale = self._power_sums
        return Fraction(first, scale * self._whole)

    @property
    def variance(self) -> Fraction:
        """The mean square of the distance from the mean."""
        return Fraction(*self._variance)

    @property
    def _variance(self) -> tuple[int, int]:
        first, second, scale = self._power_sums
        return second * self._whole - first**2, (scale * self._whole) ** 2

    @property
    def standard_deviation(self) -> float:
        """The root of the variance."""
        # Not as a fraction: to reduce one of many thousand digits takes milliseconds.
        squares, whole = self._variance
        return sqrt(squares / whole)

    @cached_property
    def _power_sums(self) -> tuple[int, int, int]:
        return power_sums(self.outcomes, self.counts)

    @cached_property
    def _below(self) -> list[int]:
        """What the counts before each place add up to."""
        return running_sums(self.counts)

    @cached_property
    def _whole(self) -> int:
        return self._ways(0, len(self.counts))

    def _ways(self, first: int, last: int) -> int:
        """What the counts from one place to before another add up to."""
        if last - first > STRETCH:
            return self._below[last] - self._below[first]
        return sum(self.counts[first:last])

    @cached_property
    def modes(self) -> Sequence[Value]:
        """The most likely totals: one, or several that are as likely as each other."""
        top = max(self.counts)
        first, ties = self.counts.index(top), self.counts.count(top)
        if self.counts[first : first + ties].count(top) == ties:
            return self.outcomes[first : first + ties]
        return tuple(compress(self.outcomes, map(top.__eq__, self.counts)))

    @property
    def mode(self) -> Value:
        """The most likely total; the lowest of several."""
        return self.modes[0]

    def quantile(self, share: Fraction | float) -> Value:
        """The smallest total that at least this share of rolls does not exceed.

        Args:
            share: From 0 to 1: 1/4, 1/2 and 3/4 are the quartiles.
        """
        # Rounded up, for whole numbers are compared in a fraction of the time.
        wanted = min(ceil(Fraction(share) * self._whole), self._whole)
        return self.outcomes[max(0, bisect_left(self._below, wanted) - 1)]

    def at_least(self, target: Value) -> Fraction:
        """The probability of `target` or more."""
        return self._share(bisect_left(self.outcomes, target), len(self.outcomes))

    def at_most(self, target: Value) -> Fraction:
        """The probability of `target` or less."""
        return self._share(0, bisect_right(self.outcomes, target))

    def exactly(self, target: Value) -> Fraction:
        """The probability of `target`."""
        return self._share(bisect_left(self.outcomes, target), bisect_right(self.outcomes, target))

    def below(self, target: Value) -> Fraction:
        """The probability of less than `target`: the share of rolls that one is better than."""
        return self._share(0, bisect_left(self.outcomes, target))

    def _share(self, first: int, last: int) -> Fraction:
        return Fraction(self._ways(first, last), self.denominator)

    def chance(self, relation: str, number: Value) -> Fraction:
        """The probability of a total that compares so.

        Args:
            relation: One of `=`, `!=`, `>`, `<`, `>=`, `<=`, and `vs`, which is met by reaching the number.
            number: What the total is compared with.
        """
        return sum([self._share(first, last) for first, last in self._places(relation, number)], Fraction())

    def _places(self, relation: str, number: Value) -> list[tuple[int, int]]:
        """Where the totals stand that compare so: from the first place to before the last."""
        left, right, end = bisect_left(self.outcomes, number), bisect_right(self.outcomes, number), len(self.outcomes)
        return {
            "=": [(left, right)],
            "!=": [(0, left), (right, end)],
            ">": [(right, end)],
            "<": [(0, left)],
            "<=": [(0, right)],
        }.get(relation, [(left, end)])

    @property
    def is_flat(self) -> bool:
        """Whether all totals are as likely as each other, as those of a single die are."""
        return self.counts.count(self.counts[0]) == len(self.counts)

    def given(self, relation: str, number: Value) -> "Odds":
        """The odds if it is known that the total compares so.

        Args:
            relation: One of `=`, `!=`, `>`, `<`, `>=`, `<=`.
            number: What the total is compared with.

        Raises:
            NotationError: No total does.
        """
        parts = [(first, last) for first, last in self._places(relation, number) if first < last]
        if not parts:
            raise NotationError("odds_never", relation=relation, number=number)
        ((first, last), *more) = parts
        outcomes, counts = self.outcomes[first:last], self.counts[first:last]
        for first, last in more:
            outcomes, counts = (*outcomes, *self.outcomes[first:last]), (*counts, *self.counts[first:last])
        return Odds(f"{self.expression} given {relation}{number}", outcomes, counts, sum(counts))

    def versus(self, other: "Odds") -> tuple[Fraction, Fraction, Fraction]:
        """The probabilities of more than, as much as and less than an independent other roll."""
        both = self.denominator * other.denominator
        loss, tie, win = (Fraction(ways, both) for ways in compared(self.as_counts(), other.as_counts()))
        return win, tie, loss

    def as_counts(self) -> Counts:
        """The bare distribution."""
        return Counts(self.outcomes, self.counts, self.denominator)

    def best(self, count: int) -> "Odds":
        """The odds of the best of so many such rolls."""
        found = extreme([(self.as_counts(), count)], OddsBudget(inf), highest=True)
        return Odds.of(f"best of {count} times {self.expression}", found)

    def worst(self, count: int) -> "Odds":
        """The odds of the worst of so many such rolls."""
        found = extreme([(self.as_counts(), count)], OddsBudget(inf), highest=False)
        return Odds.of(f"worst of {count} times {self.expression}", found)

    def total(self, count: int, steps: int = STEPS) -> "Odds":
        """The odds of the sum of so many such rolls.

        Args:
            count: How many.
            steps: What working them out may cost, in steps of about a microsecond.

        Raises:
            LimitError: That is too much work.
        """
        whole = times(self.as_counts(), count, OddsBudget(steps))
        return Odds.of(f"sum of {count} times {self.expression}", whole)

    def symbol(self, word: str) -> "Odds":
        """The odds of the number of one symbol, pairs that cancel being gone."""
        found: dict[Value, int] = {}
        for tally, count in self.tallies.items():
            shown = dict(tally).get(word, 0)
            found[shown] = found.get(shown, 0) + count
        return Odds.of(f"{word} in {self.expression}", Counts.of(found, sum(self.tallies.values())))

    def tally_chance(self, wanted: Callable[[Mapping[str, int]], bool]) -> Fraction:
        """The probability of the combinations of symbols that are wanted."""
        met = sum(count for tally, count in self.tallies.items() if wanted(dict(tally)))
        return Fraction(met, sum(self.tallies.values()))

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, ready for a JSON encoder. Counts and fractions are texts: they may be long."""
        return {
            "expression": self.expression,
            "method": self.method,
            "mean": digits(self.mean),
            "standard_deviation": self.standard_deviation,
            "outcomes": [str(value) for value in self.outcomes],
            "counts": [digits(count) for count in self.counts],
            "denominator": digits(self.denominator),
            "cut": float(self.cut),
            "success": None if self.success is None else digits(self.success),
            "tallies": [[dict(tally), digits(count)] for tally, count in self.tallies.items()],
        }


def digits(number: Value) -> str:
    """A number in full, however long; `str` gives up at a few thousand digits."""
    numerator = str(Decimal(number.numerator))
    return numerator if number.denominator == 1 else f"{numerator}/{Decimal(number.denominator)}"


def condition(text: str) -> tuple[str, int]:
    """Relation and number of a condition on a total, as typed: `>=10`.

    Raises:
        NotationError: It is none.
    """
    found = CONDITION.fullmatch(text)
    if found is None:
        raise NotationError("odds_condition")
    return found[1], int(found[2])
