"""Looks for legal messages dearer than those of worst.py; runs in the development environment."""

import sys
import time
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings, target
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine

SIDES = st.sampled_from(
    ["2", "3", "9", "17", "100", "255", "5000", "524289", "1000000", "F", "P", "[1,2,3]", "[a,b*9]"]
)
OPERATORS = st.lists(
    st.sampled_from(
        ["kh5", "kl999", "mi50", "ma60", "s", "sd", "r1", "ro1", "!", "!>1", "!!>2", "!p", "i", "uo", "u", ">=3"]
    ),
    max_size=6,
).map("".join)
COUNTS = st.sampled_from(["", "2", "40", "300", "1000", "3000", "5000", "9999", "(1d20)"])
POOL = st.tuples(COUNTS, SIDES, OPERATORS).map(lambda parts: f"{parts[0]}d{parts[1]}{parts[2]}")
JOINED = st.tuples(POOL, st.integers(1, 300), st.sampled_from(["+", "*", "/", ";", "-", ","])).map(
    lambda parts: parts[2].join([parts[0]] * parts[1])
)
MESSAGE = st.tuples(
    st.sampled_from(["", "2#", "12#", "50#"]), st.one_of(POOL, JOINED), st.sampled_from(["", " adv", ";dP"])
).map("".join)
ENGINE = DiceEngine()


def spent(notation: str) -> float:
    """Milliseconds to refuse or roll, the better of two."""
    found = []
    for _ in range(2):
        started = time.perf_counter()
        with suppress(DiceError):
            ENGINE.roll(notation)
        found.append((time.perf_counter() - started) * 1e3)
    return min(found)


def main() -> None:
    """Search, and print the ten dearest."""
    dearest: dict[str, float] = {}

    @settings(max_examples=1_500, deadline=None, database=None)
    @given(MESSAGE)
    def search(notation: str) -> None:
        milliseconds = spent(notation)
        target(milliseconds)
        dearest[notation] = milliseconds

    search()
    for notation, milliseconds in sorted(dearest.items(), key=lambda pair: -pair[1])[:10]:
        shown = notation if len(notation) <= 80 else f"{notation[:60]}… ({len(notation)} characters)"
        print(f"{milliseconds:6.1f} ms  {shown}")


if __name__ == "__main__":
    main()
