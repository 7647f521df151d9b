"""Where totals and probabilities stand in a chart of odds. Sizes are in pixels."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor, log10
from typing import Final, NamedTuple

from modules.dice.notation.syntax import Value
from modules.dice.odds.counts import stride_of
from modules.dice.odds.odds import Odds

LEFT, TOP, RIGHT, BOTTOM = 104, 92, 736, 404
"""Edges of the field of bars."""
NARROWEST: Final = 3
"""The narrowest column."""
WIDEST: Final = 110
TAIL: Final = Fraction(1, 2_000)
"""Where there are many totals, this much of the rolls at either end is not shown."""
FEW: Final = 40
"""So many totals are all shown."""


class Column(NamedTuple):
    """One column of the field.

    Attributes:
        place: From 0.
        first: The lowest total in it.
        share: Its probability.
    """

    place: int
    first: Value
    share: float


class Scale(NamedTuple):
    """Where totals and probabilities stand in the field.

    Attributes:
        low: The lowest total shown.
        step: How far the totals of neighbouring columns are apart.
        columns: How many there are.
        top: The probability at the upper edge.
    """

    low: Value
    step: Value
    columns: int
    top: float

    @property
    def width(self) -> float:
        """Of a column."""
        return min(WIDEST, (RIGHT - LEFT) / self.columns)

    def left(self, place: float) -> float:
        """Left edge of a column."""
        return (LEFT + RIGHT - self.width * self.columns) / 2 + self.width * place

    def middle(self, value: Value) -> float:
        """Where a total stands."""
        return self.left(float((value - self.low) / self.step) + 0.5)

    def height(self, share: float) -> float:
        """Upper edge of a bar."""
        return BOTTOM - (BOTTOM - TOP) * share / self.top


def scaled(shown: Sequence[Odds]) -> tuple[Scale, list[list[Column]]]:
    """A scale that all of these fit on, and their columns."""
    spans = [_span(odds) for odds in shown]
    parts = [odds.outcomes[first:last] for odds, (first, last) in zip(shown, spans, strict=True)]
    low, high = min(part[0] for part in parts), max(part[-1] for part in parts)
    is_whole = all(isinstance(part, range) for part in parts)
    stride = 1 if is_whole else stride_of([value for part in parts for value in part], low)
    most = (RIGHT - LEFT) // NARROWEST
    step = stride * max(1, ceil((high - low + stride) / (stride * most)))
    scale = Scale(low, step, int((high - low) // step) + 1, 1.0)
    columns = [list(_columns(odds, span, scale)) for odds, span in zip(shown, spans, strict=True)]
    return scale._replace(top=1.08 * max(column.share for each in columns for column in each)), columns


def _span(odds: Odds) -> tuple[int, int]:
    """The first outcome shown, and the one after the last."""
    if len(odds.outcomes) <= FEW and not odds.cut:
        return 0, len(odds.outcomes)
    first, last = (bisect_left(odds.outcomes, odds.quantile(share)) for share in (TAIL, 1 - TAIL))
    return first, last + 1


def _columns(odds: Odds, span: tuple[int, int], scale: Scale) -> Iterator[Column]:
    begin, end = span
    while begin < end:
        first = odds.outcomes[begin]
        place = int((first - scale.low) // scale.step)
        after = min(end, bisect_left(odds.outcomes, scale.low + scale.step * (place + 1), begin))
        yield Column(place, first, sum(odds.counts[begin:after]) / odds.denominator)
        begin = after


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … and their fractions that is at least so much."""
    power: float = 10.0 ** floor(log10(least)) if least > 0 else 1.0
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * 0.999)
