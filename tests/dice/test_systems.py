"""Every game shortcut against its exact distribution, counted from the game's own rules."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest

from modules.dice.notation.parser import parse
from modules.dice.notation.shortcuts import Example, Shortcut, find, names, read, rows, search, shortcuts
from modules.dice.rolling.source import ScriptedSource
from modules.dice.rolling.verdicts import RULES
from modules.dice_roll import DiceEngine, DiceError
from modules.rendering.dice import PLAIN
from modules.rendering.rolls import render_rolls
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

ROWS = rows()
EXAMPLES = [example for row in ROWS for example in row.examples]
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


def vampire(count: int) -> Distribution:
    return brute([10] * count, lambda faces: sum(face >= 6 for face in faces) + faces.count(10) // 2 * 2)


def rote() -> Distribution:
    """One die that is thrown again once if it fails; tens go on."""
    whole, found = again(10, 10, lambda face: int(face >= 8)), defaultdict[int | Fraction, Fraction](Fraction)
    kept = {8, 9, 10}
    for face in range(1, 11):
        # A 10 that falls at once goes on; a failure is thrown again, and then goes on likewise.
        outcomes = (
            whole if face not in kept else {1: Fraction(1)} if face < 10 else {1 + n: c for n, c in whole.items()}
        )
        for value, chance in outcomes.items():
            found[value] += chance / 10
    return dict(found)


def chart(sides: int) -> Distribution:
    """Godbound's damage chart."""
    return brute([sides], lambda faces: 0 if faces[0] < 2 else 1 if faces[0] < 6 else 2 if faces[0] < 10 else 4)


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
    "alien4": scored(4, 6, lambda face: int(face == 6)),
    "coc 50": PERCENT,
    "coc": PERCENT,
    "coc 50 bonus": percentile(min),
    "coc 50 penalty": percentile(max),
    "4codr": times(4, rote()),
    "cs 3": uniform(20),
    "dheartgm": uniform(20),
    "dh 4d10": times(4, uniform(10)),
    "dd34": added({10 * tens: Fraction(1, 3) for tens in (1, 2, 3)}, uniform(4)),
    "ex5t8": scored(5, 10, lambda face: (face >= 8) + (face == 10)),
    "gb": chart(20),
    "gb 3d8": times(3, chart(8)),
    "gb 3d6": times(3, chart(6)),
    "gb 3d10": times(3, chart(10)),
    "gb 3d12": times(3, chart(12)),
    "gbs": uniform(20),
    "gbs 2d10": times(2, uniform(10)),
    "2hsn": times(2, uniform(6)),
    "3hsk": times(3, uniform(6)),
    "2hsk1": added(times(2, uniform(6)), uniform(3)),
    "3hsh": shifted(negative(times(3, uniform(6))), 14),
    "ironsworn+2": shifted(uniform(6), 2),
    "2lf4l": scored(2, 6, lambda face: int(face <= 4)),
    "2lf4f": scored(2, 6, lambda face: int(face >= 4)),
    "mm": added(times(2, uniform(6)), brute([6], lambda faces: 6 if faces[0] == 1 else faces[0])),
    "dr12": uniform(20),
    "mosh45": shifted(PERCENT, -1),
    "mnm+5 vs 15": shifted(uniform(20), 5),
    "ess1d8": added(uniform(20), uniform(8)),
    "dhadv": added(times(2, uniform(12)), uniform(6)),
    "dhdis": added(times(2, uniform(12)), negative(uniform(6))),
    "a5e +5 ex1": shifted(added(uniform(20), uniform(4)), 5),
    "sil3": brute([6] * 3, lambda faces: max(faces) + max(0, faces.count(6) - 1)),
    "tdh4": shifted(times(2, uniform(6)), 4),
    "tdh4b": shifted(best(3, 2), 4),
    "tdh4n": shifted(worst(3, 2), 4),
    "ww3": best(3, 1),
    "ww4c2": brute([6] * 4, lambda faces: sorted(faces)[1]),
    "wng 4d6 exempt": scored(4, 6, lambda face: (face >= 4) + (face == 6)),
    "wng 4d6 soak": times(4, uniform(6)),
    "wng dn3 5d6": scored(5, 6, lambda face: (face >= 4) + (face == 6)),
    "wod 5": scored(5, 10, lambda face: (face >= 6) - (face == 1)),
    "bnw3": highest(highest(six(6), six(6)), six(6)),
    "ed15": added(six(12), six(6), six(6)),
    "ed4e15": added(six(12), six(6), six(6)),
    "ol5": added(six(20), six(6), six(6)),
    "legends3": added(scored(2, 6, lambda face: int(face >= 4)), again(6, 6, lambda face: (face >= 4) - (face == 1))),
    "d6s4": added(times(4, uniform(6)), six(6)),
    "sw8w10": highest(six(8), six(10)),
    "snm5": times(5, again(6, 6, lambda face: int(face >= 4))),
    "3wod8c": brute([10] * 3, lambda faces: max(0, sum(face >= 8 for face in faces) - faces.count(1))),
    "4wod8": scored(4, 10, lambda face: (face >= 8) - (face == 1)),
    "4cod8": times(4, again(10, 8, lambda face: int(face >= 8))),
    "chance": scored(1, 10, lambda face: int(face == 10)),
    "2vtm2": vampire(4),
    "vtm4h1": vampire(4),
    "vtm4": vampire(4),
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
INFINITE = {"sw8", "swextra8", "4cod8", "sredge6", "5sp", "feng+13", "kob20", "4codr", "bnw3", "ed15", "ed4e15"}
INFINITE |= {"ol5", "d6s4", "sw8w10", "snm5", "opend4", "legends3"}
LARGE = {
    "10wh4": ("1wh4", 10),
    "ore6": ("ore1", 6),
    "ex5": ("ex1", 5),
    "ex5t8": ("ex1t8", 5),
    "wod 5": ("wod 1", 5),
    "4alien2": ("1alien0", 6),
}
"""Pools too large to walk, by one of their dice."""
POOLED = {"sredge6": 6, "4cod8": 4, "5sp": 5, "4codr": 4, "snm5": 5}
"""Pools of independent dice: walked for one die."""


HINT = "add it to modules/dice/notation/shortcuts.toml"


@pytest.mark.parametrize("row", ROWS, ids=[row.pattern for row in ROWS])
def test_a_row_is_complete(row: Shortcut) -> None:
    assert row.meaning, f"{row.pattern} has no rule in words: {HINT}"
    assert row.source, f"{row.pattern} has no source: {HINT}"
    assert row.aliases, f"{row.pattern} cannot be searched for by another name: {HINT}"
    assert len(row.examples) == 3, f"{row.pattern} needs three examples: {HINT}"
    assert row.verdict in RULES, f"{row.pattern}: write the rule {row.verdict} in modules/dice/rolling/verdicts"


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{example.roll} {example.faces}" for example in EXAMPLES])
def test_an_example_gives_its_answer(example: Example) -> None:
    source = ScriptedSource(example.faces)
    rolls = DiceEngine(source=source).roll(example.roll)
    assert source.left_count == 0
    assert all(roll.shortcuts for roll in rolls)
    assert render_rolls(rolls, style=PLAIN) == example.says


def test_every_row_is_tested_against_its_distribution() -> None:
    tested = set()
    for example in TOTALS | SYMBOLS | dict.fromkeys(BIG):
        for part in example.split("+"):
            found = find(part, 0)
            tested.add(found and found[0].pattern)
        found = find(example, 0)
        tested.add(found and found[0].pattern)
    missing = [row.pattern for row in ROWS if row.pattern not in tested]
    assert not missing, f"count the totals of an example in TOTALS, in tests/dice/test_systems.py: {missing}"


@pytest.mark.parametrize("example", sorted(set(TOTALS) - INFINITE - set(LARGE)))
def test_totals_are_exact(example: str) -> None:
    expanded = str(parse(example).rolls[0])
    assert engine_distribution(expanded) == TOTALS[example]


@pytest.mark.parametrize(
    ("example", "one", "count"),
    [(example, one, count) for example, (one, count) in sorted(LARGE.items())],
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
    assert (roll.total, roll.expression) == (24 + 9 + 3, "5d10!!kh3")


def test_there_are_forty_rows_over_twentyfive_systems_with_rules_of_their_own() -> None:
    assert len(ROWS) >= 40
    assert len({row.system for row in ROWS}) >= 25
    assert len({row.verdict for row in ROWS}) >= 25
    assert len(names()) == len(shortcuts())


def test_an_incomplete_row_is_named() -> None:
    with pytest.raises(ValueError, match=r"shortcuts\.toml: the row zzz\{n\} has no 'source'"):
        read('[[game]]\nsystem = "Z"\n[[game.shortcut]]\npattern = "zzz{n}"\n')
    with pytest.raises(ValueError, match="without a pattern has no 'pattern'"):
        read('[[game]]\nsystem = "Z"\n[[game.shortcut]]\n')


def test_every_rule_is_used() -> None:
    assert set(RULES) == {row.verdict for row in ROWS} | {"hits", "successes", "savage_extra"}


def test_numbers_may_be_left_out_where_the_row_has_one() -> None:
    assert str(parse("4wod")) == "4d10>=6f1"
    assert str(parse("boost+sta9")) == "1d[-*2,success,success+advantage,advantage+advantage,advantage]+2d20<=9ds1"
    assert str(parse("3#sw8 # bang")) == "3#{1d8!,1d6!}kh1 # bang"


TYPED = [
    ("vtm6h2", "6d10>=6pr10"),
    ("vtm 6 2", "6d10>=6pr10"),
    ("v5 6 2", "6d10>=6pr10"),
    ("V5 6H2", "6d10>=6pr10"),
    ("4vtm2", "6d10>=6pr10"),
    ("v5 6", "6d10>=6pr10"),
    ("sr 12", "12d6>=5b1"),
    ("12sr", "12d6>=5b1"),
    ("cod 8", "8d10!>=10>=8"),
    ("8cod", "8d10!>=10>=8"),
    ("5cod ie9", "5d10!>=9>=8"),
    ("wod 8 diff 7", "8d10>=7f1"),
    ("wod 8 7", "8d10>=7f1"),
    ("4wod 8", "4d10>=8f1"),
    ("4wod", "4d10>=6f1"),
    ("coc 50", "(1d100) <= 50"),
    ("coc50", "(1d100) <= 50"),
    ("coc<=50", "(1d100) <= 50"),
    ("coc bonus<=40", "(2d[0,10,20,30,40,50,60,70,80,90]kl1+1d10) <= 40"),
    ("coc+d100", "2d[0,10,20,30,40,50,60,70,80,90]kl1+1d10"),
    ("coc-d%", "2d[0,10,20,30,40,50,60,70,80,90]kh1+1d10"),
    ("dg40+20", "(1d100) <= 60"),
    ("gurps 12-4", "(3d6) <= 8"),
    ("wng 4d6 !soak", "4d6"),
    ("pbta +2", "2d6+2"),
    ("fate +3", "4dF+3"),
    ("sw d8", "{1d8!,1d6!}kh1"),
    ("s8", "{1d8!,1d6!}kh1"),
    ("s8w10", "{1d8!,1d10!}kh1"),
    ("dh +4", "(1d12[hope]+1d12[fear])+4"),
    ("fitd 3", "3d6kh1"),
    ("fitd 0", "2d6kl1"),
    ("5l5r3", "5d10!!kh3"),
    ("5k3", "5d10!!kh3"),
    ("3wh4+", "3d6>=4"),
    ("3wh4+2", "3d6>=4+2"),
    ("dd34", "1d3*10+1d4"),
    ("d6s4", "4d6+1d6![wild]"),
    ("cs 3+2", "((1d20) >= 9)+2"),
    ("2.5hsk", "2d6[body]+1d3[half]+1d3[multiplier]*0"),
    ("chance", "1d10>=10b1"),
    ("age+3", "(2d6+1d6[stunt])+3"),
    ("2boost+setback", "2d[-*2,success,success+advantage,advantage+advantage,advantage]+1d[-*2,failure*2,threat*2]"),
]
"""How people type games, and the notation that stands behind it."""


@pytest.mark.parametrize(("typed", "understood"), TYPED, ids=[typed for typed, _ in TYPED])
def test_a_game_is_read_however_it_is_typed(typed: str, understood: str) -> None:
    assert str(parse(typed).rolls[0].expression) == understood


@pytest.mark.parametrize(
    "typed",
    [
        "age of sigmar",
        "chance to hit",
        "boost 1d20",
        "cs 20",
        "ed51",
        "dd345",
        "3s8",
        "1d20",
        "coc 50 +1",
        "coc50-20",
        "mm e",
    ],
)
def test_what_may_be_something_else_is_no_shortcut(typed: str) -> None:
    assert find(typed, 0) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vampire", "{n}vtm{hunger}"),
        ("v5", "{n}vtm{hunger}"),
        ("VTM", "{n}vtm{hunger}"),
        ("vampyre", "{n}vtm{hunger}"),
        ("cthulu", "coc{percent}[.]"),
        ("star wars", "{n=1}boost"),
        ("shado", "sr{n}"),
        ("owered by", "pbta"),
        ("", "{n}alien{stress}"),
    ],
)
def test_a_game_is_found_by_name_abbreviation_or_slip(typed: str, first: str) -> None:
    found = search(typed, limit=3)
    assert found[0].pattern == first
    assert len(found) <= 3


def test_nothing_is_found_for_what_is_no_game() -> None:
    assert search("qqqqqq") == ()


@pytest.mark.parametrize("row", ROWS, ids=[row.pattern for row in ROWS])
@pytest.mark.parametrize("number", ["0", "1", "3", "7", "9999"])
def test_no_number_breaks_a_row(row: Shortcut, number: str) -> None:
    engine = DiceEngine()
    for pattern in (row.pattern, *row.also):
        typed = re.sub(r"\{[^}]*\}", number, pattern).replace("[+]", "+").replace("[.]", "")
        try:
            rolls = engine.roll(typed)
        except DiceError:
            continue
        assert render_rolls(rolls)
