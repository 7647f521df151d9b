"""The table and the tests cannot drift apart: every row has a test, and every marker names a row."""

import ast
from functools import cache
from pathlib import Path

from tests.chaos.matrix import IDS

TESTS = Path(__file__).parents[1]
FOLDERS = (TESTS / "chaos", TESTS / "storage", TESTS / "web" / "attacks")


@cache
def marked() -> dict[str, list[str]]:
    """Every id that a `@pytest.mark.fault(...)` names, with the tests that bear it."""
    found: dict[str, list[str]] = {}
    for path in sorted(path for folder in FOLDERS for path in folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_"):
                for fault_id in ids_of(node.decorator_list):
                    found.setdefault(fault_id, []).append(f"{path.name}::{node.name}")
    return found


def ids_of(decorators: list[ast.expr]) -> list[str]:
    """The ids within `pytest.mark.fault("G1", "G2")` among some decorators."""
    calls = [each for each in decorators if isinstance(each, ast.Call)]
    marks = [each for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr == "fault"]
    return [str(argument.value) for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)]


def test_no_id_stands_for_two_rows() -> None:
    assert len(set(IDS)) == len(IDS)


def test_every_row_is_proved_by_a_test() -> None:
    assert [fault_id for fault_id in IDS if fault_id not in marked()] == []


def test_every_marker_names_a_row() -> None:
    assert set(marked()) <= set(IDS)


def test_the_scan_sees_markers() -> None:
    tree = ast.parse('@pytest.mark.fault("R1", "R2")\n@other\nasync def test_x(): ...').body[0]
    assert isinstance(tree, ast.AsyncFunctionDef)
    assert ids_of(tree.decorator_list) == ["R1", "R2"]
