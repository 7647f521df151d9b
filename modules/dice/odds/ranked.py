"""Dice that are chosen by their rank: the values are gone through from the highest down.

At each value it is decided how many dice of each group show it. How many dice were placed before says which ranks
those are, and so which of them are kept; what the kept ones contribute is multiplied in, as a packed polynomial.
"""

from collections.abc import Callable, Iterable
from itertools import groupby, product
from math import comb, lcm, prod

from modules.dice.notation.syntax import Value
from modules.dice.odds.branching import Contribution, Operators
from modules.dice.odds.budget import OddsBudget, too_large
from modules.dice.odds.counts import Counts, from_packed, pack, stride_of
from modules.dice.odds.packed import multiplied, powered, width_of
from modules.dice.odds.scoring import Scoring
from modules.dice.odds.spread import Configuration, Group, NotSpreadError
from modules.dice.rolling.arithmetic import whole

RANKED = frozenset({"kh", "kl", "km", "dl", "dh"})
"""Operators that choose dice by their rank."""

Mask = tuple[bool, ...]
Shown = list[tuple[tuple[int, ...], int]]
Step = Callable[[int, int, Value, int], tuple[int, int]]
"""A tally, dice placed before, a value and how many dice show it → the next tally, and what they multiply by."""


def mask_of(families: list[Operators], count: int) -> Mask:
    """Which of so many dice are kept, from the highest to the lowest.

    Raises:
        NotSpreadError: Whether a die is kept depends on its value too.
    """
    kept = list(range(count))
    for family in families:
        if any(operator.name not in RANKED for operator in family):
            raise NotSpreadError
        chosen = {rank for operator in family for rank in _chosen(operator.name, operator.number or 0, kept)}
        keeps = family[0].name.startswith("k")
        kept = [rank for rank in kept if (rank in chosen) == keeps]
    return tuple(rank in kept for rank in range(count))


def _chosen(name: str, number: int, kept: list[int]) -> list[int]:
    """The ranks that one operator keeps or drops."""
    if name == "km":
        rising = kept[::-1]
        below = max(0, len(kept) - number) // 2
        return rising[below : below + number]
    if name in {"kh", "dh"}:
        return kept[:number]
    return kept[max(0, len(kept) - number) :]


class Fold:
    """One configuration, gone through value by value.

    Args:
        configuration: The dice.
        budget: Pays for the work.
    """

    def __init__(self, configuration: Configuration, budget: OddsBudget) -> None:
        self._groups = configuration.groups
        self._ways = configuration.ways
        self._budget = budget
        self._denominator = configuration.denominator
        self.count = sum(group.count for group in self._groups)
        self.values = sorted({value for group in self._groups for value in group.part.outcomes}, reverse=True)

    def kept(self, mask: Mask, contribution: Contribution) -> tuple[int, Counts]:
        """The sum of what the kept dice contribute.

        Returns:
            Ways, and counts over the denominator of the configuration.
        """
        parts = {value: contribution(value) for value in self.values}
        common = lcm(*(part.denominator for part in parts.values()))
        low, stride = _scale(outcome for part in parts.values() for outcome in part.outcomes)
        number, denominator = sum(mask), self._denominator * common ** sum(mask)
        # Even where no die is kept, what one would contribute is packed.
        width = width_of(max(denominator, common))
        self._charge(number * _span(parts, low, stride), width)
        packed = {value: pack(part, low, stride, width, common // part.denominator) for value, part in parts.items()}
        powers: dict[tuple[Value, int], int] = {}

        def step(tally: int, placed: int, value: Value, shown: int) -> tuple[int, int]:
            key = value, sum(mask[placed : placed + shown])
            if key not in powers:
                powers[key] = powered(packed[value], key[1]) if key[1] else 1
            return tally, powers[key]

        total = self._run(self.values, step)
        return self._ways, from_packed(total, width, whole(low * number), stride, denominator)

    def cancelled(self, scoring: Scoring, lowest: int) -> tuple[int, Counts]:
        """The score where every die that shows the lowest face undoes one success, the highest first.

        Raises:
            NotSpreadError: The lowest face is a success itself.
        """
        if scoring.won(lowest):
            raise NotSpreadError
        self._merge(scoring, lowest)
        low = min(-scoring.lost(value) for value in self.values)
        first = [lowest] if lowest in self.values else []
        order = [*first, *(value for value in self.values if value != lowest)]
        span = max(scoring.worth(value) - low for value in self.values)
        width = width_of(self._denominator)
        # The more dice, the more different numbers of successes are still to be undone.
        self._charge(int(self.count * span) + 1, width, 1 + self.count / 25)

        def step(left: int, _placed: int, value: Value, shown: int) -> tuple[int, int]:
            won = scoring.won(value)
            undone = min(left, shown) if won else 0
            exponent = (shown - undone) * won - shown * (scoring.lost(value) + low)
            return (shown if value == lowest else left - undone), 1 << 8 * width * exponent

        total = self._run(order, step)
        return self._ways, from_packed(total, width, low * self.count, 1, self._denominator)

    def _merge(self, scoring: Scoring, lowest: int) -> None:
        """Let neighbouring values that score alike be one: which of them a die shows makes no difference."""
        if any(group.distinct for group in self._groups):
            return
        others = [value for value in self.values if value != lowest]
        runs = [list(run) for _, run in groupby(others, key=lambda value: (scoring.won(value), scoring.lost(value)))]
        first_of = {value: run[0] for run in runs for value in run} | {lowest: lowest}
        self._groups = [Group(group.part.mapped(first_of.__getitem__), group.count) for group in self._groups]
        self.values = [value for value in self.values if first_of[value] == value]

    def _charge(self, places: int, width: int, tallies: float = 1) -> None:
        """Pay for all transitions, each as long as the longest polynomial, for so many tallies of each."""
        transitions = prod(group.count * (group.count + 3) // 2 + 1 for group in self._groups if len(group.part) > 1)
        step = (2 if len(self._groups) == 1 else 5) + places * width / 2_000
        price = 20 + 1.1 * len(self.values) * transitions * step * tallies
        self._budget.charge(price + too_large(places, width))

    def _run(self, order: list[Value], step: Step) -> int:
        """Every way to place the dice, as one packed polynomial."""
        lasts = [order.index(max(group.part.outcomes, key=order.index)) for group in self._groups]
        weights = [dict(group.part.items()) for group in self._groups]
        states = {(tuple(group.count for group in self._groups), 0): 1}
        for place, value in enumerate(order):
            found: dict[tuple[tuple[int, ...], int], int] = {}
            # How many dice of a group may show this value depends on nothing but how many are left.
            known: dict[tuple[int, ...], Shown] = {}
            for (left, tally), polynomial in states.items():
                if left not in known:
                    known[left] = _shown(
                        _options(group, rest, weight.get(value, 0), last - place)
                        for group, rest, weight, last in zip(self._groups, left, weights, lasts, strict=True)
                    )
                for shown, factor in known[left]:
                    after = tuple(rest - number for rest, number in zip(left, shown, strict=True))
                    tally_after, contributed = step(tally, self.count - sum(left), value, sum(shown))
                    key = after, tally_after
                    found[key] = found.get(key, 0) + multiplied(polynomial * factor, contributed)
            states = found
        return sum(states.values())


def _options(group: Group, left: int, weight: int, values_left: int) -> list[tuple[int, int]]:
    """How many dice of a group may show a value, and in how many ways.

    Args:
        group: The group.
        left: Its dice that are not placed yet.
        weight: How often one of them shows the value.
        values_left: Places to the last of its values.
    """
    if not weight or not left:
        return [(0, 1)]
    if group.distinct:
        # Where just enough values are left, each of them is shown.
        return [(1, 1)] if left > values_left else [(0, 1), (1, 1)]
    if values_left == 0:
        return [(left, weight**left)]
    return [(shown, comb(left, shown) * weight**shown) for shown in range(left + 1)]


def _shown(options: Iterable[list[tuple[int, int]]]) -> Shown:
    """Every choice of how many dice of each group show a value, and its number of ways."""
    return [
        (tuple([shown for shown, _ in chosen]), prod([factor for _, factor in chosen])) for chosen in product(*options)
    ]


def _scale(outcomes: Iterable[Value]) -> tuple[Value, Value]:
    found = list(outcomes)
    low = min(found)
    return low, stride_of(found, low)


def _span(parts: dict[Value, Counts], low: Value, stride: Value) -> int:
    return (max(part.outcomes[-1] for part in parts.values()) - low) // stride + 1
