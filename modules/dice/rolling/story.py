"""What happened to every die, put together when someone reads it."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, overload

from modules.dice.notation.operators import OPERATORS, Takes
from modules.dice.notation.syntax import Group, Labelled, Members, Node, Pool, Value
from modules.dice.rolling.die_types import PLOT
from modules.dice.rolling.pool_state import Hand, Step
from modules.dice.rolling.roll_context import Check, Tray


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


class Dice(Sequence[Die]):
    """The dice of a hand; each is made when it is looked at."""

    __slots__ = ("_hand",)

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def __len__(self) -> int:
        return len(self._hand)

    @overload
    def __getitem__(self, index: int) -> Die: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Die, ...]: ...
    def __getitem__(self, index: int | slice) -> Die | tuple[Die, ...]:
        if isinstance(index, slice):
            return tuple(self._die(position) for position in range(*index.indices(len(self))))
        # A range knows negative positions, and raises the IndexError that a sequence owes.
        return self._die(range(len(self))[index])

    def __iter__(self) -> Iterator[Die]:
        return map(self._die, range(len(self)))

    def _die(self, i: int) -> Die:
        hand = self._hand
        words = hand.kind.words(hand.faces[i])
        score = hand.scores[i] if hand.scores else 0
        return Die(hand.faces[i], hand.values[i], hand.kept[i], words, hand.steps[i], hand.marks.get(i, ""), score)


class PoolStory(NamedTuple):
    """A pool or a set as it ended.

    Args:
        node: What was written.
        dice: Its dice, or a set's members, in the order shown.
        aside: Plot dice, which belong to no total.
        total: What it came to.
        bonus: What plot dice gave it.
        tally: Successes, failures and botches, where they were counted.
    """

    node: Pool | Members
    dice: Dice
    aside: tuple[Die, ...]
    total: Value
    bonus: Value
    tally: Mapping[str, int]

    @property
    def is_set(self) -> bool:
        """Whether the dice are a set's members."""
        return isinstance(self.node, Members)


class Story(NamedTuple):
    """Everything that one roll left on the tray.

    Args:
        pools: Every pool and set, in the order in which they were finished.
        checks: Every comparison, likewise.
        verdict: The comparison that the whole roll is, if it is one.
        words: How often each symbol came up, before any pairs cancel.
        notes: Sentences about limits that were reached and operators that had less to do than they say.
    """

    pools: tuple[PoolStory, ...]
    checks: tuple[Check, ...]
    verdict: Check | None
    words: Mapping[str, int]
    notes: tuple[str, ...]


def tell(tray: Tray, whole: Node) -> Story:
    """Put together the story of a tray that remembered its hands."""
    hands, checks = tray.hands or [], tray.checks or []
    pools = tuple(_pool_story(node, hand, total) for node, hand, total in hands)
    while isinstance(whole, Group | Labelled):
        whole = whole.inner
    verdict = next((check for node, check in checks if node is whole), None)
    notes = (*(note for node, hand, _ in hands for note in _shortfalls(node, hand)), *tray.budget.caps)
    return Story(pools, tuple(check for _, check in checks), verdict, _words(pools), notes)


def _pool_story(node: Pool | Members, hand: Hand, total: Value) -> PoolStory:
    aside = tuple(Die(face, PLOT.value(face), True, PLOT.words(face), steps) for face, _, steps in hand.aside)
    return PoolStory(node, Dice(hand), aside, total, hand.bonus, MappingProxyType(hand.tally))


def _words(pools: tuple[PoolStory, ...]) -> Mapping[str, int]:
    tally: dict[str, int] = {}
    for pool in pools:
        shown = pool.dice if isinstance(pool.node, Pool) and not isinstance(pool.node.sides, int) else ()
        for die in (*shown, *pool.aside):
            for word in die.words if die.kept else ():
                tally[word] = tally.get(word, 0) + 1
    return MappingProxyType(tally)


def _shortfalls(node: Pool | Members, hand: Hand) -> Iterator[str]:
    """Operators that ask for more dice than there were."""
    what = "totals" if isinstance(node, Members) else "dice"
    for operator in node.operators:
        spec = OPERATORS[operator.name]
        if spec.takes is Takes.COUNT and (operator.number or 0) > len(hand):
            yield f"{operator} asks for more {what} than the {len(hand)} there are."
