"""Answers as cards and as lines: what stands large, what stands small, and what happens when there is too much."""

import re

import pytest

from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import ScriptedSource, SystemSource
from modules.dice_roll import DiceEngine
from modules.rendering.answers import (
    CARD_LENGTH,
    REST_IN_FILE,
    Outcome,
    every_die,
    outcome_of,
    render_card,
    render_lines,
)
from modules.rendering.dice import DISCORD, UNMARKED, Style
from modules.rendering.rolls import FIGURE_SPACE, MESSAGE_LENGTH


def rolled(notation: str, *faces: int) -> tuple[Roll, ...]:
    return DiceEngine(source=ScriptedSource(faces) if faces else SystemSource()).roll(notation)


@pytest.mark.parametrize(
    ("notation", "faces", "lines"),
    [
        ("2d6+3", (5, 3), ["# 11", "(5, 3) + 3", "-# 2d6+3"]),
        ("4d6kh3 # strength", (6, 2, 5, 4), ["**strength**", "# 15", "6, ~~2~~, 5, 4", "-# 4d6kh3"]),
        ("1d6", (5,), ["# 5", "-# 1d6"]),
        ("1d20+5", (20,), ["# 25 · critical success", "(**20**) + 5", "-# 1d20+5"]),
        ("1d20", (1,), ["# 1 · critical failure", "-# 1d20"]),
        ("1d20+5 vs 15", (4,), ["# 9 · failure by 6", "(4) + 5 vs 15", "-# 1d20+5 vs 15"]),
        ("2d6r1", (1, 3, 4), ["# 7", "~~1~~ 4, 3", "-# 2d6r1"]),
        ("2d6!", (6, 2, 3), ["# 11", "6!, 3, 2", "-# 2d6!"]),
        (
            "8d10>=8",
            (8, 9, 10, 1, 2, 3, 4, 8),
            ["# 4 successes", "**8**, **9**, **10**, 1, 2, 3, 4, **8**", r"-# 8d10\>=8"],
        ),
        (
            "2d6[fire]+1d4[cold]+3",
            (5, 6, 2),
            [
                "# 16",
                "fire 11 · cold 2 · unlabelled 3",
                r"(5, 6)\[fire\] + (2)\[cold\] + 3",
                r"-# 2d6\[fire\]+1d4\[cold\]+3",
            ],
        ),
        ("1d6-1[half-elf]", (3,), ["# 2", r"(3) \- 1\[half\-elf\]", r"-# 1d6\-1\[half\-elf\]"]),
        ("{2d6,1d8}kh1", (1, 2, 8), ["# 8", "{(1, 2),(8)}kh1 (~~3~~, 8)", "-# {2d6,1d8}kh1"]),
        (
            "vtm6h2",
            (10, 10, 6, 3, 1, 8),
            [
                r"# Critical\: 6 successes",
                "regular **10**, **10**, **6**, 3 · hunger 1, **8**",
                r"-# Vampire 5e · 6d10\>=6pr10",
            ],
        ),
        ("2d[hit,-]", (2, 2), ["# Nothing", "–, –", r"-# 2d\[hit,\-\]"]),
        ("7/2", (), ["# 3.5 → 3", "-# 7/2"]),
        ("-1d6+2", (3,), ["# -1", r"\-(3) + 2", r"-# \-1d6+2"]),
        ("-1d6", (3,), ["# -3", r"\-(3)", r"-# \-1d6"]),
        ("6-1d4", (3,), ["# 3", r"6 \- (3)", r"-# 6\-1d4"]),
        ("1d100<=50", (8,), ["# 8 · success by 42", r"(8) \<= 50", r"-# \(1d100\) \<= 50"]),
        ("3d6/3*2//1%5", (6, 6, 6), ["# 2", r"(6, 6, 6) / 3 \* 2 // 1 % 5", r"-# 3d6/3\*2//1%5"]),
        ("(1d6)d4", (2, 4, 3), ["# 7", "(2)d4 (4, 3)", r"-# \(1d6\)d4"]),
        ("{2d6+1d8}kh2", (1, 5, 8), ["# 13", "~~1~~, 5, 8", "-# {2d6+1d8}kh2"]),
        ("{2d6+1d8}kh2+1", (1, 5, 8), ["# 14", "{2d6 + 1d8}kh2 (~~1~~, 5, 8) + 1", "-# {2d6+1d8}kh2+1"]),
        (
            "2ability+1difficulty",
            (3, 5, 1),
            [
                r"# Success\: 1 success, 1 advantage",
                "ability success, advantage · difficulty –",
                "-# Genesys · 2ability+1difficulty",
            ],
        ),
        (
            "2#1d20",
            (20, 4),
            ["# Sum 24 · best 20", "**20**, **critical success**", f"{FIGURE_SPACE}**4**", "-# 1d20, 2 times"],
        ),
        (
            "3#1d20+5 # to hit",
            (4, 20, 11),
            [
                "**to hit**",
                "# Sum 50 · best 25",
                "\N{FIGURE SPACE}**9** (4)",
                "**25**, **critical success** (**20**)",
                "**16** (11)",
                "-# 1d20+5, 3 times",
            ],
        ),
        (
            "2#1d20+5 vs 15",
            (4, 11),
            [
                "# 1 of 2 succeeded",
                "\N{FIGURE SPACE}**9**, **failure** by 6 (4)",
                "**16**, **success** by 1 (11)",
                "-# 1d20+5 vs 15, 2 times",
            ],
        ),
        (
            "2#1d6>=1f2",
            (1, 3),
            ["# Sum 2 · best 1", "**1 success** (**1**)", "**1 success** (**3**)", r"-# 1d6\>=1f2, 2 times"],
        ),
        ("2#2d[hit,-]", (2, 2, 1, 2), ["Nothing (–, –)", "**1 hit** (hit, –)", r"-# 2d\[hit,\-\], 2 times"]),
        ("vtm3; 1d6", (8, 3, 4, 5), ["Vampire 5e: **1 success** · regular **8**, 3, 4", "## 5", "1d6 (5)"]),
        (
            "1d20+5 to hit; 2d6+30 fire",
            (4, 3, 4),
            ["## 9", "to hit: 1d20 (4)+5", "## 37", "fire: 2d6 (3, 4)+30"],
        ),
        (
            "1d6; 1d6+90; 1d6; 1d6; 1d6; 2d[hit,-]",
            (1, 2, 3, 4, 5, 1, 2),
            [
                "\N{FIGURE SPACE}**1** = 1d6 (1)",
                "**92** = 1d6 (2)+90",
                *(f"\N{FIGURE SPACE}**{face}** = 1d6 ({face})" for face in (3, 4, 5)),
                r"**1 hit** = 2d\[hit,\-\] (hit, –)",
            ],
        ),
    ],
)
def test_a_card_tells_what_matters_first(notation: str, faces: tuple[int, ...], lines: list[str]) -> None:
    answer = render_card(rolled(notation, *faces))
    assert answer.text.splitlines() == lines
    assert answer.is_complete


@pytest.mark.parametrize(
    ("notation", "faces", "outcome"),
    [
        ("2d6", (1, 1), Outcome.PLAIN),
        ("1d20", (20,), Outcome.SUCCESS),
        ("1d20", (1,), Outcome.FAILURE),
        ("1d20 vs 10", (10,), Outcome.SUCCESS),
        ("1d20 vs 10", (9,), Outcome.FAILURE),
        ("1d20 vs 30", (20,), Outcome.FAILURE),
        ("2#1d20 vs 10", (9, 10), Outcome.PLAIN),
        ("2#1d20 vs 10", (11, 10), Outcome.SUCCESS),
        ("3d10cs>=9cf1", (9, 1, 4), Outcome.PLAIN),
        ("vtm3", (2, 3, 4), Outcome.FAILURE),
        ("vtm3", (10, 10, 4), Outcome.SUCCESS),
        ("vtm3", (7, 7, 4), Outcome.PLAIN),
        ("coc60", (99,), Outcome.FAILURE),
        ("coc60", (34,), Outcome.SUCCESS),
        ("pbta", (3, 4), Outcome.PLAIN),
    ],
)
def test_the_colour_follows_what_the_words_say(notation: str, faces: tuple[int, ...], outcome: Outcome) -> None:
    assert outcome_of(rolled(notation, *faces)) is outcome


def test_small_lines_stand_under_the_roll() -> None:
    text = render_card(rolled("2d6", 5, 3), ["7 or more: 58 %", "Again, by <@1>"]).text
    assert text == "# 8\n5, 3\n-# 2d6\n-# 7 or more: 58 %\n-# Again, by <@1>"


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (DISCORD, "4d6kh3 (6, ~~2~~, 5, 4) = **15**\n-# by <@1>"),
        (UNMARKED, "4d6kh3 (6, [2], 5, 4) = 15\n(by <@1>)"),
    ],
    ids=["compact", "plain"],
)
def test_as_text_it_is_a_line(style: Style, text: str) -> None:
    assert render_lines(rolled("4d6kh3", 6, 2, 5, 4), ["by <@1>"], style).text == text


HOSTILE = (
    "# 99 · critical success",
    "-# 1d20",
    "**20** natural",
    "~~1~~ || spoiler ||",
    "> quote",
    "- list",
    "1. list",
    "```\nfence\n```",
    "[click](https://evil.example)",
    "<https://evil.example> https://evil.example",
    "@everyone @here <@&123456789012345678>",
    "\u202e99 latot\u202c",
    "\u2066\u2067turned",
    "\u05d0\u05d1\u05d2 = 99",
    "99\u200b\u200d\ufeff",
    "a\u0301\u0302\u0303\u0304\u0305\u0306",
    "line\n# 99\u2028# 98\u2029# 97\x85# 96\v# 95",
    "\\",
    "*_~`|\\",
    "\N{MATHEMATICAL BOLD DIGIT NINE}" * 2,
)


@pytest.mark.parametrize("comment", HOSTILE)
@pytest.mark.parametrize("notation", ["2d6", "2#2d6", "2d6 # a; 1d6"], ids=["one", "repeated", "several"])
def test_no_comment_breaks_or_forges_an_answer(notation: str, comment: str) -> None:
    (roll, *_) = rolled("2d6", 5, 3)
    rolls = rolled(f"{notation} # {comment}")
    lines = render_card(rolls).text.splitlines()
    assert len(lines) == len(render_card(rolled(f"{notation} # plain")).text.splitlines()), "it stays on its own line"
    assert roll.total == 8
    headings = [line for line in lines if re.match(r"#{1,3} ", line)]
    own = {f"# {rolls[0].total}", f"# Sum {sum(roll.total for roll in rolls)} · best {max(r.total for r in rolls)}"}
    own |= {f"## {roll.total}" for roll in rolls}
    assert set(headings) <= own, "only the total is large"
    assert all(not line.startswith(("> ", "- ", "1. ", "```")) for line in lines)
    text = "\n".join(lines)
    assert not re.search(r"(?<!\\)\]\(", text), "no masked link"
    assert "://" not in text
    assert not re.search("[\u202a-\u202e\u200e\u200f]", text)
    assert "@everyone" not in text


@pytest.mark.parametrize(
    "notation",
    ["1000d6", "50#100d6", "10000d6", "100d1000000", "20#100d6!", "+".join(["1d6"] * 200), "; ".join(["10d10"] * 20)],
)
def test_what_is_too_long_keeps_its_totals(notation: str) -> None:
    rolls = rolled(notation)
    small = ["Again, by <@123456789012345678>"]
    for answer, limit in ((render_card(rolls, small), CARD_LENGTH), (render_lines(rolls, small), MESSAGE_LENGTH)):
        assert len(answer.text) <= limit
        assert answer.text.endswith(f"-# {small[0]}")
        assert answer.is_complete == (REST_IN_FILE not in answer.text)
    answer = render_card(rolls, small)
    for roll in rolls:
        assert str(roll.total) in answer.text
    if not answer.is_complete:
        told = every_die(rolls)
        assert "more" not in told
        assert len(re.findall(r"\d+", told)) >= sum(len(roll.faces) for roll in rolls)


def test_totals_stand_alone_where_nothing_else_fits() -> None:
    text = render_card(rolled("1d6; 1d6+90; 1d6+1; 1d6+3; 1d6+2; 1d6+60", 1, 2, 3, 4, 5, 6), limit=90).text
    assert text == f"**1**, **92**, **4**, **7**, **7**, **66**\n-# {REST_IN_FILE}"


def test_more_totals_than_fit_are_counted() -> None:
    rolls = rolled("50#10**30+1d6; 10**29+1d6; 10**28+1d6")
    answer = render_card(rolls)
    assert len(answer.text) <= CARD_LENGTH
    assert re.search(r" and \d+ more\n", answer.text)
    assert not answer.is_complete
    assert all(str(roll.total) in every_die(rolls) for roll in rolls)


PICTURES = {f"{die}_{face}": f"<:{die}_{face}:1>" for die in ("d6", "d20", "df") for face in range(1, 21)}


@pytest.mark.parametrize(
    ("notation", "faces", "line"),
    [
        ("2d6+3", (5, 3), "(<:d6_5:1>, <:d6_3:1>) + 3"),
        ("1d20", (20,), "<:d20_20:1>"),
        ("4d6kh3", (6, 2, 5, 4), "<:d6_6:1>, ~~2~~, <:d6_5:1>, <:d6_4:1>"),
        ("2d6r1", (1, 3, 4), "~~1~~ <:d6_4:1>, <:d6_3:1>"),
        ("2df", (1, 3), "<:df_1:1>, <:df_3:1>"),
        ("1d6!!+1", (6, 2), "(8!!) + 1"),
        ("2d8", (5, 3), "5, 3"),
        ("11d6", (5,) * 11, ", ".join(["5"] * 11)),
    ],
)
def test_small_pools_are_shown_in_pictures(notation: str, faces: tuple[int, ...], line: str) -> None:
    assert render_card(rolled(notation, *faces), pictures=PICTURES).text.splitlines()[1] == line


@pytest.mark.parametrize("style", [DISCORD, UNMARKED], ids=["compact", "plain"])
@pytest.mark.parametrize("comment", HOSTILE)
def test_no_comment_breaks_or_forges_a_line(comment: str, style: Style) -> None:
    answer = render_lines(rolled(f"2d6 # {comment}", 5, 3), ["by <@1>"], style)
    first, *others = answer.text.splitlines()
    assert others == [style.small("by <@1>")], "it stays on its own line"
    assert first.endswith(f"2d6 (5, 3) = {style.strong('8')}")
    assert not first.startswith(("# ", "-# ", "> ", "- ", "1. ", "```"))
    assert not re.search(r"(?<!\\)\]\(", first)
    assert "://" not in first
    assert "@everyone" not in first
