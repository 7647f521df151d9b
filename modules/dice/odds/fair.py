"""Closed forms for dice numbered from 1, all faces equally likely."""

from math import comb

from modules.dice.odds.counts import Counts, from_packed, width_of


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
        above = 0
        # Horner's scheme in the number of dice above; each of them is worth 1 to `sides - value` more.
        for weight in _arrangements(count, kept, value):
            above = (_repeated(above, sides - value, digit) << digit) + weight
        whole += above << digit * (value - 1) * kept
    return from_packed(whole, width, kept, 1, denominator)


def _repeated(polynomial: int, times: int, digit: int) -> int:
    """A packed polynomial times 1 + x + x^2 + … of so many terms."""
    total, length = 0, 1
    while length <= times:
        if times & length:
            total = (total << digit * length) + polynomial
        length *= 2
        polynomial += polynomial << digit * length // 2
    return total


def _arrangements(count: int, kept: int, value: int) -> list[int]:
    """For j = kept - 1 … 0 dice above `value`: the ways in which the other dice make it the last kept value.

    Of n other dice, none above `value`, at most `count - kept` may lie below it: F(n) ways. With w values below,
    comparing F(n + 1) with F(n) gives (w + 1) F(n) less the ways in which the next die is one too many.
    """
    spare = count - kept
    found, ways, too_many = [], value**spare, (value - 1) ** (spare + 1)
    for others in range(spare + 1, count + 1):
        ways = value * ways - comb(others - 1, spare) * too_many
        found.append(comb(count, others) * ways)
    return found


def mirrored(counts: Counts, total: int) -> Counts:
    """The distribution of `total` minus a value that has no gaps."""
    low, high = total - int(counts.outcomes[-1]), total - int(counts.outcomes[0])
    return Counts(range(low, high + 1), counts.counts[::-1], counts.denominator)
