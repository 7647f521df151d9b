"""How often each combination of symbols comes up.

A combination is held as one number, each symbol a digit of it; two symbols that cancel share a digit, with opposite
signs. Adding dice then adds numbers.
"""

from collections.abc import Mapping, Sequence

from modules.dice.notation.shortcuts import Pair
from modules.dice.notation.syntax import Node, Pool
from modules.dice.notation.traversal import walk
from modules.dice.odds.branching import by_faces
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts, summed, times
from modules.dice.rolling.die_types import PLOT, Kind, kind_of

Tally = tuple[tuple[str, int], ...]


def tallies_of(node: Node, cancels: Sequence[Pair], budget: OddsBudget) -> dict[Tally, int]:
    """Combinations of symbols with how often each comes up; empty where no die has symbols, or their number is rolled.

    Raises:
        LimitError: It is too much work.
    """
    pools = [pool for pool in walk(node) if isinstance(pool, Pool)]
    dice = [found for pool in pools for found in _worded(pool)]
    if not dice:
        return {}
    words = sorted({word for kind, _ in dice for symbols in kind.symbols for word in symbols})
    base = 2 * sum(count * max(map(len, kind.symbols)) for kind, count in dice) + 1
    places = _places(words, cancels, base)
    whole = Counts.point(0)
    for kind, count in dice:
        shown = by_faces(kind, [sum([places[word] for word in symbols]) for symbols in kind.symbols])
        whole = summed(whole, times(shown, count, budget), budget)
    budget.charge(len(whole) * len(words))
    found: dict[Tally, int] = {}
    for number, count in whole.items():
        tally = _decoded(int(number), places)
        found[tally] = found.get(tally, 0) + count
    return found


def _worded(pool: Pool) -> list[tuple[Kind, int]]:
    """The dice of a pool that have symbols: its kind and how many, and its plot dice."""
    if not isinstance(pool.count, int):
        return []
    plot = pool.tags.count("p")
    found = [(PLOT, plot)] if plot else []
    # A set of sides that is rolled, or numbered, has no symbols.
    if not isinstance(pool.sides, int) and not hasattr(pool.sides, "inner"):
        kind = kind_of(pool.sides)
        found += [(kind, pool.count)] if kind.symbols and pool.count else []
    return found


def _places(words: list[str], cancels: Sequence[Pair], base: int) -> Mapping[str, int]:
    """What one of each symbol adds to the number of a combination."""
    places: dict[str, int] = {}
    for one, other in cancels:
        if one in words and other in words and not {one, other} & set(places):
            places[one] = base ** len(places)
            places[other] = -places[one]
    for word in words:
        if word not in places:
            places[word] = base ** len(places)
    return places


def _decoded(number: int, places: Mapping[str, int]) -> Tally:
    """The combination that a number stands for; its digits are balanced around 0."""
    found: dict[str, int] = {}
    signs: dict[int, dict[bool, str]] = {abs(place): {} for place in places.values()}
    for word, place in places.items():
        signs[abs(place)][place > 0] = word
    for place in sorted(signs, reverse=True):
        # The nearest multiple: all digits below together come to less than half of it.
        digit = (2 * number + place) // (2 * place)
        number -= digit * place
        if digit:
            found[signs[place][digit > 0]] = abs(digit)
    return tuple(sorted(found.items()))
