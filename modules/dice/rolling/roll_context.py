"""What one roll needs while it is being rolled, and what it leaves behind: a record of every pool and set."""

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from modules.dice.limits import Budget
from modules.dice.notation.syntax import Comparison, Value
from modules.dice.notes import Note
from modules.dice.rolling.arithmetic import plain
from modules.dice.rolling.source import Faces, RandomSource

if TYPE_CHECKING:
    from modules.dice.rolling.pool_state import PoolState
    from modules.dice.rolling.pools import CompiledPool
    from modules.dice.rolling.sets import CompiledDigits, CompiledSet

Record = tuple[Union["CompiledPool", "CompiledDigits", "CompiledSet"], Faces, Value, Union["PoolState", None]]
"""A pool or set as it was rolled: what it was compiled to, every face it threw, its total, its dice as they ended.

Simple pools leave out the last: what became of their dice follows from the faces and is worked out when it is read.
"""


class Check(NamedTuple):
    """A comparison of totals: whether it held, and by how much.

    Args:
        relation: `vs`, or the relation as written.
        total: The left side.
        target: The right side.
        success: Whether it held.
        margin: How far the total lies on the successful side; for `=` and `!=`, how far above the target.
    """

    relation: str
    total: Value
    target: Value
    success: bool
    margin: Value

    def as_dict(self) -> dict[str, Any]:
        """The check as plain values."""
        return {name: value if isinstance(value, str) else plain(value) for name, value in self._asdict().items()}


class RollContext(list[Record]):
    """The records of one roll so far. A roll of simple pools needs no more than the list itself.

    Attributes:
        source: Where the general evaluation gets its faces.
        budget: What extra dice are paid from.
        caps: Limits that were reached, as notes.
        paid: Extra dice and rounds that were left when the roll began.
        bonus: What plot dice give to each d20 pool.
        plot: What the plot dice of this roll have given.
        shared: The total of the first roll of the message, which `&` stands for.
        checks: Every comparison made.
        labels: Each labelled term of the sum that the roll is, with what it added; none where one label is for all.
        numbers: What the slots of a shape are filled with; unset where there are none.
        recorded: Records to be used again instead of throwing, last first; None while dice are thrown.
    """

    # Numbers are set for most rolls, where a slot is cheaper than a dictionary; the others for few.
    __slots__ = ("__dict__", "numbers")

    numbers: tuple[int, ...]
    source: RandomSource
    budget: Budget
    # None of these can be changed in place, so all contexts may share them until one sets its own.
    caps: tuple[Note, ...] = ()
    paid: tuple[int, int] = (0, 0)
    bonus: Value = 0
    plot: Value = 0
    shared: Value = 0
    checks: tuple[tuple[Comparison, Check], ...] = ()
    labels: tuple[tuple[str, Value], ...] = ()
    recorded: list[Record] | None = None

    def faces(self) -> tuple[int, ...]:
        """Every face in the order thrown."""
        return tuple(chain.from_iterable([record[1] for record in self]))


Run = Callable[[RollContext], Value]
"""A compiled expression: rolls its dice, leaves their records and gives its value."""
