"""What each operator does to a pool, by its canonical name. Counting operators are in success.py.

Operators of one family that stand side by side act together: they arrive as one tuple.

Operators that throw extra dice do so in rounds. When m dice match, at least m more faces are certain to be needed, so
they are thrown together; of those, each that matches again needs one more. Handed out from the left, this is the same
sequence that throwing die by die gives, and no die is thrown that is not used.
"""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from types import MappingProxyType

from modules.dice.notation.operators import OPERATORS, Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_state import Matcher, PoolState, Row, ThrowMore, matches_of

Operators = tuple[Operator, ...]
Effect = Callable[[PoolState, Operators, ThrowMore], None]
Ranking = Callable[[PoolState], list[int]]


def _falling(state: PoolState) -> list[int]:
    """Positions of the kept dice, highest first; of equal ones the left first."""
    return sorted(state.kept_positions(), key=state.values.__getitem__, reverse=True)


def _rising(state: PoolState) -> list[int]:
    """Positions of the kept dice, lowest first; of equal ones the left first."""
    return sorted(state.kept_positions(), key=state.values.__getitem__)


def _count(operator: Operator) -> int:
    return operator.number or 0


def _middle(state: PoolState, operator: Operator, rising: Ranking) -> list[int]:
    """The N in the middle; where that is not even, the lower middle."""
    ranked = rising(state)
    below = max(0, len(ranked) - _count(operator)) // 2
    return ranked[below : below + _count(operator)]


def _all_but(ranked: list[int], operator: Operator) -> list[int]:
    """What keeping the others would leave."""
    return ranked[max(0, len(ranked) - _count(operator)) :]


_SELECTED: MappingProxyType[str, Callable[[PoolState, Operator, Ranking], list[int]]] = MappingProxyType(
    {
        "kh": lambda state, operator, _rising: _falling(state)[: _count(operator)],
        "kl": lambda state, operator, rising: rising(state)[: _count(operator)],
        "km": _middle,
        "k": lambda state, operator, _rising: state.matching(matches_of((operator,), state.kind)),
        "dl": lambda state, operator, _rising: _all_but(_falling(state), operator),
        "dh": lambda state, operator, rising: _all_but(rising(state), operator),
        "p": lambda state, operator, _rising: state.matching(matches_of((operator,), state.kind)),
    }
)
"""The dice that a keep keeps, or that a drop drops. The 0 is never used: what takes a compare point needs one."""


def _selected(state: PoolState, operators: Operators) -> set[int]:
    # Together they share one order: of equal dice, the highest and the lowest must be two.
    rising = _rising if len(operators) == 1 else lambda state: _falling(state)[::-1]
    return {position for operator in operators for position in _SELECTED[operator.name](state, operator, rising)}


def keep(state: PoolState, operators: Operators, _throw_more: ThrowMore) -> None:
    """Keep what any of these keeps."""
    kept = _selected(state, operators)
    state.kept = [position in kept for position in range(len(state))]


def drop(state: PoolState, operators: Operators, _throw_more: ThrowMore) -> None:
    """Drop what any of these drops."""
    for position in _selected(state, operators):
        state.kept[position] = False


def _chains(state: PoolState, starts: list[int], matches: Matcher, throw_more: ThrowMore) -> dict[int, list[int]]:
    """Throw on for each of these dice until a face does not match; the faces thrown, for each die."""
    worth = state.kind.worth
    pending, faces = len(starts), list[int]()
    while pending:
        thrown = throw_more(pending)
        faces += thrown
        # A short round means that the budget is spent: what still matches stays as it is.
        pending = sum(map(matches, worth(thrown))) if len(thrown) == pending else 0
    chains: dict[int, list[int]] = {}
    # One iterator for all: each chain goes on where the one before it ended.
    remaining = iter(faces)
    for start in starts:
        chain = chains[start] = []
        for face in remaining:
            chain.append(face)
            if not matches(worth((face,))[0]):
                break
    return chains


def _single(starts: list[int], throw_more: ThrowMore) -> dict[int, list[int]]:
    """Throw once for each of these dice."""
    faces = throw_more(len(starts)) if starts else b""
    # The budget may allow fewer faces than dice: those left over stay as they are.
    return {start: [face] for start, face in zip(starts, faces, strict=False)}


def _replace(state: PoolState, position: int, face: int, word: str) -> None:
    """Let a die show a new face."""
    state.note(position, word, state.values[position])
    state.faces[position] = face
    state.values[position] = state.kind.value(face)


def _matches(state: PoolState, operators: Operators) -> tuple[list[int], Matcher]:
    matches = matches_of(operators, state.kind)
    return state.matching(matches), matches


def reroll(state: PoolState, operators: Operators, throw_more: ThrowMore) -> None:
    """Reroll while a die matches."""
    starts, matches = _matches(state, operators)
    for position, chain in _chains(state, starts, matches, throw_more).items():
        for face in chain:
            _replace(state, position, face, "rerolled")


def reroll_once(state: PoolState, operators: Operators, throw_more: ThrowMore) -> None:
    """Reroll once what matches."""
    starts, _ = _matches(state, operators)
    for position, chain in _single(starts, throw_more).items():
        _replace(state, position, chain[0], "rerolled")


def roll_and_add(state: PoolState, operators: Operators, throw_more: ThrowMore) -> None:
    """Roll one extra die for the first match and add it."""
    starts, _ = _matches(state, operators)
    for position, (face,) in _single(starts[:1], throw_more).items():
        state.note(position, "added to", state.values[position])
        state.insert({position: [(face, state.kind.value(face), (("extra", state.kind.value(face)),))]})


def _extras(state: PoolState, chains: dict[int, list[int]], word: str, *, less: int = 0, sign: int = 1) -> None:
    """Put the extra dice of each chain behind the die that earned them."""
    added: dict[int, list[Row]] = {}
    for position, chain in chains.items():
        # The budget was spent before this die's turn came.
        if not chain:
            continue
        state.note(position, word, state.values[position])
        values = [sign * (worth - less) for worth in state.kind.worth(chain)]
        added[position] = [(face, value, (("extra", value),)) for face, value in zip(chain, values, strict=True)]
    # All at once, because every insertion moves the positions behind it.
    state.insert(added)


def _exploding(state: PoolState, operators: Operators, throw_more: ThrowMore) -> dict[int, list[int]]:
    starts, matches = _matches(state, operators)
    return _chains(state, starts, matches, throw_more)


def explode(state: PoolState, operators: Operators, throw_more: ThrowMore, *, less: int = 0) -> None:
    """A match adds another die, which may explode too; a penetrating one loses `less`."""
    _extras(state, _exploding(state, operators, throw_more), "exploded", less=less)


def explode_once(state: PoolState, operators: Operators, throw_more: ThrowMore) -> None:
    """A match adds another die, which does not explode."""
    _extras(state, _single(_matches(state, operators)[0], throw_more), "exploded")


def compound(state: PoolState, operators: Operators, throw_more: ThrowMore, *, less: int = 0) -> None:
    """Explode into the same die; a penetrating extra loses `less`."""
    for position, chain in _exploding(state, operators, throw_more).items():
        for face in chain:
            worth = state.kind.value(face) - less
            state.note(position, "compounded", worth)
            state.values[position] += worth


def implode(state: PoolState, operators: Operators, throw_more: ThrowMore) -> None:
    """A match subtracts another die."""
    starts, _ = _matches(state, operators)
    _extras(state, _single(starts, throw_more), "imploded", sign=-1)


def raise_to(state: PoolState, operators: Operators, _throw_more: ThrowMore) -> None:
    """Raise every kept die to at least N."""
    floor = max(map(_count, operators))
    _set_to(state, floor, state.matching(lambda value: value < floor), "raised")


def lower_to(state: PoolState, operators: Operators, _throw_more: ThrowMore) -> None:
    """Lower every kept die to at most N."""
    ceiling = min(map(_count, operators))
    _set_to(state, ceiling, state.matching(lambda value: value > ceiling), "lowered")


def _set_to(state: PoolState, value: int, positions: list[int], word: str) -> None:
    for position in positions:
        state.note(position, word, state.values[position])
        state.values[position] = value


def gather(state: PoolState, operators: Operators, _throw_more: ThrowMore) -> None:
    """Add 1 to the first match for every further one."""
    first, *further = state.matching(matches_of(operators, state.kind)) or [0]
    if further:
        state.note(first, "raised", state.values[first])
        state.values[first] += len(further)


def _duplicates(state: PoolState) -> tuple[list[int], set[Value]]:
    """Positions of the dice that repeat an earlier one, and every value shown."""
    seen: set[Value] = set()
    repeated = []
    for position in state.kept_positions():
        if state.values[position] in seen:
            repeated.append(position)
        seen.add(state.values[position])
    return repeated, seen


def unique(state: PoolState, _operators: Operators, throw_more: ThrowMore) -> None:
    """Reroll duplicates until all differ."""
    repeated, seen = _duplicates(state)
    done = 0
    while done < len(repeated):
        wanted_count = len(repeated) - done
        thrown = throw_more(wanted_count)
        for face in thrown:
            _replace(state, repeated[done], face, "rerolled")
            value = state.values[repeated[done]]
            # A value seen before does not end the turn of its die: the next face is for the same one.
            done += value not in seen
            seen.add(value)
        # With extra dice there may be more dice than faces, as in 6d6!u: then only the budget ends this.
        if len(thrown) < wanted_count:
            break


def unique_once(state: PoolState, _operators: Operators, throw_more: ThrowMore) -> None:
    """Reroll duplicates once."""
    for position, chain in _single(_duplicates(state)[0], throw_more).items():
        _replace(state, position, chain[0], "rerolled")


def sort(state: PoolState, _operators: Operators, _throw_more: ThrowMore, *, falling: bool = False) -> None:
    """Show the lowest first, or the highest."""
    state.reorder(sorted(range(len(state)), key=state.values.__getitem__, reverse=falling))


EFFECTS: MappingProxyType[str, Effect] = MappingProxyType(
    {
        **dict.fromkeys(("kh", "kl", "km", "k"), keep),
        **dict.fromkeys(("dl", "dh", "p"), drop),
        "r": reroll,
        "ro": reroll_once,
        "ra": roll_and_add,
        "!": explode,
        "!o": explode_once,
        "!!": compound,
        "!p": partial(explode, less=1),
        "!!p": partial(compound, less=1),
        "i": implode,
        "mi": raise_to,
        "ma": lower_to,
        "g": gather,
        "u": unique,
        "uo": unique_once,
        "s": sort,
        "sd": partial(sort, falling=True),
    }
)
"""Canonical operator name → what it does; operators with the same effect are of one family."""


def families(operators: Operators) -> list[tuple[Effect, Operators]]:
    """The operators that act on dice, in the order written, those of one family side by side together."""
    acting = [operator for operator in operators if not OPERATORS[operator.name].counting]
    return [(effect, tuple(found)) for effect, found in groupby(acting, key=lambda operator: EFFECTS[operator.name])]
