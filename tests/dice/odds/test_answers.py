"""What odds answer: shares, quantiles, comparisons, conditions, symbols."""

import json
from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings

from modules.dice.errors import DiceError, NotationError
from modules.dice_roll import DiceEngine
from tests.dice.oracle import Odometer
from tests.dice.strategies import CHECKED

ENGINE = DiceEngine()


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
    assert known.expression == "2d6 | >=10"
    with pytest.raises(NotationError) as refusal:
        odds.given(">", 12)
    assert refusal.value.code == "odds_never"


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
