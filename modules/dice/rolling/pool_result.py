"""What became of the dice of one pool or set, put together from its record when someone reads it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple, cast

from modules.dice.notation.operators import OPERATORS, Takes
from modules.dice.notation.syntax import Members, Pool, Thrown, Value
from modules.dice.notes import Note
from modules.dice.rolling.arithmetic import plain
from modules.dice.rolling.die_types import PLOT, Kind
from modules.dice.rolling.operations import Act
from modules.dice.rolling.pool_state import PoolState, Step
from modules.dice.rolling.pools import BONUS_DIE, CompiledPool
from modules.dice.rolling.roll_context import Record
from modules.dice.rolling.source import Faces


class Die(NamedTuple):
    """One die as it ended.

    Args:
        face: The face it last showed, 1 to its sides; 0 for a member of a set.
        value: What it counts for.
        kept: Whether it is part of the total.
        words: The symbols it shows.
        steps: What happened to it, first to last: a word and the number it happened with.
        mark: `success` or `failure` for a critical one.
        score: Successes it counts for, less the failures it subtracts.
    """

    face: int
    value: Value
    kept: bool = True
    words: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    mark: str = ""
    score: int = 0


class PoolResult:
    """A pool or a set as it ended.

    Args:
        record: What it left.
        bonus: What plot dice give to each d20 pool of the roll.
    """

    def __init__(self, record: Record, bonus: Value) -> None:
        self._record = record
        self._bonus = bonus

    @property
    def node(self) -> Thrown:
        """What was written."""
        return self._record[0].node

    @property
    def faces(self) -> Faces:
        """Every face it threw, in order; empty for a set."""
        return self._record[1]

    @property
    def kind(self) -> Kind:
        """What kind of die it throws; where that had to be rolled, `state.kind` knows."""
        return self._record[0].kind

    @cached_property
    def state(self) -> PoolState:
        """Its dice, or a set's members, in columns. Not to be changed."""
        compiled, _, _, state = self._record
        # Only simple pools leave it out.
        return cast(CompiledPool, compiled).state_of(self._record) if state is None else state

    @property
    def is_plain(self) -> bool:
        """Whether its dice are just the faces thrown: nothing was done to any of them."""
        return self._record[3] is None and isinstance(self.node, Pool) and not self.node.operators

    @property
    def is_set(self) -> bool:
        """Whether the dice are a set's members."""
        return isinstance(self.node, Members)

    @property
    def is_merged(self) -> bool:
        """Whether its dice are shown by the set around it."""
        return self._record[0].is_merged

    @property
    def dice(self) -> tuple[Die, ...]:
        """Its dice, or a set's members, in the order shown."""
        return tuple(map(self.die, range(len(self.state))))

    def die(self, i: int) -> Die:
        """The die at a position of those shown."""
        state = self.state
        words = state.kind.words(state.faces[i])
        score = state.scores[i] if state.scores else 0
        return Die(state.faces[i], state.values[i], state.kept[i], words, state.steps[i], state.marks.get(i, ""), score)

    @property
    def aside(self) -> tuple[Die, ...]:
        """Plot dice, which belong to no total."""
        aside = self.state.aside
        return tuple([Die(face, PLOT.value(face), True, PLOT.words(face), steps) for face, _, steps in aside])

    @property
    def total(self) -> Value:
        """What it came to."""
        return self._record[2] + self.bonus

    @property
    def bonus(self) -> Value:
        """What plot dice gave it."""
        takes_bonus = self._bonus and isinstance(self.node, Pool) and self.state.kind.name == BONUS_DIE
        return self._bonus if takes_bonus else 0

    @property
    def tally(self) -> Mapping[str, int]:
        """Successes, failures and botches, where they were counted."""
        return self.state.tally

    @property
    def acts(self) -> list[Act]:
        """What each operator did, in the order in which they acted, after the dice as thrown."""
        return self._record[0].acts_of(self._record)

    def shortfalls(self) -> Iterator[Note]:
        """Operators that ask for more dice than there were."""
        node = self.node
        for operator in node.operators if isinstance(node, Pool | Members) else ():
            if OPERATORS[operator.name].takes is Takes.COUNT and (operator.number or 0) > len(self.state):
                totals = self.is_set and not any(self.state.faces)
                yield Note("more_totals" if totals else "more_dice", operator=str(operator), count=len(self.state))

    def words(self) -> Mapping[str, int]:
        """How often its kept dice show each symbol."""
        state, shown = self.state, Counter[str]()
        own = compress(state.faces, state.kept) if state.kind.symbols and isinstance(self.node, Pool) else ()
        for kind, faces in ((state.kind, own), (PLOT, [face for face, _, _ in state.aside])):
            for face, count in Counter(faces).items():
                for word in kind.words(face):
                    shown[word] += count
        return shown

    def as_dict(self) -> dict[str, Any]:
        """The pool as plain values, a list for each thing known of its dice."""
        state = self.state
        kept = {
            "expression": str(self.node),
            "total": plain(self.total),
            "bonus": plain(self.bonus),
            "tally": dict(self.tally),
            "faces": list(state.faces),
            # Left out where they are the faces.
            "values": [] if state.values == state.faces else [plain(value) for value in state.values],
            "dropped": [position for position, kept in enumerate(state.kept) if not kept],
            "words": [list(state.kind.words(face)) for face in state.faces] if state.kind.symbols else [],
            "steps": {str(i): [[word, plain(n)] for word, n in steps] for i, steps in enumerate(state.steps) if steps},
            "marks": {str(position): mark for position, mark in state.marks.items()},
            "scores": list(state.scores),
        }
        return kept | ({"aside": [die.face for die in self.aside]} if state.aside else {})
