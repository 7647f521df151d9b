"""Every error and every note has a sentence, every sentence is used, and each is completed where it is raised."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from modules.dice.errors import DiceError, LimitError, NotationError
from modules.dice.notes import Note
from modules.rendering.catalog import ENGLISH, sentence

ROOT = Path(__file__).resolve().parents[2] / "modules"
SOURCES = [
    *(ROOT / "dice").rglob("*.py"),
    *(ROOT / "services").rglob("*.py"),
    *(ROOT / "rendering").glob("game_*.py"),
    ROOT / "dice_roll.py",
]
ERRORS = {"DiceError", "NotationError", "LimitError", "ArithmeticFault", "Note"}
OURS = {"span", "suggestion", "meaning", "inside"}


def _codes(argument: ast.expr) -> Iterator[str | None]:
    """The codes an argument may be: a constant, or a choice of two."""
    if isinstance(argument, ast.IfExp):
        yield from _codes(argument.body)
        yield from _codes(argument.orelse)
    elif not isinstance(argument, ast.Call):
        # A note read from a record has the code that was written there.
        yield argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _raise_sites() -> Iterator[tuple[str, str | None, set[str]]]:
    """Place, code and parameter names of every error or note that is made."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                given = {keyword.arg for keyword in node.keywords if keyword.arg} - OURS
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield from ((place, code, given) for code in _codes(node.args[0]))


SITES = list(_raise_sites())


def _wanted(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(ENGLISH[code]) if name}


@pytest.mark.parametrize(("place", "code", "given"), SITES, ids=[f"{place} {code}" for place, code, _ in SITES])
def test_a_raise_site_gives_what_its_sentence_names(place: str, code: str | None, given: set[str]) -> None:
    assert code is not None, f"{place}: an error is raised with a code, not with a sentence"
    assert code in ENGLISH, f"{place} raises {code}: add its sentence to modules/rendering/catalog.py"
    assert given == _wanted(code), f"{place}: {ENGLISH[code]}"


def test_no_sentence_is_left_over() -> None:
    assert set(ENGLISH) == {code for _, code, _ in SITES}


@pytest.mark.parametrize("code", sorted(ENGLISH))
def test_a_sentence_reads_as_one(code: str) -> None:
    told = sentence(Note(code, **dict.fromkeys(_wanted(code), 1234)))
    assert told.endswith((".", "?", '".', "1234"))
    assert "{" not in told


def test_an_error_carries_what_a_sentence_and_a_log_need() -> None:
    error = LimitError("die_sides", span=(1, 3), suggestion="d6", limit=1_000_000)
    assert sentence(error) == "A die may have at most 1,000,000 sides."
    assert str(error) == "die_sides (limit=1000000)"
    assert (error.code, dict(error.parameters), error.span, error.suggestion) == (
        "die_sides",
        {"limit": 1_000_000},
        (1, 3),
        "d6",
    )


def test_an_error_moved_elsewhere_names_the_innermost_text_it_was_found_in() -> None:
    error = NotationError("no_sides", span=(0, 1)).moved_to((2, 5), inside="$fire").moved_to((7, 9), inside="$all")
    assert isinstance(error, NotationError)
    assert error.span == (7, 9)
    assert sentence(error) == "$fire: A die needs at least one side."
    assert str(error) == "$fire: no_sides"


def test_a_code_without_a_sentence_is_shown_itself() -> None:
    assert sentence(DiceError("unheard_of")) == "unheard_of"
