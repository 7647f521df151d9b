"""Closed forms for dice numbered from 1, all faces equally likely."""

from math import comb

from modules.dice.odds.counts import Counts, from_packed, multiplied, width_of


def fair_sum(count: int, sides: int) -> Counts:
    """The sum of `count` dice, at least one, of `sides` sides.

    With P = ((1 - x^s) / (1 - x))^n, comparing coefficients in (1 - x)(1 - x^s) P' = P * (a polynomial of degree s)
    gives each coefficient from three earlier ones; the other half follows by symmetry.
    """
    last = count * (sides - 1)
    if count == 1 or sides == 1:
        return Counts(range(count, count + last + 1), [1] * (last + 1), sides**count)
    found = [1]
    half = last // 2
    for place in range(1, min(half, sides - 1) + 1):
        found.append(found[-1] * (count + place - 1) // place)
    if half >= sides:
        found.append((found[-1] * (count + sides - 1) - count * sides) // sides)
    fixed, span = sides + count * sides, last + sides + 1
    for place in range(sides + 1, half + 1):
        found.append(
            (
                (count + place - 1) * found[-1]
                + (place - fixed) * found[place - sides]
                + (span - place) * found[place - sides - 1]
            )
            // place
        )
    found += found[last - half - 1 :: -1] if last > half else []
    return Counts(range(count, count + last + 1), found, sides**count)


def fair_highest(count: int, sides: int, kept: int) -> Counts:
    """The sum of the `kept` highest (1 to `count`) of `count` dice of `sides` sides.

    Every roll is told apart by the value of the last kept die, and by how many dice lie above it.
    """
    if kept == count:
        return fair_sum(count, sides)
    denominator = sides**count
    if kept == 1:
        return Counts(range(1, sides + 1), [v**count - (v - 1) ** count for v in range(1, sides + 1)], denominator)
    width = width_of(denominator)
    digit = 8 * width
    whole = 0
    for value in range(1, sides + 1):
        above, short = 0, ((1 << digit * (sides - value)) - 1) // ((1 << digit) - 1) << digit
        # Horner's scheme in the number of dice above, the most first.
        for weight in reversed(_arrangements(count, kept, value)):
            above = multiplied(above, short) + weight
        whole += above << digit * (value - 1) * kept
    return from_packed(whole, width, kept, 1, denominator)


def _arrangements(count: int, kept: int, value: int) -> list[int]:
    """For j = 0 … kept - 1 dice above `value`: the ways in which the other dice make it the last kept value."""
    found = []
    for above in range(kept):
        others = count - above
        found.append(comb(count, above) * _at_least(others, kept - above, value))
    return found


def _at_least(dice: int, least: int, value: int) -> int:
    """Ways in which `dice` dice, none above `value`, show it `least` times or more."""
    below = value - 1
    if least > dice // 2:
        return _shown_times(dice, below, range(least, dice + 1))
    every: int = value**dice
    return every - _shown_times(dice, below, range(least))


def _shown_times(dice: int, below: int, numbers: range) -> int:
    """Ways in which one value is shown so many times, with `below` values for every other die."""
    return sum([comb(dice, equal) * int(below ** (dice - equal)) for equal in numbers])


def mirrored(counts: Counts, total: int) -> Counts:
    """The distribution of `total` minus a value that has no gaps."""
    low, high = total - int(counts.outcomes[-1]), total - int(counts.outcomes[0])
    return Counts(range(low, high + 1), counts.counts[::-1], counts.denominator)
