"""What-if: a roll that is rolled further. Dice that have fallen stay, and only what is new is thrown."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from modules.dice.errors import DiceError
from modules.dice.notation.operators import OPERATORS, Operator
from modules.dice.notation.syntax import Pool
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import Faces, RandomSource
from modules.dice.rolling.success import CRITICAL_SIDES
from modules.rendering import games
from modules.services.readings import Reader, Reading
from modules.services.roll_specs import Edge

KEEPING: Final = frozenset({"kh", "kl", "dh", "dl"})
"""Operators that a reroll may stand before without changing what they mean."""
COUNTING: Final = frozenset(name for name, spec in OPERATORS.items() if spec.counting)
"""Operators that look at the dice when all have fallen."""
_NEW: Final = None


class WhatIf(NamedTuple):
    """What to roll, and from which dice.

    Attributes:
        notation: With the change.
        script: Every face in the order in which dice are thrown; None for one that has to be thrown. After its end all
            dice are new.
    """

    notation: str
    script: Sequence[int | None]


class ResumedSource(RandomSource):
    """Gives faces that have fallen before, and throws the others.

    Args:
        script: As in `WhatIf`.
        source: Where new faces come from.

    Attributes:
        kept: Faces given from the script, in order.
        fresh: Faces that were thrown, in order.
    """

    def __init__(self, script: Sequence[int | None], source: RandomSource) -> None:
        self._script, self._source, self._next = script, source, 0
        self.kept: list[int] = []
        self.fresh: list[int] = []

    def roll(self, sides: int, count: int) -> Faces:
        """The next `count` faces.

        Raises:
            DiceError: A die was to keep a face that it does not have.
        """
        return tuple([self._face(sides) for _ in range(count)])

    def _face(self, sides: int) -> int:
        known = self._script[self._next] if self._next < len(self._script) else _NEW
        self._next += 1
        if known is None:
            (face,) = self._source.roll(sides, 1)
            self.fresh.append(face)
            return face
        if known > sides:
            raise DiceError("face_impossible", face=known, sides=sides)
        self.kept.append(known)
        return known


def with_added(roll: Roll, modifier: str, reader: Reader) -> WhatIf:
    """The roll with a number or dice added.

    Raises:
        DiceError: What becomes of it cannot be read.
        ValueError: That is no modifier.
    """
    return WhatIf(reader.with_modifier(Reading.of(roll).text, modifier), roll.faces)


def with_edge(roll: Roll, edge: Edge) -> WhatIf | None:
    """The roll with advantage or disadvantage: the first d20 stays, and another is thrown beside it."""
    at = 0
    for pool in roll.pools:
        if pool.is_plain and isinstance(pool.node, Pool) and (pool.node.count, pool.node.sides) == (1, CRITICAL_SIDES):
            keep, word = ("kh1", "adv") if edge is Edge.ADVANTAGE else ("kl1", "dis")
            if games.written(roll):
                notation = f"{word} {Reading.of(roll).text}"
            else:
                notation = _notation(roll, {pool.node: f"2d20{keep}"}, only_first=True)
            return WhatIf(notation, (*roll.faces[: at + 1], _NEW, *roll.faces[at + 1 :]))
        at += len(pool.faces)
    return None


def with_ones_rerolled(roll: Roll) -> WhatIf | None:
    """The roll with each die that shows a 1 rerolled once; None where no such die can be.

    A game's roll keeps its notation, and so its verdict: only the dice are thrown anew.
    """
    if games.written(roll):
        return _with_ones_thrown_anew(roll)
    script: list[int | None] = []
    changes: dict[Pool, str] = {}
    has_ones = False
    for pool in roll.pools:
        script += pool.faces
        node = pool.node
        if isinstance(node, Pool) and _can_reroll(node):
            changes[node] = str(Pool(node.count, node.sides, (Operator("ro", "=", 1), *node.operators), node.tags))
            ones = pool.faces.count(1)
            has_ones = has_ones or bool(ones)
            script += [_NEW] * ones
    return WhatIf(_notation(roll, changes), script) if has_ones else None


def _with_ones_thrown_anew(roll: Roll) -> WhatIf | None:
    script: list[int | None] = []
    for pool in roll.pools:
        node = pool.node
        can_reroll = isinstance(node, Pool) and _can_reroll(node, KEEPING | COUNTING)
        script += [_NEW if can_reroll and face == 1 else face for face in pool.faces]
    return WhatIf(Reading.of(roll).text, script) if _NEW in script else None


def _can_reroll(node: Pool, operators: frozenset[str] = KEEPING) -> bool:
    return (
        not node.tags
        and isinstance(node.count, int)
        and isinstance(node.sides, int)
        and node.sides > 1
        and all(operator.name in operators for operator in node.operators)
    )


def _notation(roll: Roll, changes: dict[Pool, str], *, only_first: bool = False) -> str:
    """The roll as notation, some of its pools written otherwise, with its comment."""
    pieces = list(roll.prepared.pieces)
    written = ""
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        if isinstance(piece, str):
            change = changes.get(following) if isinstance(following, Pool) else None
            written += piece if change is None else piece.removesuffix(str(following)) + change
            if change is not None and only_first:
                changes = {}
    return f"{written} # {roll.comment}" if roll.comment else written
