"""The few shapes of pool that most rolls are made of, with nothing between the dice and the total.

Same faces, same order, same totals as pools.py; the story is told later, from the faces, by that slower file.
"""

from collections.abc import Callable
from types import MappingProxyType

from modules.dice.notation.syntax import Pool
from modules.dice.rolling.die_types import kind_of
from modules.dice.rolling.roll_context import Run, Tray
from modules.dice.rolling.source import BYTE_SIDES, Faces, RandomSource
from modules.dice.rolling.validation import check_pool

Total = Callable[[Faces], int]
TALLY_FACTOR = 4
"""A pool with this many dice for each side is summed faster by counting faces than by sorting them."""


def quick_pool(node: Pool, source: RandomSource) -> Run | None:
    """The quick make of a pool, or None where it has none.

    Raises:
        NotationError: Its dice cannot do what is asked.
    """
    count, sides = node.count, node.sides
    if not isinstance(count, int) or not isinstance(sides, int) or node.tags or len(node.operators) > 1:
        return None
    if not node.operators:
        return quick_dice(source, count, sides)
    operator = node.operators[0]
    # Of the operators made quickly only an explosion can be refused.
    if operator.name == "!":
        check_pool(node, kind_of(sides), count)
    return quick_dice(source, count, sides, operator.name, operator.relation, operator.number)


def quick_dice(
    source: RandomSource, count: int, sides: int, name: str | None = None, relation: str = "", number: int | None = None
) -> Run | None:
    """The quick make of `count` plain dice with at most one operator, which is known to fit them.

    Those that explode need a budget on their tray; the others need nothing.
    """
    # No dice have no first face and no highest; pools.py knows what they come to.
    if not count:
        return None
    if name is None:
        return _totalled(source, sides, count, _single if count == 1 else sum)
    if name == "!" and sides <= BYTE_SIDES:
        return _exploding(source, sides, count, _losers(relation, number, sides))
    make = _TOTALS.get(name)
    if make is not None:
        return _totalled(source, sides, count, make(number or 0, sides, count))
    if name == "" and sides <= BYTE_SIDES:
        return _totalled(source, sides, count, _counted(_losers(relation, number, sides)))
    return None


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
    if dropped == 1:
        return lambda faces: sum(faces) - min(faces)
    return lambda faces: sum(sorted(faces)[dropped:])


def _lowest(number: int, sides: int, count: int) -> Total:
    if number == 1:
        return min
    if count > TALLY_FACTOR * sides:
        return _tallied(range(1, sides + 1), number)
    if count - number == 1:
        return lambda faces: sum(faces) - max(faces)
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


def _losers(relation: str, number: int | None, sides: int) -> bytes:
    """The faces that do not match; where no number is written the highest does."""
    # Beyond these ends everything or nothing matches anyway, and a negative point would slice from the wrong end.
    point = sides if number is None else min(max(number, 0), BYTE_SIDES + 1)
    return _LOSERS[relation or "="](point)


def _counted(losers: bytes) -> Total:
    # Without a table `translate` only deletes, and what is left matches. A script gives its faces as a tuple.
    return lambda faces: len(bytes(faces).translate(None, losers))


def _exploding(source: RandomSource, sides: int, count: int, losers: bytes) -> Run:
    throw = source.thrower(sides, count)

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
_TOTALS: MappingProxyType[str, Callable[[int, int, int], Total]] = MappingProxyType(
    {
        "kh": _highest,
        "kl": _lowest,
        "dl": lambda number, sides, count: _highest(max(0, count - number), sides, count),
        "dh": lambda number, sides, count: _lowest(max(0, count - number), sides, count),
    }
)
