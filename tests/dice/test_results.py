"""What a roll tells: stories die by die, JSON, and pools too large to be told by sorting."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from modules.dice.errors import ArithmeticFault, DiceError
from modules.dice.notation.syntax import Pool
from modules.dice.notes import Note
from modules.dice.rolling.pool_result import Die
from modules.dice.rolling.result import JSON_VERSION, Roll
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine


def one(notation: str, *faces: int) -> Roll:
    (roll,) = DiceEngine(source=ScriptedSource(faces)).roll(notation)
    return roll


def test_every_die_has_its_story() -> None:
    (pool,) = one("4d6r1!kh3", 1, 6, 2, 3, 5, 4).pools
    assert list(pool.dice) == [
        Die(5, 5, True, steps=(("rerolled", 1),)),
        Die(6, 6, True, steps=(("exploded", 6),)),
        Die(4, 4, True, steps=(("extra", 4),)),
        Die(2, 2, False),
        Die(3, 3, False),
    ]
    assert pool.dice[-1] == Die(3, 3, False)
    assert pool.dice[1:2] == (Die(6, 6, True, steps=(("exploded", 6),)),)
    assert not pool.is_set


@pytest.mark.parametrize(
    ("notation", "faces", "dice"),
    [
        ("a1d20", (5, 9), [Die(9, 9, steps=(("instead of", 5),))]),
        ("d1d20", (5, 9), [Die(5, 5, steps=(("instead of", 9),))]),
        ("1d6mi3", (1,), [Die(1, 3, steps=(("raised", 1),))]),
        ("1d6ma3", (5,), [Die(5, 3, steps=(("lowered", 5),))]),
        ("1d6!!", (6, 2), [Die(6, 8, steps=(("compounded", 2),))]),
        ("1d6i", (1, 2), [Die(1, 1, steps=(("imploded", 1),)), Die(2, -2, steps=(("extra", -2),))]),
        ("1d6ra1", (1, 2), [Die(1, 1, steps=(("added to", 1),)), Die(2, 2, steps=(("extra", 2),))]),
        ("2d20", (20, 1), [Die(20, 20, mark="success"), Die(1, 1, mark="failure")]),
        ("1d20cs>=19", (19,), [Die(19, 19, mark="success")]),
        ("1d20cf<=3", (3,), [Die(3, 3, mark="failure")]),
        ("2d10>=8f1", (9, 1), [Die(9, 9, score=1), Die(1, 1, score=-1)]),
        ("2d10>=8c", (9, 1), [Die(9, 9, steps=(("cancelled", 1),)), Die(1, 1)]),
        ("d[hit+hit,-]", (1,), [Die(1, 0, words=("hit", "hit"))]),
        ("2d6sd", (1, 5), [Die(5, 5), Die(1, 1)]),
    ],
)
def test_stories(notation: str, faces: tuple[int, ...], dice: list[Die]) -> None:
    assert list(one(notation, *faces).pools[0].dice) == dice


def test_botches_failures_and_successes_are_tallied_apart() -> None:
    (pool,) = one("4d10>=8f2b1", 8, 2, 1, 9).pools
    assert dict(pool.tally) == {"successes": 2, "failures": 1, "botches": 1}
    assert pool.total == 1


def test_pools_follow_the_canonical_text() -> None:
    roll = one("{1d6,(1d4)d4}kh1+2[x]", 3, 1, 4)
    pieces = roll.prepared.pieces
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == roll.expression
    assert [pool.node for pool in roll.pools] == [piece for piece in pieces if not isinstance(piece, str)]
    assert [str(pool.node) for pool in roll.pools] == [
        "1d6",
        "1d4",
        "(1d4)d4",
        "{1d6,(1d4)d4}kh1",
    ]
    assert roll.pools[-1].is_set
    assert isinstance(roll.pools[0].node, Pool)


def test_rolls_are_equal_when_everything_is() -> None:
    assert one("2d6", 3, 4) == one("2d6", 3, 4)
    assert one("2d6", 3, 4) != one("2d6", 4, 3)
    assert one("2d6", 3, 4) != one("2d6 # x", 3, 4)
    assert one("2d6", 3, 4) != "2d6"
    assert len({one("2d6", 3, 4), one("2d6", 3, 4)}) == 1
    assert repr(one("2d6", 3, 4)) == "<Roll 2d6 = 7>"


def test_json_keeps_fractions_symbols_and_plot_dice() -> None:
    rolls = DiceEngine(source=ScriptedSource([10, 1, 5, 6])).roll("1d20/4, dP, 2boost")
    assert rolls[0].total == 3
    for roll in DiceEngine().roll("1d20/7 # part; dP; 2boost+1setback; (1d6)>3"):
        again = Roll.from_json(roll.to_json().encode())
        assert again == roll
        assert (again.total, again.tally, again.success, again.shortcuts) == (
            roll.total,
            roll.tally,
            roll.success,
            roll.shortcuts,
        )
    assert json.loads(one("1d6/4", 3).to_json())["total"] == "3/4"
    assert Roll.from_json(one("1d6/4", 3).to_json()).total == Fraction(3, 4)


def changed(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda kept: kept | fields


@pytest.mark.parametrize(
    "spoil",
    [
        changed(version=JSON_VERSION + 1),
        changed(total=8),
        changed(total="x"),
        changed(total="1/0"),
        changed(total="1e999999999"),
        changed(total=7.5),
        changed(total=float("inf")),
        changed(faces=[float("inf"), 4]),
        changed(paid=[float("inf"), 0]),
        changed(expression=["2d6"]),
        changed(expression="2#2d6"),
        changed(faces=[3]),
        changed(faces=[3, 4, 5]),
        changed(faces=[3, 9]),
        changed(faces="no"),
        changed(expression="2d6; 2d6"),
        changed(expression="2d6kx"),
        changed(expression="2d1!"),
        changed(expression=7),
        changed(paid=[1]),
        changed(cancels=[["one"]]),
        lambda kept: {key: value for key, value in kept.items() if key != "faces"},
    ],
)
def test_json_that_is_no_roll_is_refused(spoil: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    kept = one("2d6", 3, 4).as_dict()
    with pytest.raises(DiceError):
        Roll.from_json(json.dumps(spoil(kept)))


@pytest.mark.parametrize("text", ["", "[]", "7", "null", "{", b"\xff", "[" * 5000])
def test_texts_that_are_no_json_of_ours_are_refused(text: str | bytes) -> None:
    with pytest.raises(DiceError):
        Roll.from_json(text)


@pytest.mark.parametrize(
    ("notation", "total"),
    [
        ("1000d6kh500", lambda faces: sum(sorted(faces)[500:])),
        ("1000d6kl300", lambda faces: sum(sorted(faces)[:300])),
        ("1000d6dl100", lambda faces: sum(sorted(faces)[100:])),
        ("1000d6dh100", lambda faces: sum(sorted(faces)[:900])),
        ("1000d6kh2000", sum),
        ("100d6kh0", lambda _faces: 0),
        ("100d6>=3", lambda faces: sum(face >= 3 for face in faces)),
        ("100d255<=100", lambda faces: sum(face <= 100 for face in faces)),
        ("100d1000>900", lambda faces: sum(face > 900 for face in faces)),
        ("100d6<0", lambda _faces: 0),
        ("9d1000", sum),
    ],
)
def test_large_pools_are_told_from_their_faces(notation: str, total: Callable[[tuple[int, ...]], int]) -> None:
    (roll,) = DiceEngine().roll(notation)
    assert roll.total == total(roll.faces)
    assert roll.pools[0].total == roll.total


@pytest.mark.parametrize("point", [-3, 0, 1, 5, 6, 7, 255, 256, 999_999])
@pytest.mark.parametrize("relation", [">=", "<=", ">", "<", "=", "!="])
def test_counts_agree_with_the_story_at_every_border(relation: str, point: int) -> None:
    notation = f"40d6kh40{relation}{point}" if relation == "!=" else f"40d6{relation}{point}"
    if relation == "!=":
        with pytest.raises(DiceError):
            DiceEngine().roll(f"40d6!={point + 10}")
        return
    (roll,) = DiceEngine().roll(notation)
    assert roll.pools[0].total == roll.total
    (exploded,) = DiceEngine().roll("9d6!=6")
    assert exploded.pools[0].total == exploded.total


def test_a_fault_deep_inside_points_at_its_own_place() -> None:
    with pytest.raises(ArithmeticFault) as caught:
        DiceEngine().roll("2*(3+1/0)*4")
    assert caught.value.span == (5, 8)


def test_engines_with_other_sources_and_dialects_stand_side_by_side() -> None:
    nazh, avrae = (
        DiceEngine(source=ScriptedSource([3, 1, 4, 3])),
        DiceEngine(source=ScriptedSource([3, 1, 4, 3]), dialect="avrae"),
    )
    assert (nazh.roll("4d6k3")[0].total, avrae.roll("4d6k3")[0].total) == (10, 6)
    with pytest.raises(KeyError):
        DiceEngine(dialect="klingon")


@pytest.mark.parametrize(
    ("notation", "sums"),
    [
        ("2d6+4[fire]", {"fire": 10}),
        ("2d6+4[fire]+1d6[cold]+3", {"fire": 10, "cold": 3}),
        ("10-2d6[fire]-4[cold]", {"fire": 4, "cold": -4}),
        ("(2d6+4)+1d6[cold]", {"cold": 13}),
        ("1d6*2+1d6[fire]", {"fire": 9}),
        ("1d6[fire]+2d6", {"fire": 3}),
        ("-(1d6+2)[fire]+1d6[cold]", {"fire": -5, "cold": 3}),
        ("age", {"stunt": 3}),
    ],
)
def test_a_term_without_a_label_takes_the_next_to_its_right(notation: str, sums: dict[str, int]) -> None:
    (roll,) = DiceEngine(source=ScriptedSource([3] * 9)).roll(notation)
    assert roll.label_sums == sums


def test_notes_are_kept_as_codes() -> None:
    (roll,) = DiceEngine(source=ScriptedSource([3])).roll("1d20 with my +1 sword")
    (note,) = roll.notes
    assert note == Note("not_rolled", texts=("+1 sword",)) != Note("advantage_cancels")
    assert repr(note) == "<Note {'code': 'not_rolled', 'texts': ('+1 sword',)}>"
    assert Roll.from_json(roll.to_json()).notes == (note,)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1d6" + "+1" * 500, "notation_length"),
        ("$hidden+1d6", "saved_unknown"),
        ("1d6[fire", "not_closed"),
        ("[[1d6,1d8]]kh1", "double_brackets"),
        ("1d6 attack", "unknown_operator"),
    ],
)
def test_the_expression_of_a_record_is_read_strictly(expression: str, code: str) -> None:
    (roll,) = DiceEngine(source=ScriptedSource([3])).roll("1d6")
    with pytest.raises(DiceError) as caught:
        Roll.from_record(roll.record() | {"expression": expression})
    assert caught.value.code == code
