"""Odds against counting: the notation page's values, every operator, and every sequence of faces."""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import comb

import pytest

from modules.dice.errors import DiceError, LimitError
from modules.dice.notation.operators import Operator
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts
from modules.dice.odds.fair import fair_highest, fair_sum
from modules.dice.odds.odds import Odds
from modules.dice.odds.packed import LONG_BITS, multiplied, powered
from modules.dice.odds.ranked import Fold, mask_of
from modules.dice.odds.spread import Configuration, Group
from modules.dice_roll import DiceEngine
from tests.dice.oracle import Distribution, Number, chi_square, engine_distribution
from tests.dice.test_operators import ENDLESS, FINITE
from tests.dice.test_reference import ROWS

ROLLS = 20_000
ENGINE = DiceEngine()


def odds(notation: str, place: int = 0) -> Odds:
    return ENGINE.odds(notation)[place]


def distribution(found: Odds) -> Distribution:
    return {
        value: Fraction(count, found.denominator) for value, count in zip(found.outcomes, found.counts, strict=True)
    }


@pytest.mark.parametrize(("notation", "centre", "deviation", "target", "chance"), ROWS)
def test_reference_values(notation: str, centre: float, deviation: float, target: int | None, chance: float) -> None:
    found = odds(notation)
    assert float(found.mean) == pytest.approx(centre, abs=1e-6)
    assert found.standard_deviation == pytest.approx(deviation, abs=1e-6)
    if target is not None:
        assert float(found.at_least(target)) == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize(("notation", "expected"), FINITE, ids=[notation for notation, _ in FINITE])
def test_every_operator_is_exact(notation: str, expected: Distribution) -> None:
    found = odds(notation)
    assert distribution(found) == expected
    assert found.cut == 0
    assert found.method == "exact"


@pytest.mark.parametrize(("notation", "expected"), ENDLESS, ids=[notation for notation, _ in ENDLESS])
def test_explosions_are_exact_but_for_their_tail(notation: str, expected: Distribution) -> None:
    found = odds(notation)
    exact = distribution(found)
    assert 0 < found.cut < Fraction(1, 10**12)
    assert sum(exact.values()) + found.cut == 1
    assert found.method != "exact"
    # The oracle follows its chains less far.
    assert all(abs(exact[value] - chance) < 1e-9 for value, chance in expected.items() if value <= 20)


COMBINED = [
    "3d4r1kh2",
    "3d4ro<=2dl1",
    "3d4mi2kl2",
    "2d3ra1kh2",
    "2d4xo4kh2",
    "3d3ikl2",
    "3d4p=1kh2",
    "3d3dh1mi2t3",
    "3d4kh2ro1",
    "3d3kh2xo3t2f1",
    "3d3kh2ra1",
    "a2d3kh2ra1",
    "3d3uog>=2",
    "2d6!>=8",
    "4d4kh1kl1",
    "4d4dl1dh1",
    "4d4kh3dl1",
    "4d4km2t3",
    "3d4kh2k>=2",
    "3d4k=1k=4",
    "3d4k=1kh1",
    "3d4kh1r1",
    "3d3sg>=2kh1",
    "3d4skh2",
    "3d4sdmi2g",
    "2d4xo4ro1",
    "3d4k>=5",
    "3d4p>=1+1",
    "3d4ro1k>=3mi4",
    "3d3g>=2",
    "2d3xo3g>=2",
    "2d3xo3g",
    "3d4uokh2",
    "3d4ukh1",
    "3d4mi2uo",
    "2d3uot2pr>=2",
    "3d[1,2,2]uo",
    "2d[1,2,2]kh1",
    "3d4t2ds4f1",
    "4d4t3pr4",
    "4d4t3pr>=3f1",
    "3d4t2pr4pr3",
    "2d4xo4t3pr4",
    "3d4t2pr4kh2",
    "4d4t3ds4c",
    "3d4t1c",
    "4d6t3ds>=5f2c",
    "3d4p<5t2c",
    "3d4t2f1ckh2",
    "2d4ra1t3c",
    "ad3d4kh2",
    "a2d4xo4",
    "d1d6t3",
    "0d6",
    "0d6kh1",
    "3d4kh0",
    "3d4dl3",
    "2dFkl1",
    "3dF.1kh2",
    "2d[5,-5*2]kh1",
    "2d[0,1000]kh1+1d2",
    "2d[0,100000]*2",
    "(1d3-1)d4kh2",
    "1d(1d3+1)xo2",
    "(1d2)d(1d3)",
    "d66",
    "d333+1",
    "{1d4,1d6,1d8}kh2",
    "{1d4,1d4,1d6}kl2",
    "{1d4,1d4,1d6}dl1",
    "{1d4/2,1d6}kh2",
    "{1d4,1d6}mi3",
    "{2d3,1d4,1d4}t4f2",
    "{2d3,1d4}s",
    "{1d4,1d6}",
    "{2d4+1d6}kh2",
    "{2d4ro1+1d6}kh2",
    "{2d4kh1+1d6}kh1",
    "{2d4-1d6}kl1",
    "{2d4+3}t6",
    "{2d4+3}kh1",
    "{1d4+(1d2)d3}kh1",
    "{a1d4+1d6}dl1",
    "2d4*1d3",
    "2d4-1d3",
    "-2d4+1",
    "1d6//2+1d6%3",
    "(1d4+1d4)/2",
    "1d4/3+1d4/2",
    "2^1d4",
    "(1d3)^(1d2)",
    "max(1d4,1d6)+min(1d4,2)",
    "floor(1d6/2)+ceil(1d6/4)+abs(1d4-3)",
    "min(3)",
    "2d4[fire]+1d4[cold]",
    "1d20+2d4 vs 12",
    "(1d4 > 2)+1d4",
    "2d[hit,miss]",
    "2d[hit,3]",
    "d1000",
]


@pytest.mark.parametrize("notation", COMBINED)
def test_operators_together_agree_with_every_sequence_of_faces(notation: str) -> None:
    if "r1" in notation and "ro1" not in notation:
        expected = engine_distribution(notation, least=1e-6)
        found = distribution(odds(notation))
        missing = 1 - float(sum(expected.values()))
        assert sum(abs(float(found[v] - expected.get(v, 0))) for v in found) <= missing * 1.001
        assert odds(notation).cut == 0
    elif notation in {"3d4ukh1"}:
        assert distribution(odds(notation)) == {3: Fraction(1, 4), 4: Fraction(3, 4)}
    else:
        assert distribution(odds(notation)) == engine_distribution(notation)


MESSAGES = [
    ("1d4; &+1d2; &*&", 3),
    ("1d4+1; (&)/2; min(&,3)+&", 3),
    ("1d4; (&)d2", 2),
    ("1d20, p1d6", 1),
    ("p1d6; 1d2; 1d20 vs 12", 3),
    ("ap2d6; 1dP", 2),
    ("1d20; (1d2)dP", 1),
    ("1dP; {1d20+1}t3", 2),
    ("(1d2)dP; {1d20+1}kh1", 2),
    ("(1d2-1)dP; {1d20+1}kh1", 2),
    ("p1d6; {1d20kh1+1d2}kl1", 2),
]


@pytest.mark.parametrize(("notation", "count"), MESSAGES)
def test_rolls_of_a_message_depend_on_each_other_as_they_should(notation: str, count: int) -> None:
    for place in range(count):
        assert distribution(odds(notation, place)) == engine_distribution(notation, pick=place)


@pytest.mark.parametrize("count", range(1, 6))
@pytest.mark.parametrize("sides", range(1, 6))
def test_fair_dice_agree_with_every_roll(count: int, sides: int) -> None:
    rolls = list(product(range(1, sides + 1), repeat=count))
    assert dict(fair_sum(count, sides).items()) == Counter(map(sum, rolls))
    for kept in range(1, count + 1):
        expected = Counter(sum(sorted(faces)[count - kept :]) for faces in rolls)
        assert dict(fair_highest(count, sides, kept).items()) == expected


@pytest.mark.parametrize(("count", "sides", "kept"), [(4, 6, 3), (12, 10, 5), (20, 6, 19), (9, 20, 2), (15, 4, 1)])
def test_two_ways_of_counting_kept_dice_agree(count: int, sides: int, kept: int) -> None:
    one = Counts(range(1, sides + 1), [1] * sides, sides)
    fold = Fold(Configuration(1, [Group(one, count)], sides**count), OddsBudget())
    mask = mask_of([(Operator("kh", "", kept),)], count)
    _, folded = fold.kept(mask, Counts.point)
    conditioned = fair_highest(count, sides, kept)
    assert dict(folded.items()) == dict(conditioned.items())
    assert sum(conditioned.counts) == sides**count


LENGTHS = (1, LONG_BITS - 1, LONG_BITS + 1, 3 * LONG_BITS + 7, 10 * LONG_BITS)


@pytest.mark.parametrize("one", LENGTHS)
@pytest.mark.parametrize("other", LENGTHS)
def test_long_numbers_are_multiplied_in_steps(one: int, other: int) -> None:
    left, right = (1 << one) // 7 + 1, (1 << other) // 3
    assert multiplied(left, right) == left * right
    assert multiplied(right, left) == left * right


@pytest.mark.parametrize("number", [1, 2, 3, 12, 37])
def test_powers_are_products(number: int) -> None:
    base = (1 << LONG_BITS // 4) // 11
    assert powered(base, number) == base**number


def test_successes_are_binomial() -> None:
    found = odds("10d10>=8")
    assert distribution(found) == {
        hits: Fraction(comb(10, hits) * 3**hits * 7 ** (10 - hits), 10**10) for hits in range(11)
    }


def test_penetrating_dice_may_be_kept() -> None:
    found, expected = odds("2d4!pkh2"), engine_distribution("2d4!pkh2", least=4.0**-9)
    missing = 1 - float(sum(expected.values()))
    assert sum(abs(float(distribution(found)[v] - chance)) for v, chance in expected.items()) <= missing
    assert 0 < found.cut < 1e-12


CHECKS = [("1d20+5 vs 15", Fraction(11, 20)), ("1d100<=50", Fraction(1, 2)), ("1d4 vs 1d4", Fraction(5, 8))]


@pytest.mark.parametrize(("notation", "chance"), CHECKS)
def test_a_check_has_its_chance(notation: str, chance: Fraction) -> None:
    assert odds(notation).success == chance


def test_a_check_knows_the_bonus_of_plot_dice() -> None:
    assert odds("1d20 vs 15, p1d6").success == Fraction(35, 100)
    assert odds("1d20; & + & >= 30", 1).success == Fraction(6, 20)
    assert odds("1d20").success is None


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("notation", [n for n in COMBINED if "/" not in n and "hit" not in n] + ["4d6!kh3", "5d6!!kl2"])
def test_many_rolls_fit_the_odds(notation: str) -> None:
    engine = DiceEngine()
    counts = Counter[Number](engine.roll(notation)[0].total for _ in range(2_000))
    found, limit = chi_square(counts, distribution(odds(notation)))
    assert found < limit


def test_repeats_have_the_same_odds() -> None:
    found = ENGINE.odds("3#1d6; 1d4")
    assert [each.expression for each in found] == ["1d6", "1d4"] * 3


REFUSED = [
    ("3000d6!>=2kh5", "odds"),
    ("500d20kh250", "odds_dice"),
    ("20d100uo", "odds"),
    ("9d6t4pr6pr5", "odds_dice"),
    ("1d1000000+1d1000000", "odds_outcomes"),
    ("1d6/(1d2-1)", "division_by_zero"),
    ("(1d4-3)d6", "pool_count"),
    ("1d(1d4-1)", "die_sides_rolled"),
    ("10d10!mi2u", "odds_operators"),
    ("2d6r<7", "endless"),
    ("{5d4kh1+9d6kh1}kh1", "odds_work"),
    ("{1d4,1d6,1d8}kh2k>=3kl1", "odds_operators"),
    ("{(1d2)d4kh1+1d6}kh1", "odds_operators"),
    ("p1d6; {1d20kh1+1d2}t3", "odds_operators"),
    ("1d4; (&)dP", "odds_operators"),
    ("2d1000!>=2kh1", "odds_work"),
    ("(1d2*9999)d6", "dice_limit"),
    ("1d(1d2*1000000)", "die_sides"),
    ("nonsense 4d6hk3", "unknown"),
    ("(1d6!)d6", "odds_operators"),
    ("10^(1d4*20)", "power_limit"),
]


@pytest.mark.parametrize(("notation", "code"), REFUSED)
def test_what_is_too_much_is_refused_before_the_work(notation: str, code: str) -> None:
    with pytest.raises(DiceError) as refusal:
        odds(notation)
    assert refusal.value.code.startswith(code)


def test_a_refusal_says_how_many_dice_would_do() -> None:
    with pytest.raises(LimitError) as refusal:
        odds("900d10kh450")
    limit = int(str(refusal.value.parameters["limit"]))
    assert odds(f"{limit}d10kh{limit // 2}").cut == 0
    assert limit > 40
