"""What odds answer: shares, quantiles, comparisons, conditions, symbols."""

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError, LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.notation.parser import parse
from modules.dice.notation.syntax import Value
from modules.dice.odds.odds import condition, digits
from modules.dice.odds.sums import STRETCH, power_sums, running_sums
from modules.dice.rolling.compiled_message import compile_message
from modules.dice.rolling.pool_state import RELATIONS
from modules.dice_roll import DiceEngine, ScriptedSource
from tests.dice.oracle import Odometer
from tests.dice.strategies import CHECKED

ENGINE = DiceEngine()
TERM = st.sampled_from(
    ["1d6", "2d6r<7", "3d4!>=1", "{1d6,2}r1", "{2d6r<7}kh1", "7d6u", "2d6f1", "2d[a,b]kh1", "p2d8", "abs(1,2)", "&"]
)
MISUSED = st.lists(st.lists(TERM, min_size=1, max_size=3).map("+".join), min_size=1, max_size=2).map("; ".join)
"""Dice of which some cannot do what is asked of them."""


def test_shares_of_rolls() -> None:
    (odds,) = ENGINE.odds("2d6")
    assert tuple(odds.outcomes) == tuple(range(2, 13))
    assert odds.counts == (1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1)
    assert odds.denominator == 36
    assert [odds.mean, odds.variance, odds.mode] == [7, Fraction(35, 6), 7]
    shares = [odds.at_least(10), odds.at_most(3), odds.exactly(7), odds.exactly(1)]
    assert shares == [Fraction(1, 6), Fraction(1, 12), Fraction(1, 6), 0]
    assert odds.below(7) == odds.at_most(6) == odds.at_most(Fraction(13, 2))
    assert [odds.quantile(Fraction(quarter, 4)) for quarter in range(5)] == [2, 5, 7, 9, 12]
    assert odds.quantile(2) == 12


def test_shares_of_many_totals() -> None:
    (odds,) = ENGINE.odds("1d5000")
    shares = [odds.at_least(2_501), odds.below(2), odds.at_most(4_999), odds.exactly(7)]
    assert shares == [Fraction(1, 2), Fraction(1, 5_000), Fraction(4_999, 5_000), Fraction(1, 5_000)]
    assert odds.cut == 0


def test_two_rolls_compared() -> None:
    (one,), (other,) = ENGINE.odds("1d6"), ENGINE.odds("1d8")
    assert one.versus(other) == (Fraction(15, 48), Fraction(6, 48), Fraction(27, 48))
    assert other.versus(one) == (Fraction(27, 48), Fraction(6, 48), Fraction(15, 48))
    (far,) = ENGINE.odds("1d2+10")
    assert list(far.versus(one)) == [1, 0, 0]


def test_what_is_known_of_a_total_changes_its_odds() -> None:
    (odds,) = ENGINE.odds("2d6")
    known = odds.given(">=", 10)
    assert tuple(known.outcomes) == (10, 11, 12)
    assert known.exactly(12) == Fraction(1, 6)
    assert known.expression == "2d6 given >=10"
    with pytest.raises(NotationError) as refusal:
        odds.given(">", 12)
    assert refusal.value.code == "odds_never"


def test_a_condition_may_leave_a_gap() -> None:
    known = ENGINE.odds("2d6")[0].given("!=", 7)
    assert tuple(known.outcomes) == (2, 3, 4, 5, 6, 8, 9, 10, 11, 12)
    assert known.denominator == sum(known.counts) == 30


@pytest.mark.parametrize("notation", ["3d6", "2d6*3", "3d6/2", "1d6!"])
@pytest.mark.parametrize("relation", [*RELATIONS])
def test_the_chance_of_what_a_total_compares_with(notation: str, relation: str) -> None:
    (odds,) = ENGINE.odds(notation)
    for number in (0, 3, Fraction(9, 2), 6, 7, 18, 100):
        totals = zip(odds.outcomes, odds.counts, strict=True)
        met = sum(count for total, count in totals if RELATIONS[relation](total, number))
        assert odds.chance(relation, number) == Fraction(met, odds.denominator)


@pytest.mark.parametrize("length", [1, 2, 7, 2 * STRETCH, 4 * STRETCH + 5])
def test_sums_over_totals_whose_halves_mirror_each_other(length: int) -> None:
    outcomes = range(-5, length - 5)
    counts = tuple([1 + min(place, length - 1 - place) for place in range(length)])
    values = list(zip(outcomes, counts, strict=True))
    sums = sum(value * count for value, count in values), sum(value**2 * count for value, count in values)
    assert power_sums(outcomes, counts) == (*sums, 1)


def test_the_most_likely_totals() -> None:
    totals = [tuple(odds.modes) for odds in ENGINE.odds("2d6; 3d6; 1d4; d[1,1,2,3,3]; 1d6+1d8; 1d2*2")]
    assert totals == [(7,), (10, 11), (1, 2, 3, 4), (1, 3), (7, 8, 9), (2, 4)]


@pytest.mark.parametrize("outcomes", [range(3 * STRETCH), [Fraction(value, 6) for value in range(-STRETCH, STRETCH)]])
def test_sums_over_many_totals(outcomes: Sequence[Value]) -> None:
    counts = [(7 * place) % 1_000 + 1 for place in range(len(outcomes))]
    assert running_sums(counts) == [0, *accumulate(counts)]
    first, second, scale = power_sums(outcomes, counts)
    values = [(value * scale, count) for value, count in zip(outcomes, counts, strict=True)]
    assert first == sum(int(value) * count for value, count in values)
    assert second == sum(int(value) ** 2 * count for value, count in values)


def test_whole_totals_without_a_gap_are_a_range() -> None:
    assert [odds.outcomes for odds in ENGINE.odds("abs(1d6-2); 2-1d3; 0.5+1d3+0.5")] == [
        range(5), range(-1, 2), range(2, 5),
    ]  # fmt: skip
    assert [tuple(odds.outcomes) for odds in ENGINE.odds("1d3*2; 1d3/2")] == [
        (2, 4, 6),
        (Fraction(1, 2), 1, Fraction(3, 2)),
    ]


def test_the_best_the_worst_and_the_sum_of_repeats() -> None:
    (odds,) = ENGINE.odds("1d4")
    best = Counter(max(faces) for faces in product(range(1, 5), repeat=3))
    worst = Counter(min(faces) for faces in product(range(1, 5), repeat=3))
    assert dict(zip(odds.best(3).outcomes, odds.best(3).counts, strict=True)) == best
    assert dict(zip(odds.worst(3).outcomes, odds.worst(3).counts, strict=True)) == worst
    assert odds.total(6).counts == ENGINE.odds("6d4")[0].counts
    assert ENGINE.odds("4d6kh3")[0].best(6).denominator == 6**24


def test_symbols_are_counted_together() -> None:
    (odds,) = ENGINE.odds("2d[hit,hit+crit,-]+p1d6")
    assert odds.tally_chance(lambda shown: shown.get("hit", 0) == 2) == Fraction(4, 9)
    assert odds.tally_chance(lambda shown: "crit" in shown and "complication" in shown) == Fraction(5, 27)
    assert odds.symbol("crit").mean == Fraction(2, 3)
    assert odds.symbol("opportunity").exactly(1) == Fraction(1, 3)


def test_symbols_that_cancel_are_netted() -> None:
    (odds,) = ENGINE.odds("2proficiency+2difficulty")
    rolled = [len(ENGINE.odds("1proficiency")[0].tallies), odds.denominator]
    assert rolled[0] > 3
    assert sum(odds.tallies.values()) == 12**2 * 8**2
    assert all(not {"success", "failure"} <= set(dict(tally)) for tally in odds.tallies)


@pytest.mark.parametrize(
    "notation", ["1ability+1difficulty", "1boost+1setback", "1dP", "1d[a,b]+1d[a+b,-]", "(1d2)d[a,b]"]
)
def test_tallies_agree_with_every_roll(notation: str) -> None:
    odometer, found = Odometer(), Counter[tuple[tuple[str, int], ...]]()
    engine = DiceEngine(source=odometer)
    while True:
        (roll,) = engine.roll(notation)
        found[tuple(sorted(roll.tally.items()))] += 1
        if not odometer.turn():
            break
    (odds,) = ENGINE.odds(notation)
    assert not odds.tallies if notation.startswith("(") else odds.tallies == dict(found)


def test_a_dictionary_for_json() -> None:
    (odds,) = ENGINE.odds("1d4 vs 3")
    told = json.loads(json.dumps(odds.as_dict()))
    assert told["outcomes"] == ["1", "2", "3", "4"]
    assert (told["success"], told["mean"], told["cut"], told["method"]) == ("1/2", "5/2", 0.0, "exact")


def test_saved_rolls_have_odds() -> None:
    (odds,) = ENGINE.odds("$fire+1", saved={"fire": "8d6"}.get)
    assert odds.mean == 29


@settings(deadline=None)
@given(CHECKED)
def test_probabilities_add_up_or_there_is_a_reason(notation: str) -> None:
    try:
        found = ENGINE.odds(notation)
    except DiceError:
        return
    for odds in found:
        assert Fraction(sum(odds.counts), odds.denominator) + odds.cut == 1
        assert 0 <= odds.cut < Fraction(1, 10**12)
        assert all(count > 0 for count in odds.counts)
        assert list(odds.outcomes) == sorted(set(odds.outcomes))
        assert odds.success is None or 0 <= odds.success <= 1


@settings(deadline=None)
@given(CHECKED)
def test_a_roll_is_one_of_the_outcomes(notation: str) -> None:
    try:
        rolls, found = ENGINE.roll(notation), ENGINE.odds(notation)
    except DiceError:
        return
    for roll, odds in zip(rolls, found, strict=True):
        assert odds.exactly(roll.total) or odds.cut


@pytest.mark.parametrize(
    "notation",
    [
        "2d6r<7",
        "1d6; 2d6r<7",
        "{1d6,2d6}r1",
        "{1d6,1d7/(1d2-1)}kh1+{2d6}!<7",
        "floor(1,2)",
        "2d6+&; 1d6",
        "2d6; &; 2d6f1",
        "9999d6; 9999d6",
        "50#999d6",
        "100d20kh50*100d20kh50+3d6!<7",
        "3d6!!!<9u-800d20",
        "p2d8",
        "2d[a,b]kh1",
        "7d6u",
    ],
)
def test_what_a_roll_is_refused_for_odds_are_refused_for(notation: str) -> None:
    with pytest.raises(DiceError) as odds:
        ENGINE.odds(notation)
    with pytest.raises(DiceError) as roll:
        ENGINE.roll(notation)
    assert (odds.value.code, odds.value.span) == (roll.value.code, roll.value.span)


@settings(max_examples=100)
@given(MISUSED)
def test_no_odds_of_what_is_refused_before_it_is_thrown(notation: str) -> None:
    try:
        compile_message(parse(notation), ScriptedSource(()), Limits())
    except DiceError as refusal:
        with pytest.raises(DiceError) as odds:
            ENGINE.odds(notation)
        assert (odds.value.code, odds.value.span) == (refusal.code, refusal.span)


def test_numbers_of_any_length_are_written_in_full() -> None:
    assert [digits(value) for value in (0, -12, 10**5_000, Fraction(-1, 3**9_000), Fraction(4, 2))] == [
        "0", "-12", f"1{'0' * 5_000}", f"-1/{Decimal(3**9_000)}", "2",
    ]  # fmt: skip
    (odds,) = ENGINE.odds("3000d100kh1")
    assert len(json.loads(json.dumps(odds.as_dict()))["denominator"]) == 6_001


def test_a_condition_is_a_relation_and_a_number() -> None:
    assert [condition(text) for text in (" >= 10", "!=-3", "<7 ")] == [(">=", 10), ("!=", -3), ("<", 7)]
    with pytest.raises(NotationError) as refusal:
        condition("about 7")
    assert refusal.value.code == "odds_condition"


def test_a_single_die_says_its_own_odds() -> None:
    assert [ENGINE.odds(notation)[0].is_flat for notation in ("1d20+5", "7", "2d6", "1d2*1d2")] == [
        True,
        True,
        False,
        False,
    ]


def test_plot_dice_whose_number_is_shared_are_refused() -> None:
    with pytest.raises(LimitError) as refusal:
        ENGINE.odds("1d4; (&)dP")
    assert refusal.value.code == "odds_operators"


def test_ones_cancel_successes_of_dice_that_all_differ() -> None:
    # Of the four sets of three values, three have a 1 and two successes; the last has three.
    (odds,) = ENGINE.odds("3d4ut2c")
    assert (odds.exactly(1), odds.exactly(3)) == (Fraction(3, 4), Fraction(1, 4))


def test_a_shared_total_may_be_a_number() -> None:
    odds = ENGINE.odds("7; &+&; &+&+1d2 vs 16")
    assert [each.outcomes for each in odds] == [range(7, 8), range(14, 15), range(15, 17)]
    assert odds[2].success == Fraction(1, 2)
