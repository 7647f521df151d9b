"""Lines that people typed, with the dice they got and the answer they should get."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence
from modules.rendering.dice import PLAIN
from modules.rendering.rolls import render_rolls

DATA = Path(__file__).parent / "data"
Line = dict[str, Any]


def _lines(name: str) -> list[Line]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line]


# The answers of expected.jsonl were written by hand before the lines were read, and those from S1 on judged by hand.
LINES = [*_lines("typed.jsonl"), *_lines("lines.jsonl"), *_lines("expected.jsonl")]
ROLLED = [line for line in LINES if not line.get("refused")]
REFUSED = [line for line in LINES if line.get("refused")]
BATCH = 40
"""Lines of one test: a test for each would take longer than its roll. What fails is shown as `line`."""


def _batches(lines: list[Line]) -> list[Any]:
    starts = range(0, len(lines), BATCH)
    return [pytest.param(lines[start : start + BATCH], id=f"from {lines[start]['id']}") for start in starts]


@cache
def engine_of(dialect: str) -> DiceEngine:
    """One for all lines: the tables of its dice take longer than a roll."""
    return DiceEngine(dialect=dialect)


@pytest.mark.parametrize("lines", _batches(ROLLED))
def test_what_was_typed_rolls_as_it_was_meant(lines: list[Line]) -> None:
    for line in lines:
        assert_meant(line)


def assert_meant(line: Line) -> None:
    source = ScriptedSource(line["faces"]) if line.get("faces") else None
    dialect = line.get("dialect", "nazh")
    engine = DiceEngine(source=source, dialect=dialect) if source else engine_of(dialect)
    rolls = engine.roll(line["typed"])
    if "totals" in line:
        assert [roll.total for roll in rolls] == line["totals"]
    if "canonical" in line:
        # A game may answer with what it stands for.
        assert list(dict.fromkeys(roll.expression for roll in rolls)) == line["canonical"] or rolls[0].shortcuts
    if "comments" in line:
        assert [roll.comment for roll in rolls] == line["comments"]
    assert len(rolls) == line.get("rolls", len(rolls))
    assert rolls[0].success == line.get("success", rolls[0].success)
    assert not line.get("note") or any(roll.notes for roll in rolls)
    if line.get("quiet"):
        assert not any(note.code == "not_rolled" for roll in rolls for note in roll.notes)
    if "notes" in line:
        assert [sentence(note) for roll in rolls for note in roll.notes] == line["notes"]
    assert line.get("says", "") in render_rolls(rolls, style=PLAIN)
    assert source is None or not source.left_count


@pytest.mark.parametrize("lines", _batches(REFUSED))
def test_what_cannot_be_meant_is_refused(lines: list[Line]) -> None:
    for line in lines:
        assert_refused(line)


def assert_refused(line: Line) -> None:
    with pytest.raises(DiceError) as caught:
        engine_of(line.get("dialect", "nazh")).roll(line["typed"])
    assert caught.value.span is not None
    assert caught.value.suggestion != line["typed"]
    assert line.get("suggests", "") in (caught.value.suggestion or "")
