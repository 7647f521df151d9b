"""The language, row by row: what is read, in which order dice are thrown, and where dialects disagree."""

import sys
from fractions import Fraction

import pytest

from modules.dice.errors import ArithmeticFault, DiceError, LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.notation.parser import parse
from modules.dice.notes import Note
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence


def canonical(notation: str, dialect: str = "nazh") -> str:
    return str(parse(notation, dialect=dialect))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("6 4d6kh3", "6#4d6kh3"),
        ("6x4d6kh3", "6#4d6kh3"),
        ("6 x 4d6kh3", "6#4d6kh3"),
        ("6 # 4d6kh3", "6#4d6kh3"),
        ("3xa1d6", "3#a1d6"),
        ("2#-1d4", "2#-1d4"),
        ("6 - 1d4", "6-1d4"),
        ("6 # six", "6 # six"),
        ("2 d6", "2d6"),
        ("3 d66", "3#d66"),
        ("5 (1d6)", "5#(1d6)"),
        ("1d20, 1d6;1d4", "1d20; 1d6; 1d4"),
        ("1d20+5 to hit", "1d20+5 # to hit"),
        ("1d20 I attack", "1d20 # I attack"),
        ("1d20 \N{CROSSED SWORDS} swing", "1d20 # \N{CROSSED SWORDS} swing"),
        ('1d20 "quoted"', '1d20 # "quoted"'),
        ("2d6 \\ slash", "2d6 # slash"),
        ("4d6 ! text", "4d6 # text"),
        ("4d6! text", "4d6! # text"),
        ("2d6 # a\0b\nc", "2d6 # a\N{REPLACEMENT CHARACTER}b c"),
        ("1d20 hit, 2d6 damage", "1d20 # hit; 2d6 # damage"),
        ("1d20 hit, then run", "1d20 # hit, then run"),
        ("4d6!pl1", "4d6!dl1"),
        ("4d6!ph1", "4d6!dh1"),
        ("4d6!p", "4d6!p"),
        ("4d6!p>=5", "4d6!p>=5"),
        ("4d6!!pl1", "4d6!!dl1"),
        ("4d6!!p", "4d6!!p"),
        ("4d6xo5", "4d6!o5"),
        ("4d6x!=1", "4d6x!=1"),
        ("4d6!!!=1", "4d6!!!=1"),
        ("4d6 x x", "4d6 # x x"),
        ("4d6!t5", "4d6!t5"),
        ("4d6!tl2", "4d6!tl2"),
        ("4d6r r", "4d6r r"),
        ("4d6r ro1", "4d6r ro1"),
        ("4d6uuossd", "4d6uuossd"),
        ("4d6k=3", "4d6k=3"),
        ("4d6d<3", "4d6p<3"),
        ("4d6p1", "4d6p=1"),
        ("4d6ie5", "4d6!>=5"),
        ("4d6ir2", "4d6r<=2"),
        ("10d10\N{GREATER-THAN OR EQUAL TO}8", "10d10>=8"),
        ("10d10t8f1b2ds10c", "10d10>=8f1b2ds10c"),
        ("4dF>=-1", "4dF>=-1"),
        ("4dF k>=-1", "4dFk>=-1"),
        ("(10d10)>=8", "(10d10) >= 8"),
        ("10d10+0==8", "10d10+0 = 8"),
        ("2d6 >= 1d8", "(2d6) >= 1d8"),
        ("2d6 > 1d4+1 to hit", "(2d6) > 1d4+1 # to hit"),
        ("2d6 >=1d8", "(2d6) >= 1d8"),
        ("3d6= 1d4", "(3d6) = 1d4"),
        ("2d6 >= 2d%", "(2d6) >= 2d100"),
        ("2d6>=1dF", "(2d6) >= 1dF"),
        ("2d6>=1d(6)", "(2d6) >= 1d(6)"),
        ("2d6 >= -1d8", "(2d6) >= -1d8"),
        ("2d6 != 1d8", "(2d6) != 1d8"),
        ("2d6! >= 1d8", "(2d6!) >= 1d8"),
        ("2d6kh1 >= 1d8", "(2d6kh1) >= 1d8"),
        ("2d6 kh1>= 1d8", "(2d6kh1) >= 1d8"),
        ("2d6 kh1>=1dF", "(2d6kh1) >= 1dF"),
        ("{1d6,1d8} < 1d8", "({1d6,1d8}) < 1d8"),
        ("4d10>=8d1", "4d10>=8dl1"),
        ("4d10 >= 8 d1", "4d10>=8dl1"),
        ("4d10 >= 8dl1", "4d10>=8dl1"),
        ("4d10 >= 8b1", "4d10>=8b1"),
        ("4d6! >= 5", "4d6!t5"),
        ("4d6! >4", "4d6! >4"),
        ("4d6! <> 5", "4d6! <>5"),
        ("4d6!>=5", "4d6!>=5"),
        ("3d6<>2", "3d6<>2"),
        ("1d10x1=10", "1d10!o10"),
        ("1d10!1=10", "1d10!o10"),
        ("2d6r1=1", "2d6ro1"),
        ("4d6kh(2+1)", "4d6kh3"),
        ("9d6>=(8-3)", "9d6>=5"),
        ("9d6>=(2d4)", "(9d6) >= (2d4)"),
        ("9d6kh(2*-(1-3))", "9d6kh4"),
        ("4dFate", "4dF"),
        ("4dF.2", "4dF"),
        ("d66", "d66"),
        ("1d66", "1d66"),
        ("d888+1", "d888+1"),
        ("d20", "1d20"),
        ("(1d6,2d4,)kh1", "{1d6,2d4}kh1"),
        ("[[1d4]]d6", "(1d4)d6"),
        ("1d20 risk", "1d20 # risk"),
        ("1d20 buff", "1d20 # buff"),
        ("2d6 six", "2d6 # six"),
        ("1d20 crit 19", "1d20 # crit 19"),
        ("4d6 !kidneys", "4d6 # kidneys"),
        ("4d6 !kh3", "4d6!kh3"),
        ("2d6 kh", "2d6kh1"),
        ("7//2", "7//2"),
        ("2d6 adv >= 3", None),
        ("1d20 adv >= 3", "(2d20kh1) >= 3"),
        ("-2^(1d4) > 3", "-2^(1d4) > 3"),
        ("2*-1d4 adv", None),
        ("1d20 vs 1d20", "1d20 vs 1d20"),
        ("1d20 TN 7", "1d20 vs 7"),
        ("adv 1d20+4", "2d20kh1+4"),
        ("1d20r1+1d20 dis", "2d20r1kl1+1d20"),
        ("1d20adv+1d20dis-1", "2d20kh1+2d20kl1-1"),
        ("(a1d6, 2) kh1", "{a1d6,2}kh1"),
        ("[[1d20]]+1", "(1d20)+1"),
        ("1d20[a][ b  c ]", "1d20[a][b c]"),
        ("1d20+1d4[disadvantage]", "1d20+1d4[disadvantage]"),
        ("1d20[disadvantage]", "1d20[disadvantage]"),
        ("d[ hit , -2 / x*3]", "1d[hit,-2,x*3]"),
        ("2 ** 3 ^ 2", "2^3^2"),
        ("--+-5", "-5"),
        ("1.50+0.125+2.0", "1.5+0.125+2"),
        ("min(1, 2,3) // max(4)", "min(1,2,3)//max(4)"),
        ("(1d4) d6", "(1d4)d6"),
        ("(1)dF", "(1)dF"),
        ("d(1d4)dl1", "1d(1d4)dl1"),
        ("d20dl1", "1d20dl1"),
        ("2d20s vs 10", "2d20s vs 10"),
        ("4d6 kh3>=5", "4d6kh3>=5"),
        ("4d6 kh3-2", "4d6kh3-2"),
        ("d1d20", "d1d20"),
    ],
)
def test_canonical_form(typed: str, understood: str | None) -> None:
    if understood is None:
        with pytest.raises(NotationError):
            parse(typed)
    else:
        assert canonical(typed) == understood
        assert canonical(understood) == understood


@pytest.mark.parametrize(
    ("dialect", "typed", "understood"),
    [
        ("avrae", "4d6k3", "4d6k=3"),
        ("avrae", "d%", "1d[0,10,20,30,40,50,60,70,80,90]"),
        ("avrae", "10d10>=8", "(10d10) >= 8"),
        ("avrae", "2d6+3d8 >= 8", "(2d6+3d8) >= 8"),
        ("avrae", "-2d6 > 3", "(-2d6) > 3"),
        ("avrae", "2^1d4 > 3", "(2^1d4) > 3"),
        ("avrae", "2d6 >= 8 hits", "(2d6) >= 8 # hits"),
        ("roll20", "10d10>8", "10d10>=8"),
        ("roll20", "10d10<3", "10d10<=3"),
        ("roll20", "8d6!>5", "8d6!>=5"),
        ("roll20", "(10d10) > 8", "(10d10) > 8"),
        ("maiden", "4d6! boom", "4d6 # boom"),
        ("maiden", "4d6 !boom", "4d6 # boom"),
        ("maiden", "4d6e6", "4d6!o>=6"),
        ("maiden", "4d6r2", "4d6ro<=2"),
        ("maiden", "4d6r<2", "4d6ro<2"),
        ("maiden", "1d1+2*3", "(1d1+2)*3"),
        ("maiden", "1d1*2+3-4*5", "(1d1*2+3-4)*5"),
        ("nazh", "1d1+2*3", "1d1+2*3"),
    ],
)
def test_dialects(dialect: str, typed: str, understood: str) -> None:
    assert canonical(typed, dialect) == understood
    assert canonical(understood) == understood


def test_long_runs_from_left_to_right_are_bounded() -> None:
    with pytest.raises(LimitError):
        parse("1" + "+1*1" * 60, dialect="maiden")


@pytest.mark.parametrize(
    ("notation", "faces", "total"),
    [
        ("2d6!", (6, 6, 6, 1, 2), 21),
        ("2d6!o", (6, 6, 6, 1), 19),
        ("2d6r1", (1, 1, 1, 5, 2), 7),
        ("2d6!p", (6, 6, 6, 1, 2), 6 + 5 + 0 + 6 + 1),
        ("2d6!!kh1", (6, 6, 6, 1, 2), 13),
        ("2d6!!p", (6, 1, 3), 9),
        ("3d6i", (1, 4, 1, 5, 2), 1 - 5 + 4 + 1 - 2),
        ("4d6u", (2, 2, 2, 3, 2, 3, 4, 5), 2 + 4 + 5 + 3),
        ("3d6uo", (2, 2, 2, 2, 5), 2 + 2 + 5),
        ("3d6ra1", (1, 1, 2, 4), 8),
        ("ad2d20", (5, 9, 12, 3), 12 + 3),
        ("ap2d6, 1d20", (3, 2, 5, 10), 5),
        ("(1d4)d(1d6)", (2, 5, 3, 4), 7),
        ("3d6mi3ma4", (1, 6, 3), 10),
        ("4d6km2", (1, 6, 3, 4), 7),
        ("5d10>=8ds10c", (10, 9, 1, 3, 8), 2),
        ("10d10>=8f1", (1, 1, 1, 2, 3, 4, 5, 6, 7, 8), -2),
        ("round(5/2)", (), 3),
        ("round(-5/2)", (), -3),
        ("ceil(5/2)+floor(5/2)+abs(-1)", (), 6),
        ("7%4+7//2", (), 6),
        ("2^-1", (), Fraction(1, 2)),
        ("(1/2)^2", (), Fraction(1, 4)),
        ("0^0", (), 1),
        ("1.5*1d6", (3,), Fraction(9, 2)),
        ("1d6>=4+0", (4,), 1),
        ("0d6", (), 0),
        ("(0)d6!", (), 0),
        ("max(1d6,1d8)", (3, 7), 7),
        ("{1d6,1d6}s", (5, 2), 7),
        ("1d[a,2]", (2,), 2),
        ("2d20, 2dP", (10, 11, 2, 5), 25),
        ("1d20*2, p1d6", (10, 1), 24),
        ("(1d20)d6, dP", (1, 3, 2), 3),
        ("2d300kh1", (299, 300), 300),
        ("2d300>=300", (299, 300), 1),
        ("2d300!", (300, 1, 5), 306),
    ],
)
def test_dice_fall_in_order(notation: str, faces: tuple[int, ...], total: int | Fraction) -> None:
    source = ScriptedSource(faces)
    rolls = DiceEngine(source=source).roll(notation)
    assert rolls[0].total == total
    assert [face for roll in rolls for face in roll.faces] == list(faces)


@pytest.mark.parametrize(
    ("notation", "success", "margin"),
    [
        ("1d20+5 vs 15", True, 2),
        ("1d20+5 vs 18", False, -1),
        ("(1d20) >= 12", True, 0),
        ("(1d20) > 12", False, 0),
        ("(1d20) <= 15", True, 3),
        ("(1d20) < 10", False, -2),
        ("(1d20) = 12", True, 0),
        ("((1d20) != 10)[odd]", True, 2),
        ("1d20", None, None),
        ("((1d20) >= 3)+1", None, None),
    ],
)
def test_checks_leave_the_total_and_tell_the_margin(notation: str, success: bool | None, margin: int | None) -> None:
    (roll,) = DiceEngine(source=ScriptedSource([12])).roll(notation)
    assert (roll.success, roll.margin) == (success, margin)
    assert roll.total in {12, 13, 17}


def test_plot_dice_count_once_for_every_d20_pool_and_have_no_total() -> None:
    rolls = DiceEngine(source=ScriptedSource([10, 11, 6, 2])).roll("1d20+1; 1d20+1d6; p1d6")
    assert [(roll.total, roll.has_total) for roll in rolls] == [(15, True), (21, True), (0, False)]
    assert rolls[2].tally == {"complication": 1}
    assert rolls[0].pools[0].bonus == 4
    assert [roll.total for roll in DiceEngine(source=ScriptedSource([10, 3, 11, 1])).roll("2#1d20+dP")] == [10, 13]


def saved(texts: dict[str, str], notation: str) -> list[tuple[int | Fraction, str, str]]:
    rolls = DiceEngine(source=ScriptedSource([4] * 50)).roll(notation, saved=texts.get)
    return [(roll.total, roll.expression, roll.comment) for roll in rolls]


def test_saved_rolls_stand_for_their_text() -> None:
    texts = {"fire": "2d6[fire]+1", "att": "2#1d20+5 vs 12 # swing", "d": "1d20", "Ö": "$d+1"}
    assert saved(texts, "$fire*2") == [(18, "(2d6[fire]+1)*2", "")]
    assert saved(texts, " $att ") == [(9, "1d20+5 vs 12", "swing")] * 2
    assert saved(texts, "adv $d+1") == [(5, "2d20kh1+1", "")]
    long = {"a": "1d20" + "+0" * 300}
    assert saved(long, "$a+1 adv")[0][0] == saved(long, "adv $a+1")[0][0] == 5
    assert saved(texts, "$Ö - $d") == [(1, "(1d20+1)-1d20", "")]


@pytest.mark.parametrize(
    ("notation", "said"),
    [
        ("1+$none", "no saved roll"),
        ("$loop+1", "leads back to itself"),
        ("$a", "back to itself"),
        ("1+$att", "rolled by itself"),
        ("1+$check", "rolled by itself"),
        ("$bad", "closes nothing"),
        ("$long+$long+$long+$long", "characters"),
        ("$double", "characters"),
    ],
)
def test_saved_rolls_are_refused_at_their_name(notation: str, said: str) -> None:
    texts = {
        "loop": "$LOOP",
        "LOOP": "$loop",
        "a": "$b",
        "b": "$a",
        "att": "1d20 # x",
        "check": "1d20 vs 15",
        "bad": "2d6)",
        "long": "1+" * 200 + "1",
    }
    texts |= {"double": "$double1+$double1", "double40": "1d6"}
    texts |= {f"double{n}": f"$double{n + 1}+$double{n + 1}" for n in range(40)}
    with pytest.raises(DiceError) as caught:
        saved(texts, notation)
    assert said in sentence(caught.value)
    assert caught.value.span is not None
    assert notation[caught.value.span[0]] == "$"


@pytest.mark.parametrize(
    ("notation", "limits"),
    [
        ("11d6", Limits(dice=10)),
        ("6d6+5d6", Limits(dice=10)),
        ("2#6d6", Limits(dice=10)),
        ("(5+6)d6", Limits(dice=10)),
        ("1d101", Limits(sides=100)),
        ("1d(100+1)", Limits(sides=100)),
        ("d[a*60,b*60]", Limits(sides=100)),
        ("123", Limits(digits=2)),
        ("1d6+123", Limits(digits=2)),
        ("12.34", Limits(digits=3)),
        ("3#d6", Limits(repeats=2)),
        ("1;2;3", Limits(rolls=2)),
        ("((1))", Limits(nesting=1)),
        ("2^2^2^2", Limits(nesting=2)),
        ("10^3", Limits(power=100)),
        ("(1/10)^3", Limits(power=100)),
        ("3^2", Limits(power=8)),
        ("99*99", Limits(magnitude=1000)),
        ("1/99/99", Limits(magnitude=1000)),
        ("1+2+3+4", Limits(steps=2)),
        ("1d6+2+3", Limits(notation_length=5)),
        ("9d6s", Limits(steps=10)),
        ("(100)d6sss", Limits(steps=30)),
    ],
)
def test_every_limit_refuses(notation: str, limits: Limits) -> None:
    with pytest.raises(LimitError):
        DiceEngine(limits).roll(notation)
    assert DiceEngine().roll(notation)


NEARLY = "*".join(["999999999999999"] * 6 + ["9999999999"])
"""A product of a hundred digits, which is as many as a result may have."""


@pytest.mark.parametrize(
    "notation",
    [
        f"{NEARLY}+{NEARLY}+1d6kh1",
        f"-({NEARLY})-({NEARLY})*1",
        f"1d6 + {NEARLY} + 1 - 1d4 + {NEARLY} - {NEARLY}",
        f"abs({NEARLY})+1+max({NEARLY},1)",
        f"{{{NEARLY},1}}kh1+{NEARLY}",
        f"1+20d1>=1{'ds1' * 330}",
    ],
)
def test_a_sum_too_large_to_be_told_is_not_rolled(notation: str) -> None:
    with pytest.raises(LimitError) as caught:
        DiceEngine().roll(notation)
    assert caught.value.span is not None


@pytest.mark.parametrize("notation", [NEARLY, f"1d6*0+{NEARLY}-1", f"{NEARLY}-{NEARLY}+2d6"])
def test_a_large_sum_that_is_rolled_can_be_told(notation: str) -> None:
    (roll,) = DiceEngine().roll(notation)
    assert len(str(roll.total)) <= 101
    assert str(roll.total) in roll.to_json()


def test_strict_limits_hold_for_sums_too() -> None:
    with pytest.raises(LimitError):
        DiceEngine(Limits(magnitude=1000)).roll("600+600")


@pytest.mark.parametrize(
    ("notation", "kind"),
    [
        *((notation, ArithmeticFault) for notation in ("1/0", "1//0", "1%0", "0^-1", "2^(1/2)")),
        *((notation, ArithmeticFault) for notation in ("(0-1)d6", "(1/2)d6", "1d(0)", "1d(1/2)")),
        ("(2)d1!", NotationError),
        ("(1)dFr>=-1", NotationError),
    ],
)
def test_what_only_rolling_can_tell(notation: str, kind: type[DiceError]) -> None:
    with pytest.raises(kind) as caught:
        DiceEngine().roll(notation)
    assert caught.value.span is not None


def test_a_caller_deep_in_its_own_stack_gets_a_refusal() -> None:
    def dive(depth: int) -> None:
        if depth:
            dive(depth - 1)
        else:
            DiceEngine().roll("(" * 50 + "1" + ")" * 50)

    with pytest.raises(LimitError):
        dive(sys.getrecursionlimit() - 300)


def test_caps_are_said() -> None:
    (dice,) = DiceEngine(Limits(dice=5), ScriptedSource([6] * 5)).roll("4d6!")
    assert dice.total == 30
    assert dice.notes == (Note("dice_reached"),)
    (twice,) = DiceEngine(Limits(dice=5), ScriptedSource([6] * 5)).roll("2d6!+2d6!")
    assert len(twice.notes) == 1
    (rounds,) = DiceEngine(Limits(rounds=3), ScriptedSource([6] * 4)).roll("1d6!!")
    assert rounds.total == 24
    assert rounds.notes == (Note("rounds_reached"),)
    (unique,) = DiceEngine(Limits(dice=4), ScriptedSource([6] * 4)).roll("2d6u+1")
    assert unique.total == 13
    (many,) = DiceEngine(source=ScriptedSource([1, 2])).roll("2d6kh5")
    assert many.notes == (Note("more_dice", operator="kh5", count=2),)
    (few,) = DiceEngine().roll("{1,2}kl3")
    assert few.notes == (Note("more_totals", operator="kl3", count=2),)
