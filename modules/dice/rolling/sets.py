"""Sets and digit dice, compiled."""

from collections.abc import Sequence
from typing import cast

from modules.dice.notation.syntax import Digits, Members, Value
from modules.dice.rolling.die_types import Kind, kind_of
from modules.dice.rolling.operations import Act, Operations
from modules.dice.rolling.pool_state import PoolState, ThrowMore
from modules.dice.rolling.pools import CompiledPool
from modules.dice.rolling.roll_context import Record, RollContext, Run
from modules.dice.rolling.validation import check_set

MEMBER = Kind(1, "set")
"""The kind of a set's members: they are totals, not faces."""
NO_MORE: ThrowMore = b"".__mul__
"""Throws nothing: no operator of a set asks for more dice."""
SignedPool = tuple[int, CompiledPool]


class CompiledDigits:
    """Digit dice, ready to be rolled.

    Args:
        node: What was written.
    """

    is_merged = False

    def __init__(self, node: Digits) -> None:
        self.node = node
        self.kind = kind_of(node.sides)

    def run(self, context: RollContext) -> Value:
        """Throw one die a digit, the first for the highest place."""
        if context.recorded is not None:
            context.append(context.recorded.pop())
            return context[-1][2]
        faces = context.source.roll(self.node.sides, self.node.places)
        total = int("".join(map(str, faces)))
        context.append((self, faces, total, PoolState(self.kind, faces, faces)))
        return total

    def acts_of(self, record: Record) -> list[Act]:
        """The dice of a record, to which nothing more was done."""
        state = cast("PoolState", record[3])
        return [Act((), tuple(state.values), tuple(state.kept))]


class CompiledSet:
    """A set, ready to be rolled.

    A set of one member that is a sum of pools and numbers acts on the dice of those pools.

    Args:
        node: What was written.
        members: Its members, compiled.
        pools: Where the set acts on dice: each pool of the sum and its sign.
        added: What the numbers of that sum come to.

    Raises:
        NotationError: An operator does not fit a set.
    """

    kind = MEMBER
    is_merged = False

    def __init__(self, node: Members, members: list[Run], pools: Sequence[SignedPool] = (), added: int = 0) -> None:
        check_set(node)
        self.node = node
        self.members = members
        self.pools = pools
        self.added = added
        self.operations = Operations(node.operators)

    def run(self, context: RollContext) -> Value:
        """Work out the members, then the set."""
        added: Value = 0
        if self.pools:
            state, added = self._dice(context)
        else:
            values = [member(context) for member in self.members]
            state = PoolState(MEMBER, [0] * len(values), values)
        if added and any(not operator.name for operator in self.operations.counting):
            # Each die is tested with what is added to all of them.
            state.values, added = [value + added for value in state.values], 0
        state.origin = (tuple(state.values), tuple(state.kept))
        total = self.operations.apply(state, NO_MORE, work=context.budget.work) + added
        context.append((self, b"", total, state))
        return total

    def _dice(self, context: RollContext) -> tuple[PoolState, Value]:
        """The dice of all pools together, and what is added to their sum."""
        added: Value = self.added
        whole = PoolState(MEMBER, b"", ())
        for sign, pool in self.pools:
            total = pool.run(context)
            own_total, own = context[-1][2], cast("PoolState", context[-1][3])
            added += sign * (total - own_total)
            whole.faces += own.faces
            whole.values += [sign * value for value in own.values]
            whole.kept += own.kept
            whole.steps += own.steps
        return whole, added

    def acts_of(self, record: Record) -> list[Act]:
        """What each operator did to the members of a record."""
        values, kept = cast("PoolState", record[3]).origin
        again, acts = PoolState(MEMBER, bytes(len(values)), values), list[Act]()
        again.kept = list(kept)
        self.operations.apply(again, NO_MORE, acts=acts)
        return acts
