"""One roll of a message, ready to be rolled again with its story."""

from collections.abc import Iterable
from functools import cached_property

from modules.dice.errors import DiceError
from modules.dice.limits import Budget, Limits
from modules.dice.notation.parser import RollSyntax, parse
from modules.dice.notation.syntax import Comparison, Group, Members, Node, Number, Pool, Thrown, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.die_types import kind_of
from modules.dice.rolling.roll_context import Run, Tray
from modules.dice.rolling.source import ScriptedSource

ENDLESS_STEPS = 10**9
"""Replaying is paid for already."""
Paid = tuple[int, int]
"""Extra dice and rounds that were left when a roll began."""


class Script:
    """One roll of a message, ready to be rolled again with its story.

    Args:
        syntax: What was read; None for a notation known to be one good roll, to be read when needed.
        limits: Bounds of reading and of arithmetic.
        notation: That notation.
    """

    def __init__(self, syntax: RollSyntax | None, limits: Limits, notation: str = "") -> None:
        self._given = syntax
        self._notation = notation
        self.limits = limits

    @cached_property
    def syntax(self) -> RollSyntax:
        """What was read; a notation that was only glanced at is read when someone asks."""
        # What can be glanced at is in our own dialect and uses no names: the text alone is enough.
        return self._given or parse(self._notation, self.limits).rolls[0]

    @property
    def node(self) -> Node:
        """The expression."""
        return self.syntax.expression

    @cached_property
    def expression(self) -> str:
        """Its canonical text."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    @cached_property
    def pieces(self) -> tuple[str | Thrown, ...]:
        """The canonical text, each pool or set following its own."""
        pieces: list[str | Thrown] = []
        for piece in self.node.pieces():
            if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            elif piece:
                pieces.append(piece)
        return tuple(pieces)

    @cached_property
    def plain_count(self) -> int | None:
        """How many pools it has, if all are plain dice that nothing but arithmetic is done with; else None."""
        nodes = list(walk(self.node))
        pools = [node for node in nodes if isinstance(node, Pool)]
        is_plain = all(_is_plain(pool) for pool in pools) and not any(
            isinstance(node, Members | Comparison) for node in nodes
        )
        return len(pools) if is_plain else None

    @cached_property
    def has_total(self) -> bool:
        """Whether something in it adds up: words and plot dice alone do not."""
        leaves = [node for node in walk(self.node) if isinstance(node, Pool | Number)]
        return any(isinstance(leaf, Number) or adds_up(leaf) for leaf in leaves)

    @cached_property
    def _run(self) -> Run:
        return Compiler(self.limits).compile(self.node)

    def replay(self, faces: Iterable[int], paid: Paid, bonus: Value, *, with_acts: bool = False) -> tuple[Value, Tray]:
        """Roll again with known faces, remembering every hand and, if asked, what each operator did.

        Raises:
            DiceError: The faces do not fit the expression.
        """
        tray = Tray()
        source = ScriptedSource(faces)
        tray.source, tray.bonus = source, bonus
        tray.budget = Budget(*paid, ENDLESS_STEPS)
        tray.hands, tray.checks, tray.acts = [], [], [] if with_acts else None
        total = self._run(tray)
        if source.left_count:
            raise DiceError("There are more faces than dice.")
        return total, tray


def _is_plain(pool: Pool) -> bool:
    # A pool of no dice makes no throw, and throws are what `plain_count` is compared with.
    sized = isinstance(pool.count, int) and isinstance(pool.sides, int) and pool.count > 0
    return sized and not pool.tags and not pool.operators


def adds_up(pool: Pool) -> bool:
    """Whether a pool has a total of its own: words and plot dice alone have none."""
    # Sides that have to be rolled make a numbered die.
    if isinstance(pool.sides, Group):
        return True
    return kind_of(pool.sides).adds_up and not (
        pool.tags and pool.tags == "p" * len(pool.tags) and pool.count == len(pool.tags)
    )
