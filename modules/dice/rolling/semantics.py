"""What each operator does to a hand, by its canonical name. Counting operators are in scoring.py.

Operators that throw extra dice do so in rounds. When m dice match, at least m more faces are certain to be needed, so
they are thrown together; of those, each that matches again needs one more. Handed out from the left, this is the same
sequence that throwing die by die gives, and no die is thrown that is not used.
"""

from collections.abc import Callable
from types import MappingProxyType

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_state import Hand, Matcher, Row, matcher

Effect = Callable[[Hand, Operator], None]


def _falling(hand: Hand) -> list[int]:
    """Positions of the kept dice, highest first; of equal ones the left first."""
    return sorted(hand.kept_positions(), key=hand.values.__getitem__, reverse=True)


def _rising(hand: Hand) -> list[int]:
    """Positions of the kept dice, lowest first; of equal ones the left first."""
    return sorted(hand.kept_positions(), key=hand.values.__getitem__)


def _count(operator: Operator) -> int:
    return operator.number or 0


def keep_highest(hand: Hand, operator: Operator) -> None:
    """Keep the N highest."""
    hand.drop(_falling(hand)[_count(operator) :])


def keep_lowest(hand: Hand, operator: Operator) -> None:
    """Keep the N lowest."""
    hand.drop(_rising(hand)[_count(operator) :])


def keep_middle(hand: Hand, operator: Operator) -> None:
    """Keep the N in the middle; where that is not even, the lower middle."""
    ranked = _rising(hand)
    below = max(0, len(ranked) - _count(operator)) // 2
    hand.drop(ranked[:below] + ranked[below + _count(operator) :])


def keep_matching(hand: Hand, operator: Operator) -> None:
    """Keep the dice that match."""
    # The 0 is never used: what keeps or drops by a compare point needs one.
    matches = matcher(operator, 0)
    hand.drop(hand.matching(lambda value: not matches(value)))


def drop_lowest(hand: Hand, operator: Operator) -> None:
    """Drop the N lowest: what keeping the others would leave."""
    ranked = _falling(hand)
    hand.drop(ranked[max(0, len(ranked) - _count(operator)) :])


def drop_highest(hand: Hand, operator: Operator) -> None:
    """Drop the N highest: what keeping the others would leave."""
    ranked = _rising(hand)
    hand.drop(ranked[max(0, len(ranked) - _count(operator)) :])


def drop_matching(hand: Hand, operator: Operator) -> None:
    """Drop the dice that match."""
    hand.drop(hand.matching(matcher(operator, 0)))


def _chains(hand: Hand, starts: list[int], matches: Matcher) -> dict[int, list[int]]:
    """Throw on for each of these dice until a face does not match; the faces thrown, for each die."""
    worth = hand.kind.worth
    pending, faces = len(starts), list[int]()
    while pending:
        thrown = hand.throw_more(pending)
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
            if not matches(hand.kind.value(face)):
                break
    return chains


def _single(hand: Hand, starts: list[int]) -> dict[int, list[int]]:
    """Throw once for each of these dice."""
    faces = hand.throw_more(len(starts)) if starts else b""
    # The budget may allow fewer faces than dice: those left over stay as they are.
    return {start: [face] for start, face in zip(starts, faces, strict=False)}


def _replace(hand: Hand, position: int, face: int, word: str) -> None:
    """Let a die show a new face."""
    hand.note(position, word, hand.values[position])
    hand.faces[position] = face
    hand.values[position] = hand.kind.value(face)


def reroll(hand: Hand, operator: Operator) -> None:
    """Reroll while a die matches."""
    matches = matcher(operator, hand.kind.lowest)
    for position, chain in _chains(hand, hand.matching(matches), matches).items():
        for face in chain:
            _replace(hand, position, face, "rerolled")


def reroll_once(hand: Hand, operator: Operator) -> None:
    """Reroll once what matches."""
    starts = hand.matching(matcher(operator, hand.kind.lowest))
    for position, chain in _single(hand, starts).items():
        _replace(hand, position, chain[0], "rerolled")


def roll_and_add(hand: Hand, operator: Operator) -> None:
    """Roll one extra die for the first match and add it."""
    starts = hand.matching(matcher(operator, hand.kind.lowest))[:1]
    for position, (face,) in _single(hand, starts).items():
        hand.note(position, "added to", hand.values[position])
        hand.insert({position: [(face, hand.kind.value(face), (("extra", hand.kind.value(face)),))]})


def _extras(hand: Hand, chains: dict[int, list[int]], word: str, *, less: int = 0, sign: int = 1) -> None:
    """Put the extra dice of each chain behind the die that earned them."""
    added: dict[int, list[Row]] = {}
    for position, chain in chains.items():
        # The budget was spent before this die's turn came.
        if not chain:
            continue
        hand.note(position, word, hand.values[position])
        values = [sign * (hand.kind.value(face) - less) for face in chain]
        added[position] = [(face, value, (("extra", value),)) for face, value in zip(chain, values, strict=True)]
    # All at once, because every insertion moves the positions behind it.
    hand.insert(added)


def _compound(hand: Hand, chains: dict[int, list[int]], *, less: int = 0) -> None:
    """Add the extra dice of each chain into the die that earned them."""
    for position, chain in chains.items():
        for face in chain:
            worth = hand.kind.value(face) - less
            hand.note(position, "compounded", worth)
            hand.values[position] += worth


def _exploding(hand: Hand, operator: Operator) -> dict[int, list[int]]:
    matches = matcher(operator, hand.kind.highest)
    return _chains(hand, hand.matching(matches), matches)


def explode(hand: Hand, operator: Operator) -> None:
    """A match adds another die, which may explode too."""
    _extras(hand, _exploding(hand, operator), "exploded")


def explode_once(hand: Hand, operator: Operator) -> None:
    """A match adds another die, which does not explode."""
    _extras(hand, _single(hand, hand.matching(matcher(operator, hand.kind.highest))), "exploded")


def penetrate(hand: Hand, operator: Operator) -> None:
    """Explode, each extra die being worth one less than it shows."""
    _extras(hand, _exploding(hand, operator), "exploded", less=1)


def compound(hand: Hand, operator: Operator) -> None:
    """Explode into the same die."""
    _compound(hand, _exploding(hand, operator))


def compound_and_penetrate(hand: Hand, operator: Operator) -> None:
    """Explode into the same die, each extra being worth one less than it shows."""
    _compound(hand, _exploding(hand, operator), less=1)


def implode(hand: Hand, operator: Operator) -> None:
    """A match subtracts another die."""
    starts = hand.matching(matcher(operator, hand.kind.lowest))
    _extras(hand, _single(hand, starts), "imploded", sign=-1)


def raise_to(hand: Hand, operator: Operator) -> None:
    """Raise every kept die to at least N."""
    floor = _count(operator)
    for position in hand.matching(lambda value: value < floor):
        hand.note(position, "raised", hand.values[position])
        hand.values[position] = floor


def lower_to(hand: Hand, operator: Operator) -> None:
    """Lower every kept die to at most N."""
    ceiling = _count(operator)
    for position in hand.matching(lambda value: value > ceiling):
        hand.note(position, "lowered", hand.values[position])
        hand.values[position] = ceiling


def _duplicates(hand: Hand) -> tuple[list[int], set[Value]]:
    """Positions of the dice that repeat an earlier one, and every value shown."""
    seen: set[Value] = set()
    repeated = []
    for position in hand.kept_positions():
        if hand.values[position] in seen:
            repeated.append(position)
        seen.add(hand.values[position])
    return repeated, seen


def unique(hand: Hand, operator: Operator) -> None:  # noqa: ARG001 - effects share one signature
    """Reroll duplicates until all differ."""
    repeated, seen = _duplicates(hand)
    done = 0
    while done < len(repeated):
        wanted_count = len(repeated) - done
        thrown = hand.throw_more(wanted_count)
        for face in thrown:
            _replace(hand, repeated[done], face, "rerolled")
            value = hand.values[repeated[done]]
            # A value seen before does not end the turn of its die: the next face is for the same one.
            done += value not in seen
            seen.add(value)
        # With extra dice there may be more dice than faces, as in 6d6!u: then only the budget ends this.
        if len(thrown) < wanted_count:
            break


def unique_once(hand: Hand, operator: Operator) -> None:  # noqa: ARG001 - effects share one signature
    """Reroll duplicates once."""
    for position, chain in _single(hand, _duplicates(hand)[0]).items():
        _replace(hand, position, chain[0], "rerolled")


def sort_rising(hand: Hand, operator: Operator) -> None:  # noqa: ARG001 - effects share one signature
    """Show the lowest first."""
    hand.reorder(sorted(range(len(hand)), key=hand.values.__getitem__))


def sort_falling(hand: Hand, operator: Operator) -> None:  # noqa: ARG001 - effects share one signature
    """Show the highest first."""
    hand.reorder(sorted(range(len(hand)), key=hand.values.__getitem__, reverse=True))


EFFECTS: MappingProxyType[str, Effect] = MappingProxyType(
    {
        "kh": keep_highest,
        "kl": keep_lowest,
        "km": keep_middle,
        "k": keep_matching,
        "dl": drop_lowest,
        "dh": drop_highest,
        "p": drop_matching,
        "r": reroll,
        "ro": reroll_once,
        "ra": roll_and_add,
        "!": explode,
        "!o": explode_once,
        "!!": compound,
        "!p": penetrate,
        "!!p": compound_and_penetrate,
        "i": implode,
        "mi": raise_to,
        "ma": lower_to,
        "u": unique,
        "uo": unique_once,
        "s": sort_rising,
        "sd": sort_falling,
    }
)
"""Canonical operator name → what it does."""
