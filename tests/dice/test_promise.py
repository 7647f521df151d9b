"""Nothing typed is ignored in silence: it is rolled, in a comment that was begun as one, in a note, or refused."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.message import Message
from modules.dice.notation.parser import parse
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence

DICE = ["1d20", "2d6", "d8", "4d6kh3", "3d10!", "5d10>=8", "2d8"]
NUMBERS = ["3", "15", "7", "42"]
SIGNS = ["+", "-", "*", ">=", "+5", "-2", "- 4", "+ 9"]
WORDS = ["attack", "fire", "goblin", "with my", "sword", "crit", "to hit", "(attack)", "I", "the", "a"]
MEANT = {
    "keep highest": r"kh|keep|highest",
    "drop lowest": r"dl|drop|lowest",
    "with advantage": r"kh1|advantage|Advantage",
    "adv": r"kh1|adv|Advantage",
    "explode": r"!|explode",
    "reroll 1s": r"r1|reroll|1s",
    "six": r"(?<![0-9])6(?![0-9])|six",
    "plus": r"\+|plus",
    "dc 15": r"vs 15|15",
    "x3": r"3#|x3|(?<![0-9])3(?![0-9])",
    "best 2": r"kh2|2",
    "r1": r"r1",
    "k2": r"kh2|k2",
}
"""Words that mean something → what shows that they were seen."""
BRACKETS = ["(", ")", "[", "]", "{", "}"]
SEPARATORS = [",", ";", "\n", "and", "then", "&", "|", ":"]
COMMENT_SIGNS = ["#", "//", "!"]
TOKEN = st.sampled_from([*DICE, *DICE, *NUMBERS, *SIGNS, *WORDS, *MEANT, *BRACKETS, *SEPARATORS, *COMMENT_SIGNS])
SPACED = st.tuples(TOKEN, st.sampled_from([" ", " ", " ", ""])).map("".join)
LINE = st.lists(SPACED, min_size=1, max_size=8).map("".join)
often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def evidence(line: str, message: Message) -> str:
    """Everything the answer says about a line."""
    rolls = list(message.rolls)
    said = [str(message), *(sentence(note) for roll in rolls for note in roll.notes)]
    said += [f"{sum(other is roll for other in rolls)}#" for roll in rolls]
    texts = " ".join(roll.comment for roll in rolls) if re.search(r"#|//|!|\\", line) else ""
    shown = " \n".join(str(roll.expression) for roll in rolls)
    return " \n".join([shown, *said[1:], texts, str(message.repeat)])


@often
@given(LINE)
def test_nothing_is_ignored_in_silence(line: str) -> None:
    try:
        message = parse(line)
    except DiceError as refusal:
        assert refusal.span is not None or refusal.code == "nothing_to_roll"
        # What was typed is never the better way to type it.
        assert refusal.suggestion != line.strip()
        return
    told = evidence(line, message)
    for number in re.findall(r"[0-9]+", line):
        assert re.search(rf"(?<![0-9]){number}(?![0-9])", told), (line, number, told)
    for dice in re.findall(r"(?<![0-9a-z!=])[0-9]*d[0-9]+", line):
        count, sides = dice.split("d")
        rolled = rf"(?<![0-9]){count or 1}d{sides}|2d{sides}kh1|{dice}"
        assert re.search(rolled, told), (line, dice, told)
    for number in re.findall(r"(?<=[0-9a-z] )- ?([0-9]+)(?![0-9d])", line):
        assert re.search(rf"- ?{number}(?![0-9])", told), (line, number, told)
    for words, shown in MEANT.items():
        if re.search(rf"(?<![\w]){words}(?!\w)", line):
            assert re.search(shown, told), (line, words, told)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(line=LINE)
def test_what_the_canonical_form_says_rolls_the_same(dialect: str, line: str) -> None:
    engine = DiceEngine(dialect=dialect)
    try:
        rolls = engine.roll(line)
    except DiceError:
        return
    for roll in rolls:
        if "&" in roll.expression:
            continue
        source = ScriptedSource(roll.faces)
        (again,) = DiceEngine(source=source).roll(roll.expression)
        assert (again.total, again.expression, again.success) == (roll.total, roll.expression, roll.success), line
        assert not source.left_count
