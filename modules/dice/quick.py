"""The few shapes of pool that most rolls are made of, with nothing between the dice and the total.

Same faces, same order, same totals as pools.py; the story is told later, from the faces, by that slower file.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from modules.dice.faces import kind_of
from modules.dice.operators import Operator
from modules.dice.random_source import BYTE_SIDES, Faces, RandomSource
from modules.dice.rules import check_pool
from modules.dice.syntax import Pool
from modules.dice.tray import Run, Tray

Total = Callable[[Faces], int]
TALLY_FACTOR = 4
"""A pool with this many dice for each side is summed faster by counting faces than by sorting them."""


class Quick(NamedTuple):
    """A quick pool."""

    run: Run
    """Throws it and gives its total."""
    needs_budget: bool = False
    """Whether it may throw extra dice."""


def quick_pool(node: Pool, source: RandomSource) -> Quick | None:
    """The quick make of a pool, or None where it has none.

    Raises:
        NotationError: Its dice cannot do what is asked.
    """
    count, sides = node.count, node.sides
    if not isinstance(count, int) or not isinstance(sides, int) or node.tags or len(node.operators) > 1:
        return None
    operator = node.operators[0] if node.operators else None
    if operator is not None and operator.name == "!":
        check_pool(node, kind_of(sides), count)
    return quick_dice(count, sides, operator, source)


def quick_dice(count: int, sides: int, operator: Operator | None, source: RandomSource) -> Quick | None:
    """The quick make of `count` plain dice with at most one operator, which is known to fit them."""
    if not count:
        return None
    if operator is None:
        return Quick(_totalled(source, sides, count, _single if count == 1 else sum))
    if operator.name == "!" and sides <= BYTE_SIDES:
        return Quick(_exploding(source, sides, count, operator), needs_budget=True)
    make = _TOTALS.get(operator.name)
    total = make(operator, sides, count) if make else None
    return Quick(_totalled(source, sides, count, total)) if total else None


def _single(faces: Faces) -> int:
    return faces[0]


def _totalled(source: RandomSource, sides: int, count: int, total: Total) -> Run:
    throw = source.thrower(sides, count)

    def run(tray: Tray) -> int:
        faces = throw()
        tray.append(faces)
        return total(faces)

    return run


def _highest(number: int, sides: int, count: int) -> Total:
    if number == 1:
        return max
    if count > TALLY_FACTOR * sides:
        return _tallied(range(sides, 0, -1), number)
    dropped = max(0, count - number)
    return lambda faces: sum(sorted(faces)[dropped:])


def _lowest(number: int, sides: int, count: int) -> Total:
    if number == 1:
        return min
    if count > TALLY_FACTOR * sides:
        return _tallied(range(1, sides + 1), number)
    return lambda faces: sum(sorted(faces)[:number])


def _tallied(order: range, number: int) -> Total:
    """The sum of the first `number` dice in the order of their faces, without sorting them."""

    def total(faces: Faces) -> int:
        left, found = number, 0
        for face in order:
            taken = min(left, faces.count(face))
            found += taken * face
            left -= taken
        return found

    return total


def _losers(operator: Operator, sides: int) -> bytes:
    """The faces that do not match."""
    point = sides if operator.number is None else min(max(operator.number, 0), BYTE_SIDES + 1)
    return _LOSERS[operator.relation or "="](point)


def _counted(operator: Operator, sides: int, _count: int) -> Total | None:
    if sides > BYTE_SIDES:
        return None
    losers = _losers(operator, sides)
    return lambda faces: len(bytes(faces).translate(None, losers))


def _exploding(source: RandomSource, sides: int, count: int, operator: Operator) -> Run:
    throw, losers = source.thrower(sides, count), _losers(operator, sides)

    def run(tray: Tray) -> int:
        faces = throw()
        tray.append(faces)
        total, pending = sum(faces), len(bytes(faces).translate(None, losers))
        while pending:
            faces = tray.throw_more(sides, pending)
            total += sum(faces)
            pending = len(bytes(faces).translate(None, losers)) if len(faces) == pending else 0
        return total

    return run


_FACES = bytes(range(BYTE_SIDES + 1))
_LOSERS: MappingProxyType[str, Callable[[int], bytes]] = MappingProxyType(
    {
        ">=": lambda point: _FACES[:point],
        ">": lambda point: _FACES[: point + 1],
        "<=": lambda point: _FACES[point + 1 :],
        "<": lambda point: _FACES[point:],
        "=": lambda point: _FACES[:point] + _FACES[point + 1 :],
        "!=": lambda point: _FACES[point : point + 1],
    }
)
_TOTALS: MappingProxyType[str, Callable[[Operator, int, int], Total | None]] = MappingProxyType(
    {
        "kh": lambda operator, sides, count: _highest(operator.number or 0, sides, count),
        "kl": lambda operator, sides, count: _lowest(operator.number or 0, sides, count),
        "dl": lambda operator, sides, count: _highest(max(0, count - (operator.number or 0)), sides, count),
        "dh": lambda operator, sides, count: _lowest(max(0, count - (operator.number or 0)), sides, count),
        "": _counted,
    }
)
