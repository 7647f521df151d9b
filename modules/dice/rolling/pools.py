"""Pools and sets, compiled: every operator, any kind of die, computed counts and sides."""

from collections.abc import Callable
from functools import cached_property
from itertools import chain

from modules.dice.errors import Span
from modules.dice.limits import Limits
from modules.dice.notation.syntax import Group, Members, Node, Pool, Value
from modules.dice.rolling.die_types import PLOT, Kind, kind_of
from modules.dice.rolling.operations import Act, Operations, Work
from modules.dice.rolling.pool_state import PoolState, ThrowMore
from modules.dice.rolling.roll_context import Record, RollContext, Run
from modules.dice.rolling.source import Faces
from modules.dice.rolling.validation import check_pool, whole_count, whole_sides

EXTRA_STEPS = 2
"""Steps of one extra die: it is compared, noted and put into its place."""
BONUS_DIE = "20"
"""The die whose pools are given what plot dice came to."""


def _apply_tags(state: PoolState, tags: str, throw_more: ThrowMore) -> None:
    """Throw tagged dice twice, and set plot dice aside for the d20 pools of the message."""
    twice = [position for position, tag in enumerate(tags) if tag != "p"]
    # Where the budget ends, the dice left over keep their first throw.
    for position, face in zip(twice, throw_more(len(twice)) if twice else b"", strict=False):
        better = max if tags[position] == "a" else min
        first, second = state.values[position], state.kind.value(face)
        chosen = better(first, second)
        state.note(position, "instead of", second if chosen == first else first)
        state.faces[position] = state.faces[position] if chosen == first else face
        state.values[position] = chosen
    # A slice, because there may be fewer tags than dice.
    plot = [position for position in range(len(state)) if state.kind.plot or tags[position : position + 1] == "p"]
    if plot:
        state.set_aside(plot)


class CompiledPool:
    """A pool, ready to be rolled.

    Args:
        node: What was written.
        compile_node: Compiles what stands in parentheses.
        limits: What may be rolled.
        is_merged: Whether a set shows its dice among its own.

    Raises:
        NotationError: Its dice cannot do what is asked.
    """

    def __init__(
        self, node: Pool, compile_node: Callable[[Node], Run], limits: Limits, *, is_merged: bool = False
    ) -> None:
        self.node = node
        self.limits = limits
        self.is_merged = is_merged
        self._count = node.count if isinstance(node.count, int) else compile_node(node.count)
        self._sides = compile_node(node.sides) if isinstance(node.sides, Group) else None
        # Where the sides are rolled, all that is known is that they are numbered.
        self.kind = kind_of(1 if isinstance(node.sides, Group) else node.sides)
        if isinstance(self._count, int) and self._sides is None:
            check_pool(node, self.kind, self._count)

    @cached_property
    def operations(self) -> Operations:
        """Its operators. A simple pool needs them only when someone looks at its dice."""
        return Operations(self.node.operators)

    def run(self, context: RollContext) -> Value:
        """Throw the pool, or use its record again, and give its total."""
        if context.recorded is not None:
            return self._recorded(context, context.recorded)
        count, kind = self._rolled_count(context), self._rolled_kind(context)
        # Fixed dice were checked while compiling; these are known only now.
        if not isinstance(self._count, int) or self._sides is not None:
            check_pool(self.node, kind, count)
        # A source is promised at least one die.
        thrown: list[Faces] = [context.source.roll(kind.sides, count) if count else b""]
        budget = context.budget

        def throw_more(wanted_count: int) -> Faces:
            # For dice that can be thrown, not for those wished for: their lack ends in a note, not in a refusal.
            budget.work(EXTRA_STEPS * min(wanted_count, budget.dice), None)
            granted = budget.grant(wanted_count)
            thrown.append(context.source.roll(kind.sides, granted) if granted else b"")
            return thrown[-1]

        state = PoolState(kind, thrown[0], kind.worth(thrown[0]))
        total = self._worked_out(state, throw_more, work=budget.work)
        # From the face: the value of a d6 tagged p is still that of a d6.
        context.plot += sum([PLOT.value(face) for face, _, _ in state.aside])
        context.append((self, joined(thrown), total, state))
        return total

    def state_of(self, record: Record, acts: list[Act] | None = None) -> PoolState:
        """What became of the dice of a record: a function of their faces and of nothing else.

        Args:
            record: The pool as it was rolled.
            acts: Where what each operator did is noted, if somebody wants to know.
        """
        _, faces, _, state = record
        kind = state.kind if state else self.kind
        count = state.thrown if state else self._count
        position = count if isinstance(count, int) else 0
        again = PoolState(kind, faces[:position], kind.worth(faces[:position]))

        def throw_more(wanted_count: int) -> Faces:
            nonlocal position
            position += wanted_count
            return faces[position - wanted_count : position]

        self._worked_out(again, throw_more, acts=acts)
        return again

    def acts_of(self, record: Record) -> list[Act]:
        """What each operator did to the dice of a record."""
        acts: list[Act] = []
        self.state_of(record, acts)
        return acts

    def _worked_out(
        self, state: PoolState, throw_more: ThrowMore, *, work: Work | None = None, acts: list[Act] | None = None
    ) -> Value:
        if self.node.tags or state.kind.plot:
            _apply_tags(state, self.node.tags, throw_more)
        return self.operations.apply(state, throw_more, work=work, acts=acts)

    def _recorded(self, context: RollContext, recorded: list[Record]) -> Value:
        # Pools end in the same order each time, those that decide about counts and sides before their own.
        while True:
            record = recorded.pop()
            if not isinstance(record[0].node, Members):
                context.append(record)
            if record[0] is self:
                break
        state = record[3]
        return record[2] + (context.bonus if state is not None and state.kind.name == BONUS_DIE else 0)

    def _rolled_count(self, context: RollContext) -> int:
        if isinstance(self._count, int):
            return self._count
        span = _span(self.node.count)
        count = whole_count(self._count(context), span)
        context.budget.charge(count, span)
        return count

    def _rolled_kind(self, context: RollContext) -> Kind:
        if self._sides is None:
            return self.kind
        return kind_of(whole_sides(self._sides(context), self.limits, _span(self.node.sides)))


def _span(part: object) -> Span | None:
    return part.span if isinstance(part, Group) else None


def joined(thrown: list[Faces]) -> Faces:
    """All these faces in order."""
    if len(thrown) == 1:
        return thrown[0]
    return tuple(chain.from_iterable(thrown))
