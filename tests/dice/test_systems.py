"""Every game shortcut against its exact distribution, counted from the game's own rules."""

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from modules.dice.notation.parser import parse
from modules.dice.notation.shortcuts import Shortcut, names, shortcuts
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from tests.dice.oracle import (
    Distribution,
    Odometer,
    added,
    brute,
    engine_distribution,
    exploding,
    times,
    uniform,
)

ROWS = [row for rows in shortcuts().values() for row in rows]
PERCENT = uniform(100)


def shifted(distribution: Distribution, by: int) -> Distribution:
    return {value + by: chance for value, chance in distribution.items()}


def negative(distribution: Distribution) -> Distribution:
    return {-value: chance for value, chance in distribution.items()}


def best(count: int, keep: int, sides: int = 6) -> Distribution:
    return brute([sides] * count, lambda faces: sum(sorted(faces, reverse=True)[:keep]))


def worst(count: int, keep: int, sides: int = 6) -> Distribution:
    return brute([sides] * count, lambda faces: sum(sorted(faces)[:keep]))


def scored(count: int, sides: int, score: Callable[[int], int]) -> Distribution:
    return times(count, brute([sides], lambda faces: score(faces[0])))


def again(sides: int, on: int, score: Callable[[int], int]) -> Distribution:
    """One die whose score counts, thrown again from `on` up; six times at most."""
    whole: Distribution = {0: Fraction(1)}
    for _ in range(7):
        found = defaultdict[int | Fraction, Fraction](Fraction)
        for face in range(1, sides + 1):
            for more, chance in (whole if face >= on else {0: Fraction(1)}).items():
                found[score(face) + more] += chance / sides
        whole = dict(found)
    return whole


def percentile(tens: Callable[[list[int]], int]) -> Distribution:
    """Units and two tens dice of ten faces each; double zero is a hundred."""
    found: Distribution = defaultdict(Fraction)
    for units, one, other in product(range(10), repeat=3):
        totals = [(10 * ten + units) or 100 for ten in (one, other)]
        found[tens(totals)] += Fraction(1, 1000)
    return dict(found)


def highest(one: Distribution, other: Distribution) -> Distribution:
    found: Distribution = defaultdict(Fraction)
    for (left, p), (right, q) in product(one.items(), other.items()):
        found[max(left, right)] += p * q
    return dict(found)


def six(sides: int) -> Distribution:
    return exploding(sides, lambda face: face == sides, depth=6)


def cyberpunk() -> Distribution:
    return brute([10, 10], lambda f: f[0] + f[1] if f[0] == 10 else f[0] - f[1] if f[0] == 1 else f[0])


TOTALS: dict[str, Distribution] = {
    "dndstats": best(4, 3),
    "deathsave": uniform(20),
    "elven+7": shifted(best(3, 1, 20), 7),
    "halfling+5": shifted(brute([20, 20], lambda faces: faces[1] if faces[0] == 1 else faces[0]), 5),
    "pfflat11": uniform(20),
    "pfhero+12 vs 25": shifted(uniform(20), 12),
    "pfstats": shifted(times(2, uniform(6)), 6),
    "dccstats": times(3, uniform(6)),
    "coc<=55": PERCENT,
    "coc+1<=55": percentile(min),
    "coc-1<=55": percentile(max),
    "dg40": PERCENT,
    "mosh<=45": shifted(PERCENT, -1),
    "moshadv": shifted(brute([100, 100], min), -1),
    "moshdis": shifted(brute([100, 100], max), -1),
    "sw8": highest(six(8), six(6)),
    "swextra8": six(8),
    "4wod8": scored(4, 10, lambda face: (face >= 8) - (face == 1)),
    "4cod8": times(4, again(10, 8, lambda face: int(face >= 8))),
    "chance": scored(1, 10, lambda face: int(face == 10)),
    "4vtm2": scored(6, 10, lambda face: int(face >= 6)),
    "sr6": scored(6, 6, lambda face: int(face >= 5)),
    "sredge6": times(6, again(6, 6, lambda face: int(face >= 5))),
    "fate+3": shifted(scored(4, 3, lambda face: face - 2), 3),
    "pbta+1": shifted(times(2, uniform(6)), 1),
    "pbtaadv+1": shifted(best(3, 2), 1),
    "pbtadis+1": shifted(worst(3, 2), 1),
    "fitd2": best(2, 1),
    "fitd0": worst(2, 1),
    "6yz": scored(6, 6, lambda face: int(face == 6)),
    "4alien2": scored(6, 6, lambda face: int(face == 6)),
    "cpr+12": shifted(cyberpunk(), 12),
    "cypher vs 12": uniform(20),
    "cosmere+5": shifted(added(uniform(20), {0: Fraction(4, 6), 2: Fraction(1, 6), 4: Fraction(1, 6)}), 5),
    "dh+2": shifted(times(2, uniform(12)), 2),
    "10wh4": scored(10, 6, lambda face: int(face >= 4)),
    "wfrp45": PERCENT,
    "wng5": scored(5, 6, lambda face: (face >= 4) + (face == 6)),
    "trav+1 vs 8": shifted(times(2, uniform(6)), 1),
    "travboon vs 8": best(3, 2),
    "travbane vs 8": worst(3, 2),
    "ex5": scored(5, 10, lambda face: (face >= 7) + (face == 10)),
    "5sp": times(5, again(10, 10, lambda face: int(face >= 8))),
    "conan12": scored(2, 20, lambda face: (face <= 12) + (face == 1)),
    "sta11": scored(2, 20, lambda face: (face <= 11) + (face == 1)),
    "ore6": times(6, uniform(10)),
    "4risus": times(4, uniform(6)),
    "gurps12": times(3, uniform(6)),
    "opend4": added(times(3, uniform(6)), six(6)),
    "feng+13": shifted(added(six(6), negative(six(6))), 13),
    "age+3": shifted(times(3, uniform(6)), 3),
    "lancer+2": added(uniform(20), best(2, 1)),
    "lancer-1": added(uniform(20), negative(uniform(6))),
    "kob20": six(20),
    "tor3": added(scored(1, 12, lambda face: face if face < 11 else 0), times(3, uniform(6))),
}
"""Example → what its total may be, by the game's rules."""
SYMBOLS: dict[str, list[str]] = {
    "2boost": ["", "", "s", "sa", "aa", "a"],
    "1setback": ["", "", "f", "f", "t", "t"],
    "2ability+1difficulty": ["", "s", "s", "ss", "a", "a", "sa", "aa"],
    "2difficulty": ["", "f", "ff", "t", "t", "t", "tt", "ft"],
    "2proficiency+1challenge": ["", "s", "s", "ss", "ss", "a", "sa", "sa", "sa", "aa", "aa", "Ts"],
    "1challenge": ["", "f", "f", "ff", "ff", "t", "t", "ft", "ft", "tt", "tt", "Df"],
    "2force": ["d", "d", "d", "d", "d", "d", "dd", "l", "l", "ll", "ll", "ll"],
    "4combat": ["x", "xx", "", "", "xe", "xe"],
}
"""Example → the faces of one such die as the rule book prints them."""
LETTERS = {
    "s": "success",
    "f": "failure",
    "a": "advantage",
    "t": "threat",
    "T": "triumph",
    "D": "despair",
    "d": "dark",
    "l": "light",
    "x": "damage",
    "e": "effect",
}
BIG = {"5lfr3"}
"""Too many branches to walk: told by example below."""
INFINITE = {"sw8", "swextra8", "4cod8", "sredge6", "5sp", "opend4", "feng+13", "kob20"}
POOLED = {"sredge6": 6, "4cod8": 4, "5sp": 5}
"""Pools of independent dice: walked for one die."""


@pytest.mark.parametrize("row", ROWS, ids=[row.pattern for row in ROWS])
def test_an_example_rolls_and_explains_itself(row: Shortcut) -> None:
    rolls = DiceEngine().roll(row.example)
    assert len(rolls) == row.repeat
    assert all(roll.shortcuts for roll in rolls)
    assert row.meaning
    assert parse(rolls[0].expression).rolls[0].expression == rolls[0].node
    assert row.example in TOTALS | SYMBOLS or row.example in BIG


@pytest.mark.parametrize("example", sorted(set(TOTALS) - INFINITE - {"10wh4", "ore6", "ex5", "4vtm2", "4alien2"}))
def test_totals_are_exact(example: str) -> None:
    expanded = str(parse(example).rolls[0])
    assert engine_distribution(expanded) == TOTALS[example]


@pytest.mark.parametrize(
    ("example", "one", "count"),
    [("10wh4", "1wh4", 10), ("ore6", "ore1", 6), ("ex5", "ex1", 5), ("4vtm2", "1vtm0", 6), ("4alien2", "1alien0", 6)],
)
def test_totals_of_large_pools_are_exact(example: str, one: str, count: int) -> None:
    assert times(count, engine_distribution(one)) == TOTALS[example]


@pytest.mark.parametrize("example", sorted(INFINITE))
def test_totals_that_may_go_on_are_close(example: str) -> None:
    one = example.replace(str(POOLED.get(example, "")), "1", 1) if example in POOLED else example
    found = times(POOLED.get(example, 1), engine_distribution(one, least=1e-5))
    assert set(found) <= set(TOTALS[example])
    for value, chance in TOTALS[example].items():
        assert float(found.get(value, Fraction())) == pytest.approx(float(chance), abs=4e-3)


def tallies(example: str) -> dict[frozenset[tuple[str, int]], Fraction]:
    odometer, found = Odometer(), defaultdict[frozenset[tuple[str, int]], Fraction](Fraction)
    engine = DiceEngine(source=odometer)
    while True:
        (roll,) = engine.roll(example)
        assert not roll.has_total
        found[frozenset(roll.tally.items())] += odometer.weight
        if not odometer.turn():
            return dict(found)


@pytest.mark.parametrize("example", sorted(SYMBOLS))
def test_symbols_are_tallied_and_cancel_in_pairs(example: str) -> None:
    dice = []
    for part in example.split("+"):
        printed = next(faces for key, faces in SYMBOLS.items() if part[1:] in key.partition("+")[0])
        dice += [printed] * int(part[0])
    expected = defaultdict[frozenset[tuple[str, int]], Fraction](Fraction)
    for shown in product(*dice):
        tally = Counter(LETTERS[letter] for letter in "".join(shown))
        for one, other in (("success", "failure"), ("advantage", "threat")):
            undone = min(tally[one], tally[other])
            tally[one] -= undone
            tally[other] -= undone
        expected[frozenset((+tally).items())] += 1
    whole = sum(expected.values())
    assert tallies(example) == {tally: chance / whole for tally, chance in expected.items()}


def test_roll_and_keep_explodes_before_it_keeps() -> None:
    (roll,) = DiceEngine(source=ScriptedSource([10, 1, 9, 2, 3, 10, 4])).roll("5lfr3")
    assert (roll.total, roll.expression) == (10 + 10 + 9, "5d10!kh3")


def test_there_are_forty_rows_over_twentyfive_systems() -> None:
    assert len(ROWS) >= 40
    assert len({row.system for row in ROWS}) >= 25
    assert len(names()) == len(shortcuts())


def test_numbers_may_be_left_out_where_the_row_has_one() -> None:
    assert str(parse("4wod")) == "4d10>=6f1"
    assert str(parse("boost+sta9")) == "1d[-*2,success,success+advantage,advantage+advantage,advantage]+2d20<=9ds1"
    assert str(parse("3#sw8 # bang")) == "3#{1d8!,1d6!}kh1 # bang"
