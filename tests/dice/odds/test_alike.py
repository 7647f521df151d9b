"""The short way to the total of dice that are all alike, against the general one and every sequence of faces."""

from hypothesis import given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError
from modules.dice.notation.parser import parse
from modules.dice.notation.syntax import Pool
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.dice_total import alike_total, dice_total
from modules.dice.odds.pools import groups_of
from modules.dice.odds.spread import NotSpreadError
from modules.dice.rolling.die_types import kind_of
from modules.dice.rolling.validation import check_pool
from modules.dice_roll import DiceEngine
from tests.dice.oracle import engine_distribution

STEPS = 10**7
ENDING = [
    "kh2", "kl1", "dl1", "dh2", "k>=3", "k=2k=4", "p1", "p>=4", "ro1", "ro>=4", "mi2", "ma3", "xo4", "i1", "s", "sd",
    "cs4",
]  # fmt: skip
ENDLESS = ["r1", "r<3", "!", "!>=4", "!!", "!p", "!!p"]
COUNTING = ["", "", "t3", "t3f1", "tl2f4", "t3ds4", "t3t4f<=2", "t2b1"]


def pools(counts: st.SearchStrategy[int], sides: list[str], operators: list[str]) -> st.SearchStrategy[str]:
    """A pool with up to two operators and perhaps a count of successes."""
    return st.builds(
        lambda count, size, chosen, counting: f"{count}d{size}{' '.join(['', *chosen, counting])}".strip(),
        counts,
        st.sampled_from(sides),
        st.lists(st.sampled_from(operators), max_size=2),
        st.sampled_from(COUNTING),
    )


@settings(max_examples=200, deadline=None)
@given(pools(st.integers(1, 5), ["4", "6", "10", "F", "[1,1,5]", "[-2,0,0,3]"], ENDING + ENDLESS))
def test_the_short_way_and_the_general_one_agree(notation: str) -> None:
    try:
        pool = parse(notation).rolls[0].expression
        if not isinstance(pool, Pool) or not isinstance(pool.count, int):
            return
        kind, count, budget = kind_of(pool.sides), pool.count, OddsBudget(STEPS)  # type: ignore[arg-type]
        check_pool(pool, kind, count)
        general = dice_total(kind, groups_of(pool, kind, count, budget), pool.operators, budget)
    except (DiceError, NotSpreadError):
        return
    short = alike_total(kind, count, pool.operators, OddsBudget(STEPS), pool.span)
    if short is not None:
        assert list(short.outcomes) == list(general.outcomes)
        one, other = short.denominator, general.denominator
        assert [count * other for count in short.counts] == [count * one for count in general.counts]


@settings(max_examples=100, deadline=None)
@given(pools(st.integers(1, 3), ["3", "4", "[1,1,3]"], ENDING))
def test_pools_agree_with_every_sequence_of_faces(notation: str) -> None:
    try:
        (odds,) = DiceEngine().odds(notation)
    except DiceError:
        return
    whole = odds.denominator
    found = dict(zip(odds.outcomes, odds.counts, strict=True))
    assert found == {value: share * whole for value, share in engine_distribution(notation).items()}
