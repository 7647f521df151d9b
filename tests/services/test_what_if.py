"""What-if: old dice stay where they were, and only new ones are thrown."""

from typing import NamedTuple

import pytest

from modules.dice.errors import DiceError
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering import games
from modules.services.readings import Reader
from modules.services.roll_specs import Edge
from modules.services.what_if import ResumedSource, WhatIf, with_added, with_edge, with_ones_rerolled


class Added(NamedTuple):
    modifier: str


ONES = "ones"


def rolled(notation: str, *faces: int) -> Roll:
    (roll,) = DiceEngine(source=ScriptedSource(faces)).roll(notation)
    return roll


def resumed(changed: WhatIf | None, *faces: int) -> tuple[Roll, list[int], list[int]]:
    assert changed is not None
    thrown = ScriptedSource(faces)
    source = ResumedSource(changed.script, thrown)
    (roll,) = DiceEngine(source=source).roll(changed.notation)
    assert not thrown.left_count, "all that is new was needed"
    return roll, source.kept, source.fresh


@pytest.mark.parametrize(
    ("notation", "faces", "modifier", "fresh", "total"),
    [
        ("2d6", (5, 3), "+2", (), 10),
        ("2d6+1d4 # fire", (5, 3, 2), "+1d8", (7,), 17),
        ("3d6!", (6, 2, 3, 6, 1), "-1d4", (4,), 14),
        ("1d20+5 vs 15", (9,), "+1d4", (3,), 17),
        ("4d6kh3", (1, 2, 3, 4), "+1", (), 10),
        ("2d6ro1", (1, 3, 4), "+1d6", (6,), 13),
    ],
)
def test_what_is_added_is_all_that_is_thrown(
    notation: str, faces: tuple[int, ...], modifier: str, fresh: tuple[int, ...], total: int
) -> None:
    roll, kept, new = resumed(with_added(rolled(notation, *faces), modifier, Reader()), *fresh)
    assert (roll.total, kept, new) == (total, list(faces), list(fresh))


def test_the_comment_stays() -> None:
    roll, _, _ = resumed(with_added(rolled("2d6 # fire", 5, 3), "+2", Reader()))
    assert roll.comment == "fire"


@pytest.mark.parametrize(
    ("notation", "faces", "edge", "second", "total", "expression"),
    [
        ("1d20+5", (9,), Edge.ADVANTAGE, 14, 19, "2d20kh1+5"),
        ("1d20+5", (9,), Edge.DISADVANTAGE, 14, 14, "2d20kl1+5"),
        ("1d4+1d20+1d6", (2, 9, 3), Edge.ADVANTAGE, 20, 25, "1d4+2d20kh1+1d6"),
        ("1d20+1d20", (9, 8), Edge.ADVANTAGE, 10, 18, "2d20kh1+1d20"),
        ("1d20+5 vs 15", (9,), Edge.ADVANTAGE, 14, 19, "2d20kh1+5 vs 15"),
    ],
)
def test_advantage_throws_a_second_die_beside_the_first(
    notation: str, faces: tuple[int, ...], edge: Edge, second: int, total: int, expression: str
) -> None:
    roll, kept, new = resumed(with_edge(rolled(notation, *faces), edge), second)
    assert (roll.total, kept, new, roll.expression) == (total, list(faces), [second], expression)


@pytest.mark.parametrize(("notation", "faces"), [("2d6", (5, 3)), ("2d20", (5, 3)), ("2d20kh1", (5, 3)), ("7", ())])
def test_without_a_single_d20_there_is_no_advantage(notation: str, faces: tuple[int, ...]) -> None:
    assert with_edge(rolled(notation, *faces), Edge.ADVANTAGE) is None


@pytest.mark.parametrize(
    ("notation", "faces", "fresh", "total"),
    [
        ("4d6", (1, 5, 1, 2), (3, 4), 14),
        ("4d6kh3", (1, 5, 1, 2), (3, 4), 12),
        ("1d4+2d6+1d8", (1, 1, 6, 1), (2, 5, 7), 20),
        ("1d6!+2d6", (6, 2, 1, 4), (3,), 15),
        ("2d6[fire]+1d4[cold]", (1, 2, 3), (6,), 11),
    ],
)
def test_ones_are_rerolled_once(notation: str, faces: tuple[int, ...], fresh: tuple[int, ...], total: int) -> None:
    roll, kept, new = resumed(with_ones_rerolled(rolled(notation, *faces)), *fresh)
    assert (roll.total, kept, new) == (total, list(faces), list(fresh))


@pytest.mark.parametrize(
    ("notation", "faces"),
    [("2d6", (5, 3)), ("2d6!", (1, 3)), ("2d6ro1", (1, 1, 3, 3)), ("4df", (1, 1, 1, 1)), ("2d1", (1, 1))],
)
def test_without_a_one_that_can_be_rerolled_nothing_is_offered(notation: str, faces: tuple[int, ...]) -> None:
    assert with_ones_rerolled(rolled(notation, *faces)) is None


def test_a_face_that_a_die_does_not_have_is_refused() -> None:
    with pytest.raises(DiceError):
        ResumedSource([7], ScriptedSource([])).roll(6, 1)


@pytest.mark.parametrize(
    ("change", "notation", "faces", "fresh", "told"),
    [
        (Added("+2"), "pbta+1", (3, 3), (), "partial success: 9"),
        (Added("+1d4"), "pbta", (3, 3), (4,), "full success: 10"),
        (Added("+2"), "sw8", (5, 3), (), "success: 7"),
        (Added("+5"), "coc50", (48,), (), None),
        (Edge.ADVANTAGE, "pf2+5 vs 15", (2,), (20,), "critical success: 25, natural 20"),
        (Edge.DISADVANTAGE, "pf2+5 vs 15", (19,), (10,), "success: 15"),
        (ONES, "pbta+1", (1, 4), (5,), "full success: 10"),
        (ONES, "vtm6h2", (6, 7, 3, 1, 8, 1), (10, 2), "4 successes"),
        (ONES, "fitd2", (1, 4), (6,), "full success"),
    ],
)
def test_a_games_roll_keeps_its_verdict(
    change: Added | Edge | str, notation: str, faces: tuple[int, ...], fresh: tuple[int, ...], told: str | None
) -> None:
    roll, kept, new = resumed(changed_by(change, rolled(f"{notation} # why", *faces)), *fresh)
    assert new == list(fresh)
    assert len(kept) + len(new) == len(roll.faces)
    assert roll.comment == "why"
    answer = games.answer(roll)
    assert (answer.verdict if answer is not None else None) == told


def changed_by(change: Added | Edge | str, roll: Roll) -> WhatIf | None:
    if isinstance(change, Edge):
        return with_edge(roll, change)
    return with_added(roll, change.modifier, Reader()) if isinstance(change, Added) else with_ones_rerolled(roll)
