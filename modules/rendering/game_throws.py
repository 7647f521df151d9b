"""Every combination of faces that some dice may show, as far as anybody tells them apart."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from itertools import product
from math import comb, factorial, perm, prod
from typing import Final, NamedTuple

from modules.dice.errors import LimitError
from modules.dice.notation.syntax import Group, Pool
from modules.dice.rolling.die_types import Kind, kind_of
from modules.dice.rolling.pool_state import matches_of
from modules.dice.rolling.source import Faces, RandomSource

COMBINATIONS: Final = 1_500
"""The most that are judged, in some tens of milliseconds."""
QUEUED: Final = 10_000
"""The most that wait to be judged."""
RAREST: Final = 1e-7
"""Combinations less likely than this are not followed."""
TESTED: Final = frozenset({"", "f", "b", "ds", "pr", "!", "!o", "i", "ro", "cs", "cf"})
"""Operators that ask no more of a face than whether it matches."""

Throw = tuple[Faces, int]
"""Faces, and in how many ways the dice show those or others like them."""


class MoreError(Exception):
    """The roll needs a throw that is not chosen yet.

    Args:
        throws: What it may show.
        whole: In how many ways in all.
    """

    def __init__(self, throws: Sequence[Throw], whole: int) -> None:
        super().__init__()
        self.throws, self.whole = throws, whole


@dataclass(slots=True)
class Chosen(RandomSource):
    """Gives the throws that were chosen.

    Attributes:
        throws_of: What dice may show, by sides, count, and how many of the last stand apart.
        apart: How many dice at the end of the first throw are a group of their own.
        is_one_pool: Whether all dice belong to one pool, and the same group of it.
        faces: What was chosen, throw by throw.
        read: How many of those were given.
    """

    throws_of: "Throws"
    apart: int
    is_one_pool: bool
    faces: tuple[Faces, ...] = ()
    read: int = 0

    def roll(self, sides: int, count: int) -> Faces:
        """The next throw."""
        if self.read == len(self.faces):
            apart = self.apart if not self.read else 0
            raise MoreError(self.throws_of(sides, count, apart), sides**count)
        self.read += 1
        return self.faces[self.read - 1]


@dataclass(slots=True)
class State:
    """Throws that were chosen.

    Attributes:
        faces: What they show.
        ways: In how many ways they, or others that come to the same, come up.
        whole: Of how many.
    """

    faces: tuple[Faces, ...] = ()
    ways: int = 1
    whole: int = 1


class Queue:
    """What is still to be rolled: fewest dice first where that lets states be merged, else the likeliest first."""

    def __init__(self) -> None:
        self._states: dict[object, State] = {(): State()}
        self._order: list[tuple[int, float, int, object]] = [(0, -1.0, 0, ())]
        self._number = 0

    def next(self) -> State | None:
        """The next state; None where all that are left are too unlikely."""
        while self._order:
            _, share, _, key = heappop(self._order)
            if -share >= RAREST:
                return self._states.pop(key)
        return None

    def add(self, state: State, more: MoreError, *, is_merged: bool) -> None:
        """Go on with every throw that may follow.

        Args:
            state: What was chosen so far.
            more: What may follow.
            is_merged: Whether all dice are of one pool, in which it does not matter when a face fell.
        """
        thrown = sum(map(len, state.faces))
        for faces, often in more.throws:
            if len(self._states) > QUEUED:
                raise LimitError("odds_verdicts")
            chosen, ways, whole = (*state.faces, faces), state.ways * often, state.whole * more.whole
            self._number += 1
            # What is thrown last says how many dice are to follow.
            key = (tuple(sorted(face for each in chosen for face in each)), faces) if is_merged else self._number
            if key in self._states:
                self._states[key].ways += ways
            else:
                self._states[key] = State(chosen, ways, whole)
                size = thrown + len(faces) if is_merged else 0
                heappush(self._order, (size, -ways / whole, self._number, key))


class Looks(NamedTuple):
    """What the rule of a game looks at in a die.

    Attributes:
        noted: Faces that it looks for.
        faces_alone: Whether no total matters to it.
        kept_alone: Whether dropped dice do not matter to it.
        matches_alone: Whether it looks at nothing but how many dice match.
    """

    noted: frozenset[int]
    faces_alone: bool
    kept_alone: bool
    matches_alone: bool


class Throws:
    """Every combination that some dice may show, as far as pools and rule tell them apart.

    Args:
        pools: The pools of the roll.
        looks: What the rule looks at.
        most: The most combinations that are listed.
    """

    def __init__(self, pools: Sequence[Pool], looks: "Looks", most: int = COMBINATIONS) -> None:
        self._pools, self._looks, self._most = pools, looks, most
        self._known = cache(self._listed)

    def __call__(self, sides: int, count: int, apart: int) -> Sequence[Throw]:
        """The combinations of so many dice.

        Raises:
            LimitError: There are too many.
        """
        return self._known(sides, count, apart)

    def _listed(self, sides: int, count: int, apart: int) -> Sequence[Throw]:
        if self._looks.kept_alone and (name := self._extreme(sides, count)):
            faces = range(1, sides + 1) if name == "kh" else range(sides, 0, -1)
            # The dropped dice may as well show what the kept one does.
            return [((face,) * count, place**count - (place - 1) ** count) for place, face in enumerate(faces, 1)]
        if self._looks.matches_alone:
            return [_matching(sides, widths) for widths in _widths(count, count) if len(widths) <= sides]
        parts = [(count, self._alike(sides, self._looks.noted))]
        if 0 < apart < count:
            # Rules look for faces among the dice apart; what else they look for, operators test.
            parts = [(count - apart, self._alike(sides, frozenset())), (apart, parts[0][1])]
        if prod(comb(number + len(alike) - 1, number) for number, alike in parts) > self._most:
            raise LimitError("odds_verdicts")
        return [
            (tuple([face for faces, _ in throws for face in faces]), prod(ways for _, ways in throws))
            for throws in product(*[list(_multisets(alike, number)) for number, alike in parts])
        ]

    def _extreme(self, sides: int, count: int) -> str:
        """`kh` or `kl` where these can only be dice of which one is kept, the highest or the lowest."""
        if any(each.name not in {"kh", "kl"} for pool in self._pools for each in pool.operators):
            return ""
        # No pool throws further dice, so that their number tells which of them these are.
        pools = [pool for pool in self._pools if (_kind(pool).sides, pool.count) == (sides, count)]
        kept = {(each.name, each.number) for pool in pools for each in pool.operators}
        # The higher the face, the higher the value.
        values = [[_kind(pool).value(face) for face in range(1, sides + 1)] for pool in pools]
        plain = all(each == sorted(set(each)) for each in values)
        return kept.pop()[0] if plain and kept in ({("kh", 1)}, {("kl", 1)}) else ""

    def _alike(self, sides: int, noted: frozenset[int]) -> list[list[int]]:
        """The faces of a die in groups of those that nothing tells apart."""
        pools = [pool for pool in self._pools if _kind(pool).sides == sides]
        found: dict[object, list[int]] = {}
        for face in range(1, sides + 1):
            seen = face if face in noted or not pools else 0
            found.setdefault((seen, tuple([self._worth(pool, face) for pool in pools])), []).append(face)
        return list(found.values())

    def _worth(self, pool: Pool, face: int) -> object:
        """What a face is to a pool."""
        counts = any(not operator.name for operator in pool.operators)
        tested = [each for each in pool.operators if each.name in TESTED]
        if not self._looks.faces_alone and (not counts or len(tested) < len(pool.operators)):
            return face
        kind = _kind(pool)
        return tuple([matches_of((each,), kind)(kind.value(face)) for each in tested])


def _multisets(alike: Sequence[Sequence[int]], count: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every number of dice for each group of faces; one face stands for all of its group."""
    first, *rest = alike
    if not rest:
        yield (first[0],) * count, len(first) ** count
        return
    for number in range(count + 1):
        ways = comb(count, number) * len(first) ** number
        for faces, more in _multisets(rest, count - number):
            yield (first[0],) * number + faces, ways * more


def _widths(count: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to part dice into sets of at most so many, the largest first."""
    if not count:
        yield ()
    for width in range(1, min(count, most) + 1):
        yield from ((width, *rest) for rest in _widths(count - width, width))


def _matching(sides: int, widths: Sequence[int]) -> Throw:
    """Sets of these widths, whatever they show, and in how many ways they fall."""
    faces = tuple([face for face, width in enumerate(widths, 1) for _ in range(width)])
    dice = factorial(len(faces)) // prod(map(factorial, widths))
    return faces, dice * perm(sides, len(widths)) // prod(map(factorial, Counter(widths).values()))


def _kind(pool: Pool) -> Kind:
    if isinstance(pool.sides, Group) or isinstance(pool.count, Group):
        raise LimitError("odds_verdicts")
    return kind_of(pool.sides)
