"""What working out odds may cost; charged before the work."""

from collections.abc import Callable
from math import inf

from modules.dice.errors import LimitError, Span

STEPS = 45_000
"""Work for one message, in steps of about a microsecond."""
OUTCOMES = 100_000
"""The most values one distribution may have."""
BYTES = 10_000_000
"""The most memory the counts of one distribution may take."""
VALUE_STEPS = 0.2
"""Steps of a function of one whole number."""
FRACTION_STEPS = 6
"""Steps of one operation on fractions, and of finding their place among others."""
KARATSUBA = 1.585
"""The exponent with which the interpreter's long multiplication grows."""


class OddsBudget:
    """Steps that are left for one message.

    Args:
        steps: About a microsecond each.
    """

    __slots__ = ("span", "steps")

    def __init__(self, steps: float = STEPS) -> None:
        self.steps = float(steps)
        self.span: Span | None = None

    def charge(self, steps: float) -> None:
        """Pay for work.

        Raises:
            LimitError: More steps than are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise LimitError("odds_work", span=self.span)

    def charge_dice(self, cost: Callable[[int], float], count: int, span: Span | None = None) -> None:
        """Pay for a pool, whose cost is a rising function of the number of its dice.

        Raises:
            LimitError: More than is left; the error says how many dice would not be.
        """
        price = cost(count)
        if price <= self.steps:
            self.steps -= price
            return
        low, high = 0, count
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if cost(middle) <= self.steps else (low, middle)
        raise LimitError("odds_dice", span=span or self.span, limit=low, dice=count)

    def outcomes(self, count: int) -> None:
        """Refuse a distribution with too many values.

        Raises:
            LimitError: It has more than `OUTCOMES`.
        """
        if count > OUTCOMES:
            raise LimitError("odds_outcomes", span=self.span, outcomes=count, limit=OUTCOMES)

    def multiply(self, places: int, width: int) -> None:
        """Pay for a product of polynomials.

        Args:
            places: Coefficients of the result.
            width: Bytes of one coefficient.
        """
        self.outcomes(places)
        self.charge(product_cost(places, width))


def product_cost(places: int, width: int) -> float:
    """Steps of one product of polynomials, its packing included."""
    long: float = (places * width / 4_000) ** KARATSUBA
    return too_large(places, width) + 3 + places / 3 + long * 150


def too_large(places: int, width: int) -> float:
    """Nothing, or more than any budget has, if so many counts of so many bytes cannot be held."""
    return inf if places > OUTCOMES or places * width > BYTES else 0
