"""The odds page: every answer in its table is worked out again."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from modules.dice.odds.odds import Odds
from modules.dice_roll import DiceEngine
from modules.rendering.odds_text import percent

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "odds.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| `([^`]+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


def answer(odds: Odds, asked: str) -> str:
    if asked == "mean":
        return f"{float(odds.mean):.6g}"
    if asked == "success":
        return percent(odds.success or Fraction())
    repeats = re.match(r"best of (\d+), ", asked)
    if repeats:
        odds = odds.best(int(repeats[1]))
    *words, target = asked.removeprefix(repeats[0] if repeats else "").split()
    shares = {"exactly": odds.exactly, "at least": odds.at_least, "at most": odds.at_most}
    return percent(shares[" ".join(words)](int(target)))


@pytest.mark.parametrize(("question", "notation", "asked", "told"), ROWS)
def test_every_answer_is_right(question: str, notation: str, asked: str, told: str) -> None:
    assert question
    assert answer(DiceEngine().odds(notation)[0], asked) == told


def test_there_are_twenty_questions() -> None:
    assert len(ROWS) >= 20
