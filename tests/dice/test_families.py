"""Operators that act together, sets that act on dice, digit dice, shared totals, sums by label, records."""

from fractions import Fraction

import pytest

from modules.dice.errors import DiceError, NotationError
from modules.dice.limits import Limits
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.explain import explain
from modules.rendering.rolls import render_rolls


def rolls_of(notation: str, *faces: int, dialect: str = "nazh") -> tuple[Roll, ...]:
    source = ScriptedSource(faces)
    rolls = DiceEngine(source=source, dialect=dialect).roll(notation)
    assert not source.left_count
    return rolls


@pytest.mark.parametrize(
    ("notation", "faces", "total"),
    [
        ("4d6kh1kl1", (6, 2, 3, 4), 8),
        ("2d6kh1kl1", (3, 3), 6),
        ("4d6dl1dh1", (3, 3, 3, 3), 6),
        ("4d6km1kh1", (2, 2, 2, 2), 4),
        ("10d6k=1k=3", (1, 3, 1, 3, 5, 6, 2, 2, 4, 4), 8),
        ("5d6km1kh1", (1, 2, 3, 4, 5), 8),
        ("4d6dh1dl1", (6, 1, 3, 4), 7),
        ("5d6p=6dl1", (6, 1, 3, 4, 6), 7),
        ("4d6kh3dl1", (6, 1, 3, 4), 10),
        ("2d8r1r3r5r7", (7, 5, 1, 3, 2, 4), 6),
        ("4d6rr1rr2", (2, 3, 4, 5, 1, 6), 18),
        ("3d6ro1ro2", (1, 2, 5, 2, 1), 2 + 1 + 5),
        ("2d6r1ro2", (1, 4, 2, 2), 2 + 4),
        ("2d6!5!6", (5, 1, 6, 5, 2), 5 + 6 + 5 + 2 + 1),
        ("3d6mi2mi3", (1, 2, 6), 12),
        ("3d6ma5ma4", (5, 6, 1), 9),
        ("{4d6+3d8}k4", (1, 2, 3, 4, 5, 6, 7), 22),
        ("{d4+d6+d8}dh1dl1", (1, 2, 5), 2),
        ("{2d6-1d4}kh2", (3, 5, 2), 8),
        ("{4d6+2}kh3", (1, 2, 3, 4), 11),
        ("{(2d6[a])+-(1d4)}kh1", (3, 5, 2), 5),
        ("{4d6}dl1", (1, 2, 3, 4), 9),
        ("{2d6*2}>=5", (1, 2), 1),
        ("{1d6>=4+1d6}>=2", (5, 1), 1),
        ("{1d[a,b]+1d6}>=2", (1, 3), 1),
        ("{3d20+5}>21f<10", (20, 19, 15), 2),
        ("{2d6!+(1d4)d4}kh2", (6, 1, 5, 2, 3, 4), 11),
        ("d66", (1, 5), 15),
        ("d666+1", (1, 5, 2), 153),
        ("2*d88", (8, 1), 162),
        ("d66, p1d6", (2, 3, 1), 23),
    ],
)
def test_totals(notation: str, faces: tuple[int, ...], total: int) -> None:
    roll = rolls_of(notation, *faces)[0]
    assert roll.total == total
    again = Roll.from_record(roll.record())
    assert (again, again.as_dict()) == (roll, roll.as_dict())


def test_a_set_of_one_shows_the_dice_of_its_pools_as_its_own() -> None:
    (roll,) = rolls_of("{4d6+3d8}k4", 1, 2, 3, 4, 5, 6, 7)
    assert [die.kept for die in roll.pools[-1].dice] == [False] * 3 + [True] * 4
    assert [pool.is_merged for pool in roll.pools] == [True, True, False]
    assert "kh4: keep the 4 highest → [1], [2], [3], 4, 5, 6, 7" in explain(roll)
    assert "thrown → 1, 5" in explain(rolls_of("d66", 1, 5)[0])


def test_roll20_tests_each_die_of_a_set_of_one() -> None:
    (roll,) = rolls_of("{3d20+5}>21f<10", 20, 19, 15, dialect="roll20")
    assert roll.total == 2


@pytest.mark.parametrize(
    "notation", ["2d6r1r2r3r4r5r6", "1d1000000r<500000r>=500000", "2d[1,5,9]r<5r>=5", "1d6!5!<5!6"]
)
def test_families_that_match_every_face_are_endless(notation: str) -> None:
    with pytest.raises(NotationError, match="endless"):
        DiceEngine().roll(notation)


@pytest.mark.parametrize("notation", ["2d6r1r2r3r4r5", "1d1000000r<500000r>500000", "2d[0,10,20]r<5r>15"])
def test_families_that_spare_a_face_end(notation: str) -> None:
    assert DiceEngine().roll(notation)


def test_the_total_of_the_first_roll_is_shared() -> None:
    rolls = rolls_of("1d20; &+5; &*2", 8)
    assert [roll.total for roll in rolls] == [8, 13, 16]
    assert [roll.expression for roll in rolls] == ["1d20", "&+5", "&*2"]
    assert [Roll.from_json(roll.to_json()) for roll in rolls] == list(rolls)
    assert [roll.total for roll in rolls_of("2#1d20; &/4", 8, 10)] == [8, 2, 10, Fraction(5, 2)]
    assert [roll.total for roll in rolls_of("1d20; &+1; p1d6", 8, 2)] == [12, 13, 0]
    with pytest.raises(NotationError, match="shared_first") as caught:
        DiceEngine().roll("1d20+&")
    assert caught.value.span == (5, 6)


def test_labels_are_summed_over_the_terms_of_the_roll() -> None:
    (roll,) = rolls_of("2d6[fire]-(1d4[cold]+1[fire])+2 vs 3", 3, 4, 2)
    assert dict(roll.label_sums) == {"fire": 6, "cold": -2}
    assert dict(rolls_of("2*(1d6[fire])+1d6[a][b]", 3, 2)[0].label_sums) == {"a, b": 2}
    assert roll.as_dict()["labels"] == {"fire": 6, "cold": -2}


def test_repeats_are_aligned_with_their_sum_and_the_best() -> None:
    text = render_rolls(rolls_of("3#2d6kh1+9", 1, 2, 1, 1, 6, 2))
    assert text.splitlines() == [
        "2d6kh1+9, 3 times, sum **36**, best **15**",
        "**11** (~~1~~, 2)",
        "**10** (1, ~~1~~)",
        "**15** (6, ~~2~~)",
    ]
    assert (
        render_rolls(rolls_of("2#1d20 vs 10 # hit", 12, 3)).splitlines()[0]
        == "hit: 1d20 vs 10, 2 times, **1** succeeded"
    )
    assert render_rolls(rolls_of("2#1d6+5", 4, 5)).splitlines()[1:] == ["\N{FIGURE SPACE}**9** (4)", "**10** (5)"]
    assert render_rolls(rolls_of("2#1d6+1d4", 4, 3, 5, 1)).splitlines()[1] == "**7** = 1d6 (4)+1d4 (3)"
    assert render_rolls(rolls_of("2#d[a,b]", 1, 2)).splitlines()[1] == "**1 a** (a)"


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("<@123456789012345678> *x*", "<@123456789012345678> \\*x\\*"),
        ("<:sword:123456789012345678>", "<:sword:123456789012345678>"),
        ("`2*3` and *4*", "`2*3` and \\*4\\*"),
        ("`open", "\\`open"),
        ("<@&1>", "\\<@\N{ZERO WIDTH SPACE}&1\\>"),
    ],
)
def test_mentions_emoji_and_code_in_a_comment_stay_what_they_are(comment: str, shown: str) -> None:
    assert render_rolls(rolls_of(f"1d6 # {comment}", 3)) == f"{shown}: 1d6 (3) = **3**"


def test_a_long_comment_is_cut_before_what_has_to_stay_whole() -> None:
    text = render_rolls(rolls_of(f"1d6 # {'x' * 390} <@123456789012345678>", 3), limit=450)
    assert "<@" not in text
    assert "…" in text


def test_a_record_is_small_and_is_verified() -> None:
    (roll,) = rolls_of("2d6! # boom", 6, 2, 3)
    assert Roll.from_record(roll.record()) == roll
    with pytest.raises(DiceError, match="record_total"):
        Roll.from_record(roll.record() | {"total": 12})
    with pytest.raises(DiceError, match="faces_left"):
        Roll.from_record(roll.record() | {"faces": [6, 2, 3, 4]})


def test_a_die_whose_turn_comes_after_the_budget_earns_no_extra() -> None:
    (roll,) = DiceEngine(Limits(dice=3), ScriptedSource([6, 6, 5])).roll("2d6!")
    assert [die.value for die in roll.pools[0].dice] == [6, 5, 6]
    assert [note.code for note in roll.notes] == ["dice_reached"]
