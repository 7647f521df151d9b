"""The notation page: every example rolls, and its table of games is the table of games."""

import re
from pathlib import Path

import pytest

from modules.dice.notation.operators import SPELLINGS
from modules.dice.notation.shortcuts import rows
from modules.dice_roll import DiceEngine

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "notation.md").read_text("utf-8")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| `")]
EXAMPLES = [example.strip() for row in ROWS for example in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
DICE = re.compile(r"[0-9)]d[0-9%F\[(]|^d[0-9%FP\[]|^[a-z]+\(")
INLINE = [text for text in re.findall(r"`([^`]+)`", PAGE.partition("## Games")[0]) if DICE.search(text)]
SAVED = {"smite": "3d8[radiant]"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_first_column_rolls(example: str) -> None:
    assert DiceEngine().roll(example, saved=SAVED.get)


@pytest.mark.parametrize("example", sorted(set(INLINE)))
def test_every_notation_in_the_text_rolls(example: str) -> None:
    assert DiceEngine().roll(example, saved=SAVED.get)


def test_there_are_enough_examples_to_speak_of() -> None:
    assert len(EXAMPLES) > 60
    assert len(INLINE) > 60


def test_the_table_of_games_is_complete() -> None:
    wanted = [f"| {row.system} | `{row.pattern}` | `{row.example}` | {row.meaning} |" for row in rows()]
    table = PAGE.partition("<!-- systems -->")[2].partition("<!-- /systems -->")[0].splitlines()
    missing = "\n".join(row for row in wanted if row not in table)
    assert not missing, f"put these lines into the table of games in docs/notation.md:\n{missing}"
    left = "\n".join(row for row in table if " | `" in row and row not in wanted)
    assert not left, (
        f"no row of modules/dice/notation/shortcuts.toml stands behind these lines of docs/notation.md:\n{left}"
    )


def test_no_operator_goes_unmentioned() -> None:
    mentioned = " ".join(re.findall(r"`([^`]+)`", PAGE))
    assert not [spelling for spelling in SPELLINGS if spelling not in mentioned]
