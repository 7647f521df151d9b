"""Total alone: the few shapes of pool that most rolls are made of, with nothing between the dice and the sum.

Same faces, same order, same totals as pools.py, which tells what became of each die when someone reads it.
"""

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from types import MappingProxyType

from modules.dice.notation.syntax import Value
from modules.dice.rolling.pools import CompiledPool, joined
from modules.dice.rolling.roll_context import RollContext, Run
from modules.dice.rolling.source import BYTE_SIDES, Faces, RandomSource, Thrower

Total = Callable[[Faces], int]
TALLY_FACTOR = 4
"""A pool with this many dice for each side is summed faster by counting faces than by sorting them."""


def simple_pool(pool: CompiledPool, source: RandomSource) -> Run | None:
    """A function that rolls this pool, or None where it is not simple.

    A pool that explodes needs a budget in its context; the others need nothing.
    """
    node = pool.node
    count, sides, operators = node.count, node.sides, node.operators
    # No dice have no first face and no highest.
    if not count or not isinstance(count, int) or not isinstance(sides, int) or node.tags or len(operators) > 1:
        return None
    throw = source.thrower(sides, count)
    if not operators:
        return _totalled(pool, throw, itemgetter(0) if count == 1 else sum)
    name, number = operators[0].name, operators[0].number
    make = _TOTALS.get(name)
    if make is not None:
        return _totalled(pool, throw, make(number or 0, sides, count))
    if sides > BYTE_SIDES or name not in {"", "!"}:
        return None
    losers = _losers(operators[0].relation, number, sides)
    if name:
        return _exploding(pool, throw, partial(source.thrower, sides), losers)
    return _totalled(pool, throw, _counted(losers))


def _totalled(pool: CompiledPool, throw: Thrower, total: Total) -> Run:
    def run(context: RollContext) -> int:
        faces = throw()
        found = total(faces)
        context.append((pool, faces, found, None))
        return found

    return run


def _kept(number: int, sides: int, count: int, *, highest: bool) -> Total:
    best, worst = (max, min) if highest else (min, max)
    if number == 1:
        return best
    if count > TALLY_FACTOR * sides:
        return _tallied(range(sides, 0, -1) if highest else range(1, sides + 1), number)
    if count - number == 1:
        return lambda faces: sum(faces) - worst(faces)
    return lambda faces: sum(sorted(faces, reverse=highest)[:number])


def _left(number: int, sides: int, count: int, *, highest: bool) -> Total:
    """What dropping so many leaves."""
    return _kept(max(0, count - number), sides, count, highest=highest)


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


def _losers(relation: str, number: int | None, sides: int) -> bytes:
    """The faces that do not match; where no number is written the highest does."""
    # Beyond these ends everything or nothing matches anyway, and a negative point would slice from the wrong end.
    point = sides if number is None else min(max(number, 0), BYTE_SIDES + 1)
    return _LOSERS[relation or "="](point)


def _counted(losers: bytes) -> Total:
    # Without a table `translate` only deletes, and what is left matches. A script gives its faces as a tuple.
    return lambda faces: len(bytes(faces).translate(None, losers))


def _exploding(pool: CompiledPool, throw: Thrower, thrower: Callable[[int], Thrower], losers: bytes) -> Run:
    def run(context: RollContext) -> Value:
        faces = throw()
        total, pending = sum(faces), len(bytes(faces).translate(None, losers))
        thrown = [faces]
        while pending:
            granted = context.budget.grant(pending)
            if not granted:
                break
            faces = thrower(granted)()
            thrown.append(faces)
            total += sum(faces)
            pending = len(bytes(faces).translate(None, losers)) if granted == pending else 0
        context.append((pool, joined(thrown), total, None))
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
_TOTALS: MappingProxyType[str, Callable[[int, int, int], Total]] = MappingProxyType(
    {
        "kh": partial(_kept, highest=True),
        "kl": partial(_kept, highest=False),
        "dl": partial(_left, highest=True),
        "dh": partial(_left, highest=False),
    }
)
