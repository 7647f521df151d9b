"""The operators of one pool or set, in the order in which they act."""

from collections.abc import Callable
from dataclasses import dataclass

from modules.dice.errors import Span
from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_state import PoolState, ThrowMore
from modules.dice.rolling.semantics import families
from modules.dice.rolling.success import counts, score

WORK_DICE = 5
"""Dice an operator can pass over in the time of one step."""


@dataclass(slots=True)
class Act:
    """The dice as an operator, or several that act together, left them.

    Args:
        operators: The operators; empty for the first throw.
        values: What each die was worth, in the order shown.
        kept: Whether each still counted.
    """

    operators: tuple[Operator, ...]
    values: tuple[Value, ...]
    kept: tuple[bool, ...]


Work = Callable[[int, Span | None], None]
"""Pays for steps of work at a place."""


class Operations:
    """The operators of one pool or set.

    Args:
        operators: As written.
    """

    __slots__ = ("counting", "effects")

    def __init__(self, operators: tuple[Operator, ...]) -> None:
        self.effects = families(operators)
        self.counting = counts(operators)

    def apply(
        self,
        state: PoolState,
        throw_more: ThrowMore,
        *,
        work: Work | None = None,
        acts: list[Act] | None = None,
    ) -> Value:
        """Let the operators act and give the total.

        Args:
            state: The dice.
            throw_more: Throws extra dice.
            work: Told of the steps of each operator before it acts.
            acts: Where each is noted, if somebody wants to know.
        """
        if acts is not None:
            acts.append(Act((), tuple(state.values), tuple(state.kept)))
        for effect, operators in self.effects:
            if work is not None:
                work(len(operators) + len(operators) * len(state) // WORK_DICE, operators[0].span)
            effect(state, operators, throw_more)
            if acts is not None:
                acts.append(Act(operators, tuple(state.values), tuple(state.kept)))
        return score(state, self.counting)
