"""What the dice mean, at every edge of every game's rule; the faces are chosen, the rules are the books'."""

import ast
import re
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.dice.limits import Limits
from modules.dice.notation.shortcuts import rows
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine, DiceError, Roll
from modules.rendering.catalog import VERDICTS
from modules.rendering.dice import PLAIN
from modules.rendering.games import answer
from modules.rendering.rolls import render_rolls

EDGES: list[tuple[str, str, str]] = [
    ("coc 50", "1", "critical success: 1"),
    ("coc 50", "10", "extreme success: 10"),
    ("coc 50", "11", "hard success: 11"),
    ("coc 50", "25", "hard success: 25"),
    ("coc 50", "26", "regular success: 26"),
    ("coc 50", "50", "regular success: 50"),
    ("coc 50", "51", "failure: 51"),
    ("coc 50", "96", "failure: 96"),
    ("coc 50", "100", "fumble: 100"),
    ("coc 49", "95", "failure: 95"),
    ("coc 49", "96", "fumble: 96"),
    ("coc 100", "100", "fumble: 100"),
    ("coc", "96", "96"),
    ("dg40", "1", "critical success: 1"),
    ("dg40", "40", "success: 40"),
    ("dg40", "41", "failure: 41"),
    ("dg40", "44", "fumble: 44"),
    ("dg40", "22", "critical success: 22"),
    ("dg40", "100", "fumble: 100"),
    ("mosh45", "45", "critical success: 44"),
    ("mosh45", "46", "failure: 45"),
    ("mosh99", "92", "failure: 91"),
    ("mosh99", "91", "failure: 90"),
    ("mosh99", "100", "critical failure: 99"),
    ("mosh", "35", "34"),
    ("wfrp45", "5", "success: 5, +4 SL"),
    ("wfrp3", "4", "success: 4, +1 SL"),
    ("wfrp45", "45", "success: 45, +0 SL"),
    ("wfrp45", "46", "failure: 46, +0 SL"),
    ("wfrp99", "96", "failure: 96, -1 SL"),
    ("wfrp45", "100", "failure: 100, -6 SL, fumble"),
    ("wfrp45", "44", "success: 44, +0 SL, critical"),
    ("gurps12", "1 1 2", "critical success: 4"),
    ("gurps14", "1 2 2", "success: 5, by 9"),
    ("gurps16", "2 2 2", "critical success: 6"),
    ("gurps15", "2 2 2", "success: 6, by 9"),
    ("gurps15", "6 6 5", "critical failure: 17"),
    ("gurps16", "6 6 5", "failure: 17, by 1"),
    ("gurps18", "6 6 5", "failure: 17, by 1"),
    ("gurps18", "6 6 6", "critical failure: 18"),
    ("gurps5", "5 5 5", "critical failure: 15"),
    ("gurps12", "5 5 3", "failure: 13, by 1"),
    ("deathsave", "9", "failure"),
    ("deathsave adv", "3 20", "natural 20: regain 1 hit point"),
    ("deathsave dis", "3 20", "failure"),
    ("pf2e+12 vs 25 adv", "3 13", "success: 25"),
    ("deathsave+1d4", "8 2", "success"),
    ("cs 3+2", "7", "success: 9, by 0"),
    ("cs 3-2", "10", "failure: 8, by 1"),
    ("ww4c1", "6 5 2 2", "conflict, twist"),
    ("ww4c1", "6 6 2 1", "triumph"),
    ("ww3", "4 4 1", "conflict, twist"),
    ("pf2e+5 vs 15", "20", "critical success: 25, natural 20"),
    ("pf2e+5 vs 16", "20", "critical success: 25, natural 20"),
    ("pf2e+0 vs 25", "20", "success: 20, natural 20"),
    ("pf2e+5 vs 20", "5", "critical failure: 10"),
    ("pf2e+5 vs 15", "6", "failure: 11"),
    ("pf2e+14 vs 15", "1", "failure: 15, natural 1"),
    ("pf2e+5", "12", "17"),
    ("pf2e+5", "20", "25, natural 20"),
    ("mnm vs 10", "10", "1 degree of success: 10"),
    ("mnm vs 10", "9", "1 degree of failure: 9"),
    ("mnm vs 10", "15", "2 degrees of success: 15"),
    ("mnm vs 10", "5", "1 degree of failure: 5"),
    ("mnm vs 10", "4", "2 degrees of failure: 4"),
    ("mnm vs 25", "20", "1 degree of success: 20, natural 20"),
    ("mnm+5", "20", "25, natural 20"),
    ("sw8", "3 2", "failure: 3"),
    ("sw8", "4 2", "success: 4"),
    ("sw8", "7 2", "success: 7"),
    ("sw8+1", "7 2", "success with 1 raise: 8"),
    ("sw8 vs 8", "7 2", "failure: 7"),
    ("sw8", "1 1", "critical failure: snake eyes"),
    ("swextra8", "1", "failure: 1"),
    ("4wod8", "8 9 7 2", "moderate success: 2 successes"),
    ("4wod8", "8 1 7 2", "failure: 0 successes"),
    ("4wod8", "2 3 7 2", "failure: 0 successes"),
    ("4wod8", "2 3 7 1", "botch"),
    ("4wod6 vs 3", "6 7 8 2", "complete success: 3 successes, success against 3"),
    ("4wod", "6 7 8 9", "exceptional success: 4 successes"),
    ("6wod", "6 7 8 9 6 6", "phenomenal success: 6 successes"),
    ("5cod", "8 8 8 8 7", "4 successes"),
    ("5cod vs 2", "8 8 8 8 8", "exceptional success: 5 successes, success against 2"),
    ("2vtm2", "10 6 1 10 ", "messy critical: 5 successes"),
    ("2vtm2", "10 10 1 2", "critical: 4 successes"),
    ("2vtm2", "10 10 10 2", "messy critical: 5 successes"),
    ("2vtm2 vs 6", "10 10 2 2", "failure: 4 successes, failure against 6"),
    ("2vtm2 vs 2", "6 7 1 2", "2 successes, success against 2"),
    ("2vtm2 vs 6", "10 10 1 10", "bestial failure: 5 successes, failure against 6"),
    ("2vtm2", "1 1 2 2", "total failure"),
    ("2vtm2 vs 2", "1 1 1 2", "bestial failure, total failure, failure against 2"),
    ("vtm2h5", "10 10", "messy critical: 4 successes"),
    ("vtm3", "6 1 1", "1 success"),
    ("ex3", "1 7 2", "1 success"),
    ("sr3", "1 1 5", "glitch: 1 hit"),
    ("sr4", "1 1 5 2", "1 hit"),
    ("sr4 vs 2", "5 6 2 3", "2 hits, success against 2"),
    ("sr3", "1 1 2", "critical glitch"),
    ("pbta", "3 3", "miss: 6"),
    ("pbta", "3 4", "partial success: 7"),
    ("pbta", "4 5", "partial success: 9"),
    ("pbta", "5 5", "full success: 10"),
    ("fitd1", "6", "full success"),
    ("fitd3", "6 6 1", "critical success"),
    ("fitd0", "6 6", "full success"),
    ("fitd2", "4 1", "partial success"),
    ("fitd2", "3 1", "failure"),
    ("4yz", "6 1 2 3", "1 success, 1 bane if pushed"),
    ("2alien1", "6 2 1", "1 success, panic"),
    ("2alien1", "1 2 3", "no success"),
    ("cpr", "10 10", "20, critical success"),
    ("cpr", "1 10", "-9, critical failure"),
    ("cypher", "16", "16"),
    ("cypher", "17", "17, +1 damage"),
    ("cypher", "18", "18, +2 damage"),
    ("boost+setback", "3 3", "failure"),
    ("force+ability", "1 2", "success: 1 success, 0 light, 1 dark"),
    ("ability+force", "1 10", "failure, 2 light, 0 dark"),
    ("cosmere", "20 3", "20, opportunity"),
    ("cosmere", "1 3", "1, complication"),
    ("cosmere", "7 1", "9, complication"),
    ("dh", "3 7", "10 with fear"),
    ("dh vs 10", "7 4", "success with hope: 11"),
    ("dh vs 20", "7 4", "failure with hope: 11"),
    ("dh vs 20", "4 7", "failure with fear: 11"),
    ("fate", "2 2 2 2", "+0 (mediocre)"),
    ("fate-3", "2 2 2 2", "-3 (below terrible)"),
    ("fate-2", "2 2 2 2", "-2 (terrible)"),
    ("fate+8", "2 2 2 2", "+8 (legendary)"),
    ("fate+9", "2 2 2 2", "+9 (beyond legendary)"),
    ("fate+1 vs 1", "2 2 2 2", "+1 (average), tie"),
    ("fate+2 vs 1", "2 2 2 2", "+2 (fair), succeeds, 1 shift"),
    ("fate+3 vs 1", "2 2 2 2", "+3 (good), succeeds, 2 shifts"),
    ("fate+5", "2 2 2 2", "+5 (superb)"),
    ("fate+6", "2 2 2 2", "+6 (fantastic)"),
    ("fate+7", "2 2 2 2", "+7 (epic)"),
    ("age vs 17", "6 6 4", "failure: 16, by 1"),
    ("age", "1 2 3", "6"),
    ("lancer+1 vs 25", "18 2", "failure: 20, by 5"),
    ("opend1", "1", "1, complication, or 0 without the wild and the highest die"),
    ("opend2", "5 6 3", "14, wild die explodes"),
    ("sta11", "20 20", "no success, 2 complications"),
    ("sta11 vs 2", "5 12", "1 success, failure against 2"),
    ("tor2", "12 1 2", "success: 3, Gandalf rune"),
    ("tor2", "11 6 2", "8, Eye of Sauron, 1 six"),
    ("tor2 vs 20", "12 6 2", "great success: 8, Gandalf rune"),
    ("tor2 vs 10", "8 1 2", "success: 11"),
    ("tor2 vs 12", "8 1 2", "failure: 11"),
    ("trav", "4 4", "success: 8, effect +0"),
    ("trav", "4 3", "failure: 7, effect -1"),
    ("trav+6", "6 2", "exceptional success: 14, effect +6"),
    ("trav-1", "1 2", "exceptional failure: 2, effect -6"),
    ("iron+9", "6 9 10", "weak hit: 10"),
    ("iron+2", "4 6 6", "miss: 6, match"),
    ("iron+2", "4 5 5", "strong hit: 6, match"),
    ("mm", "6 2 6", "14"),
    ("ed3", "1", "1"),
    ("2hsn", "6 6", "12 STUN, 4 BODY"),
    ("3hsh", "6 6 6", "always misses"),
    ("wng3", "6 2 1", "2 icons, complication"),
    ("wng3", "6 2 6", "4 icons, glory"),
    ("3lf4l", "4 4 4", "3 successes, laser feelings"),
    ("ore4", "7 7 3 3", "2×7, 2×3"),
]
"""What is typed · the faces · the verdict."""


def rolled(typed: str, faces: str) -> Roll:
    (roll,) = DiceEngine(source=ScriptedSource(map(int, faces.split()))).roll(typed)
    return roll


@pytest.mark.parametrize(("typed", "faces", "verdict"), EDGES, ids=[f"{typed}: {faces}" for typed, faces, _ in EDGES])
def test_a_rule_holds_at_its_edge(typed: str, faces: str, verdict: str) -> None:
    told = answer(rolled(typed, faces))
    assert told is not None
    assert told.verdict == verdict


@pytest.mark.parametrize(
    ("typed", "faces"),
    [("pbta*2", "3 4"), ("sr3+pbta", "1 2 3 4 5"), ("1d6+sr3", "1 2 3 4"), ("{sw8,1d4}kh1", "3 4 1"), ("2d6", "1 2")],
)
def test_a_roll_that_is_more_than_the_game_is_told_as_any_other(typed: str, faces: str) -> None:
    roll = rolled(typed, faces)
    assert answer(roll) is None
    assert roll.expression.partition("d")[0] in render_rolls((roll,), style=PLAIN)


def test_what_is_added_is_shown_with_its_dice() -> None:
    assert render_rolls((rolled("pbta+1d4+2", "3 4 2"),), style=PLAIN) == (
        "Powered by the Apocalypse: full success: 11 · 3, 4 · 2 · +1d4+2"
    )


def test_an_answer_survives_its_journey_through_json() -> None:
    roll = rolled("vtm4h1 vs 2 # feed", "10 3 2 10")
    again = Roll.from_json(roll.to_json())
    assert render_rolls((again,)) == render_rolls((roll,))
    assert render_rolls((roll,), style=PLAIN) == (
        "feed: Vampire 5e: messy critical: 4 successes, success against 2 · regular 10, 3, 2 · hunger 10"
    )


def test_many_dice_are_shortened_and_the_verdict_is_not() -> None:
    roll = rolled("sr200", " ".join(["5"] * 200))
    text = render_rolls((roll,), limit=120)
    assert len(text) <= 120
    assert "200 hits" in text


def test_every_sentence_is_some_rule_s_and_every_rule_s_code_has_one() -> None:
    rules = Path(__file__).resolve().parents[2] / "modules" / "dice" / "rolling" / "verdicts"
    used = {
        node.value
        for path in rules.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    # These are put together from two words.
    used |= {f"{outcome}_with_{what}" for outcome in ("success", "failure") for what in ("hope", "fear")}
    left = set(VERDICTS) - used
    assert not left, (
        f"modules/rendering/catalog.py has sentences that no rule in modules/dice/rolling/verdicts says: {left}"
    )


SPELLINGS = [re.sub(r"\[[+.]\]", "", pattern) for row in rows() for pattern in (row.pattern, *row.also)]
GAMES = st.builds(
    lambda pattern, numbers: re.sub(r"\{[^}]*\}", lambda _: str(next(numbers)), pattern),
    st.sampled_from(SPELLINGS),
    st.lists(st.integers(0, 30), min_size=1).map(cycle),
)
BESIDE = [
    "",
    "+2",
    "-1d4",
    "*2",
    " vs 10",
    " adv",
    " >= 3",
    "kh1",
    "; ",
    "+",
    ", 2d6",
    " # x",
    " to hit",
    "[fire]",
    "//2",
]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(GAMES, st.sampled_from(BESIDE)), min_size=1, max_size=3),
    st.sampled_from(["", "3#", "-", "(", "2*"]),
)
def test_whatever_is_written_around_a_game_it_is_answered_or_refused(parts: list[tuple[str, str]], before: str) -> None:
    typed = before + "".join(game + beside for game, beside in parts)
    try:
        rolls = DiceEngine(Limits(dice=1_000)).roll(typed)
    except DiceError:
        return
    assert render_rolls(rolls)
    again = [Roll.from_json(roll.to_json()) for roll in rolls]
    assert [render_rolls([roll]) for roll in again] == [render_rolls([roll]) for roll in rolls]
