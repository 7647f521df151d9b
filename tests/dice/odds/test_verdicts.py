"""The odds of games' verdicts, against every sequence of faces and against the roller."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from math import prod

import pytest

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.parser import parse
from modules.dice.notation.shortcuts import rows
from modules.dice.rolling.result import Roll
from modules.dice_roll import DiceEngine
from modules.rendering.game_odds import SILENT, VerdictOdds, verdict_odds
from modules.rendering.game_throws import COMBINATIONS
from modules.rendering.games import judge
from modules.rendering.odds_text import verdict_line, verdict_name
from tests.dice.oracle import Number, Odometer, chi_square

SEQUENCES = 10_000
ROLLS = 600
ENGINE = DiceEngine()
EXAMPLES = sorted({row.examples[0].roll for row in rows() if row.verdict not in SILENT})
SMALL = [
    "2vtm1", "1vtm2", "vtm2h1 vs 2", "vtm3", "3wod7", "2wod8 vs 1", "2sr", "sr4", "sr3 vs 1", "2alien2", "alien3s1",
    "fitd3", "fitd0", "ww4c2", "ww3", "3yz", "ex3", "ex2t8", "conan9", "3lf4l", "2lf4f", "wng3", "wng dn2 3d6", "ore3",
    "ore4", "coc 49", "coc 60 bonus", "coc 60 penalty", "dg44", "mosh45", "moshadv", "moshadv<40", "wfrp33", "gurps16",
    "elven+2", "elven vs 12", "deathsave adv", "pf2e+5 vs 15 adv", "dh+2 vs 12", "dhadv", "fate+1 vs 2", "age vs 11",
    "iron+2", "lancer+2 vs 12", "lancer-1", "trav+1 vs 8", "mm", "tor2 vs 14", "tdh4", "tdh4b", "3hsh", "boost+setback",
    "2ability+1difficulty", "2force", "3combat", "cosmere+5 vs 15", "dh 3d10", "sil3", "mnm+5 vs 15", "halfling",
    "hsn", "2hsk", "2hsk1",
]  # fmt: skip


def codes(roll: Roll) -> Iterator[tuple[str, bool]]:
    judged = judge(roll)
    assert judged is not None
    yield judged.verdict.code, False
    remarks = {each.code for each in judged.verdict.remarks if not each.code.startswith("against")}
    yield from ((code, True) for code in remarks - {judged.verdict.code})


def told(odds: VerdictOdds | None) -> dict[tuple[str, bool], Fraction]:
    if odds is None:
        return {}
    return {(code, False): share for code, share in odds.verdicts.items()} | {
        (code, True): share for code, share in odds.remarks.items()
    }


def brute(notation: str) -> dict[tuple[str, bool], Fraction] | None:
    """By every sequence of faces; None where there are too many, or no end of them."""
    odometer, found = Odometer(), Counter[tuple[tuple[str, bool], Fraction]]()
    engine = DiceEngine(source=odometer)
    for _ in range(SEQUENCES):
        (roll,) = engine.roll(notation)
        if prod(sides for _, sides in odometer.wheels) > SEQUENCES:
            return None
        for code in codes(roll):
            found[code, odometer.weight] += 1
        if not odometer.turn():
            break
    shares: dict[tuple[str, bool], Fraction] = {}
    for (code, weight), count in found.items():
        shares[code] = shares.get(code, Fraction()) + count * weight
    return shares


@pytest.mark.parametrize("notation", SMALL)
def test_verdicts_agree_with_every_sequence_of_faces(notation: str) -> None:
    expected = brute(notation)
    assert expected is not None, "choose fewer dice"
    found = told(ENGINE.verdict_odds(notation))
    if len(expected) > 1:
        assert found == expected
        assert sum(share for (_, is_remark), share in found.items() if not is_remark) == 1
    else:
        assert not found


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("notation", EXAMPLES)
def test_verdicts_of_every_game_fit_many_rolls(notation: str) -> None:
    odds = ENGINE.verdict_odds(notation)
    rolled = Counter[tuple[str, bool]](code for _ in range(ROLLS) for code in codes(ENGINE.roll(notation)[0]))
    if odds is None:
        assert len(rolled) == 1
        return
    assert odds.cut < Fraction(1, 2_000)
    main = {code: count for (code, is_remark), count in rolled.items() if not is_remark}
    numbers: dict[str, Number] = {code: number for number, code in enumerate(odds.verdicts)}
    seen_of = {numbers[code]: count for code, count in main.items()}
    found, limit = chi_square(seen_of, {numbers[code]: share for code, share in odds.verdicts.items()})
    assert found < limit
    for code, share in odds.remarks.items():
        seen = rolled[code, True]
        found, limit = chi_square({1: seen, 0: ROLLS - seen}, {1: share, 0: 1 - share})
        assert found < limit, code


@pytest.mark.parametrize("notation", ["30alien20", "vtm30h20", "sredge12", "pbta+1d(1d4)"])
def test_too_many_combinations_are_refused(notation: str) -> None:
    with pytest.raises(LimitError) as refusal:
        ENGINE.verdict_odds(notation)
    assert refusal.value.code == "odds_verdicts"


@pytest.mark.parametrize(
    "notation", ["4d6kh3", "2d6; pbta", "pbta*2", "3hsn", "5lfr3", "bnw3", "pfflat11", "(1d4)d6", "coc 50; coc 40"]
)
def test_what_has_no_verdicts_has_none(notation: str) -> None:
    assert ENGINE.verdict_odds(notation) is None


def test_verdicts_are_told_the_likeliest_first() -> None:
    odds = ENGINE.verdict_odds("2vtm2")
    assert odds is not None
    assert verdict_line(odds).startswith("successes 88.5 %, messy critical 4.4 %, total failure 4.0 %")
    assert verdict_line(odds).endswith("; bestial failure if that is not enough 16.2 %")
    exploding = ENGINE.verdict_odds("sw8")
    assert exploding is not None
    assert verdict_line(exploding).startswith("≈ success 56.6 %, success with raises 24.7 %")
    assert verdict_line(exploding).endswith(" left out)")
    assert 0 < exploding.cut < Fraction(1, 10_000)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("messy_critical", "messy critical"),
        ("success_raises", "success with raises"),
        ("set", "set"),
        ("fair", "fair"),
        ("hits_of", "hits"),
        ("hits_defence", "hits a defence"),
        ("wild_complication", "complication"),
        ("total", "total"),
    ],
)
def test_a_verdict_has_a_name_without_its_numbers(code: str, name: str) -> None:
    assert verdict_name(code) == name


def test_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from modules.rendering import game_odds

    judged: list[Roll] = []

    def counted(roll: Roll, *_: object) -> object:
        judged.append(roll)
        return judge(roll)

    monkeypatch.setattr(game_odds, "judged", counted)
    for notation in ("sw12", "12sp", "ed20", "sredge12"):
        del judged[:]
        with suppress(LimitError):
            verdict_odds(parse(notation), Limits())
        assert 0 < len(judged) <= 1.5 * COMBINATIONS
