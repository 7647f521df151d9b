"""Odds against icepool and dyce, two libraries that share nothing with us, over expressions that Hypothesis makes.

`make test` tries 300 expressions, always the same; `make fuzz` tries 10,000 new ones (`ODDS_EXAMPLES`).
"""

import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import dyce
import icepool  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.dice_roll import DiceEngine
from tests.dice.oracle import Distribution

SUITE = 300
EXAMPLES = int(os.environ.get("ODDS_EXAMPLES", SUITE))
ENGINE = DiceEngine()
H: Any = dyce.H
P: Any = dyce.P


class Said(NamedTuple):
    """One value as notation, as a die of icepool and as a histogram of dyce."""

    notation: str
    icepool: Any
    dyce: Any


def faces(sides: int) -> range:
    return range(1, sides + 1)


def chosen(pool: Any, *which: int | slice) -> Any:
    """The sum of some dice of a pool, by their places from the lowest."""
    return H.from_counts((sum(roll), count) for roll, count in pool.rolls_with_counts(*which))


def mapped(die: Any, worth: Callable[[int], int]) -> Any:
    return H.from_counts((worth(face), count) for face, count in die.items())


def once_more(sides: int, worth: Callable[[int, int], int]) -> Any:
    """A die and a second one, whether that is used or not."""
    return H.from_counts((worth(face, again), 1) for face in faces(sides) for again in faces(sides))


def plain(count: int, sides: int, _number: int) -> Said:
    return Said(f"{count}d{sides}", count @ icepool.d(sides), count @ H(sides))


def highest(count: int, sides: int, number: int) -> Said:
    kept = min(number, count)
    return Said(
        f"{count}d{sides}kh{kept}", icepool.d(sides).highest(count, kept), chosen(count @ P(sides), slice(-kept, None))
    )


def lowest(count: int, sides: int, number: int) -> Said:
    kept = min(number, count)
    return Said(
        f"{count}d{sides}kl{kept}", icepool.d(sides).lowest(count, kept), chosen(count @ P(sides), slice(0, kept))
    )


def middle(count: int, sides: int, _number: int) -> Said:
    die = icepool.d(sides).middle(count + 2, count if count % 2 == (count + 2) % 2 else 1)
    return Said(f"{count + 2}d{sides}dl1dh1", die, chosen((count + 2) @ P(sides), slice(1, -1)))


def dropped(count: int, sides: int, _number: int) -> Said:
    return Said(
        f"{count + 1}d{sides}dl1",
        icepool.d(sides).highest(count + 1, count),
        chosen((count + 1) @ P(sides), slice(1, None)),
    )


def counted(count: int, sides: int, number: int) -> Said:
    # A single die, or a number that no face shows, would be compared with the total.
    count, number = count + 1, min(number, sides)
    die = icepool.d(sides).map(lambda face: int(face >= number))
    return Said(f"{count}d{sides}t{number}", count @ die, count @ mapped(H(sides), lambda face: int(face >= number)))


def cancelled(count: int, sides: int, number: int) -> Said:
    count, number = count + 1, max(2, min(number, sides))
    worth = {face: (face >= number) - (face == 1) for face in faces(sides)}
    return Said(
        f"{count}d{sides}t{number}f1", count @ icepool.d(sides).map(worth), count @ mapped(H(sides), worth.__getitem__)
    )


def rerolled(count: int, sides: int, number: int) -> Said:
    least = max(2, min(number, sides))
    die = icepool.d(sides).reroll(lambda face: face < least, depth="inf")
    return Said(f"{count}d{sides}r<{least}", count @ die, count @ H(range(least, sides + 1)))


def rerolled_once(count: int, sides: int, number: int) -> Said:
    number = min(number, sides - 1)  # where every face is rerolled, icepool divides by zero
    again = once_more(sides, lambda face, second: second if face <= number else face)
    die = icepool.d(sides).reroll(lambda face: face <= number, depth=1)
    return Said(f"{count}d{sides}ro<={number}", count @ die, count @ again)


def raised(count: int, sides: int, number: int) -> Said:
    at_least = mapped(H(sides), lambda face: max(face, number))
    return Said(
        f"{count}d{sides}mi{number}", count @ icepool.d(sides).map(lambda face: max(face, number)), count @ at_least
    )


def exploded_once(count: int, sides: int, _number: int) -> Said:
    again = once_more(sides, lambda face, second: face + second if face == sides else face)
    return Said(f"{count}d{sides}xo{sides}", count @ icepool.d(sides).explode(depth=1), count @ again)


POOLS = (plain, highest, lowest, middle, dropped, counted, cancelled, rerolled, rerolled_once, raised, exploded_once)

pool = st.builds(
    lambda make, count, sides, number: make(count, sides, number),
    st.sampled_from(POOLS),
    st.integers(1, 5),
    st.integers(2, 12),
    st.integers(1, 6),
)


def added(one: Said, other: Said) -> Said:
    return Said(f"{one.notation}+{other.notation}", one.icepool + other.icepool, one.dyce + other.dyce)


def less(one: Said, other: Said) -> Said:
    return Said(f"{one.notation}-({other.notation})", one.icepool - other.icepool, one.dyce - other.dyce)


def multiplied(one: Said, other: Said) -> Said:
    return Said(f"({one.notation})*({other.notation})", one.icepool * other.icepool, one.dyce * other.dyce)


def better(one: Said, other: Said) -> Said:
    best = chosen(P(one.dyce, other.dyce), -1)
    return Said(f"{{{one.notation},{other.notation}}}kh1", icepool.highest(one.icepool, other.icepool), best)


def worse(one: Said, other: Said) -> Said:
    return Said(
        f"min({one.notation},{other.notation})",
        icepool.lowest(one.icepool, other.icepool),
        chosen(P(one.dyce, other.dyce), 0),
    )


def shifted(one: Said, number: int) -> Said:
    return Said(f"{one.notation}+{number}", one.icepool + number, one.dyce + number)


expression = st.one_of(
    pool,
    st.builds(shifted, pool, st.integers(0, 30)),
    *[st.builds(join, pool, pool) for join in (added, less, multiplied, better, worse)],
    st.builds(added, st.builds(added, pool, pool), pool),
)


def ours(notation: str) -> Distribution:
    (odds,) = ENGINE.odds(notation, steps=10**9)
    assert not odds.cut
    return {value: Fraction(count, odds.denominator) for value, count in zip(odds.outcomes, odds.counts, strict=True)}


def theirs(found: Any) -> Distribution:
    items = [(value, count) for value, count in found.items() if count]
    return {value: Fraction(count, sum(count for _, count in items)) for value, count in items}


@settings(max_examples=EXAMPLES, derandomize=EXAMPLES == SUITE)
@given(expression)
def test_icepool_and_dyce_count_the_same(said: Said) -> None:
    found = ours(said.notation)
    assert found == theirs(said.icepool), f"{said.notation}: icepool"
    assert found == theirs(said.dyce), f"{said.notation}: dyce"


@settings(max_examples=max(20, EXAMPLES // 15))
@given(st.integers(1, 3), st.integers(2, 10))
def test_endless_explosions_agree_but_for_their_tails(count: int, sides: int) -> None:
    (odds,) = ENGINE.odds(f"{count}d{sides}!", steps=10**9)
    expected = theirs(count @ icepool.d(sides).explode(depth=12))
    for total in range(count, count * sides * 3):
        assert float(abs(odds.exactly(total) - expected.get(total, 0))) < count * sides**-11
