"""The dearest messages stay legal, and hostile ones are answered."""

import tracemalloc

import pytest

from benchmarks.worst import WORST
from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence
from modules.rendering.errors import render_error
from modules.rendering.rolls import render_rolls

HOSTILE = {
    "a megabyte": "1+" * 500_000,
    "a megabyte of parentheses": "(" * 1_000_000,
    "a long number": "9" * 1_000,
    "five thousand digits": "9" * 5_000,
    "five hundred terms": "+".join(["1"] * 500),
    "operators for ever": "1d20" + " i" * 490,
    "words for ever": "1d20 " + "i " * 480,
    "signs for ever": "-" * 999 + "1",
    "powers for ever": "2" + "^1" * 400,
    "sets for ever": "{" * 900,
    "calls for ever": "abs(" * 240,
    "inline rolls for ever": "[[" * 400,
    "labels for ever": "1d6" + "[x]" * 330,
    "faces for ever": f"d[{'a,' * 480}a]",
    "repeats of repeats": "50#" * 300 + "1d6",
    "null bytes": "\0" * 500,
    "right to left": "1d20 # \u202e\u05d0\u05d1",
    "emoji": "\U0001f469\u200d\U0001f680" * 100,
    "combining": "1d20 # " + "e" + "\u0301" * 900,
    "surrogates": "1d20 # \ud800",
    "other digits": "\u0661d\u0666",
    "huge products": "*".join(["999999999999999"] * 60),
    "huge powers": "*".join(["10^30"] * 150),
    "huge fractions": "+".join([f"1/{10**14 + n}" for n in range(40)]),
    "an endless die": "1d1000000!<1000000",
    "too much work": "9999d6" + "smi2" * 200,
}
"""What it is → what arrives."""


@pytest.mark.parametrize("notation", WORST.values(), ids=WORST)
def test_the_dearest_messages_are_legal_and_small(notation: str) -> None:
    engine = DiceEngine()
    tracemalloc.start()
    rolls = engine.roll(notation)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rolls
    assert peak_bytes < 20_000_000
    assert len(render_rolls(rolls)) <= 2_000


@pytest.mark.parametrize("notation", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_rolled_or_refused(notation: str) -> None:
    try:
        rolls = DiceEngine().roll(notation)
    except DiceError as refusal:
        assert len(sentence(refusal)) < 300
        assert len(render_error(refusal, notation)) < 2_000
    else:
        text = render_rolls(rolls)
        assert len(text) <= 2_000
        assert all(unwanted not in text for unwanted in "\0\u202e")
