"""The line beside a roll: what it says, when it is left out, and what it may cost."""

import asyncio
import threading

import pytest
from hypothesis import given, settings

from modules.dice.errors import DiceError
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.language import speak
from modules.services import odds_lines
from modules.services.odds_lines import OddsLines
from tests.dice.strategies import CHECKED

LONG = 30.0
"""Seconds that a busy machine may take for a thread's few milliseconds."""


@pytest.fixture
def lines() -> OddsLines:
    return OddsLines(LONG)


async def beside(lines: OddsLines, notation: str, *faces: int) -> str:
    return await lines.beside(DiceEngine(source=ScriptedSource(faces)).roll(notation))


@pytest.mark.parametrize(
    ("notation", "faces", "told"),
    [
        ("2d6+3", (4, 6), "better than 83.3 % of rolls"),
        ("4d6kh3", (5, 5, 6, 1), "better than 87.0 % of rolls"),
        ("4d6kh3", (6, 6, 6, 1), "the highest there is: 1 in 62"),
        ("4d6kh3", (1, 1, 1, 1), "the lowest there is: 1 in 1,296"),
        ("adv 1d20+5", (20, 3), "the highest there is: 1 in 10"),
        ("10d10>=10", (1,) * 10, "the lowest there is: 34.9 %"),
        ("1d20+5 vs 15", (3,), "had a 55.0 % chance"),
        ("coc 50", (42,), "had a 50.0 % chance · regular success: 25.0 %"),
        ("coc 50", (1,), "had a 50.0 % chance · critical success: 1.0 %"),
        ("trav+1 vs 8", (6, 5), "had a 58.3 % chance"),
        ("pbta+1", (4, 5), "better than 72.2 % of rolls · full success: 27.8 %"),
        ("fitd1", (6,), "full success: 16.7 %"),
        ("boost", (3,), "success: 33.3 %"),
        ("6#4d6kh3", (6, 5, 4, 1) * 6, "together better than 99.2 % of rolls"),
        ("3#1d20+5 vs 15", (3, 4, 5), "each had a 55.0 % chance"),
        ("1d20+5; 2d6", (3, 4, 4), "better than 58.3 % of rolls"),
        ("2d6; 3d6", (4, 4, 1, 1, 1), "better than 58.3 % of rolls · the lowest there is: 1 in 216"),
        # Said by the worker, for it takes longer than a quarter of a millisecond.
        ("3d6!", (6, 5, 4, 6, 3), "better than 95.1 % of rolls"),
    ],
)
async def test_what_a_line_says(lines: OddsLines, notation: str, faces: tuple[int, ...], told: str) -> None:
    for _ in range(2):
        assert await beside(lines, notation, *faces) == told


@pytest.mark.parametrize(
    ("notation", "faces"),
    [
        ("1d20", (20,)),
        ("1d20+5", (3,)),
        ("1d100", (7,)),
        ("7", ()),
        ("2#1d20; 1d6", (1,) * 4),
        ("3#2d6; 1d6", (1,) * 9),
        ("2#1d[hit,miss]", (1,) * 2),
        ("50#40d1000", (500,) * 2_000),
        ("2d6; 2d6; 2d6; 2d6", (1,) * 8),
        ("100d20kh50", tuple(range(1, 21)) * 5),
        ("1d6/(1d2-1)", (4, 2)),
        ("500d100", (50,) * 500),
    ],
)
async def test_what_goes_without_a_line(lines: OddsLines, notation: str, faces: tuple[int, ...]) -> None:
    for _ in range(2):
        assert await beside(lines, notation, *faces) == ""


async def test_what_is_not_ready_in_time_is_left_out_and_there_the_next_time() -> None:
    lines = OddsLines(0.0)
    assert await beside(lines, "3d6!", 6, 5, 4, 3) == ""
    assert lines._work is not None
    await lines._work
    assert await beside(lines, "3d6!", 6, 5, 4, 3) == "better than 82.9 % of rolls"


async def test_one_line_is_worked_out_aside_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    release = threading.Event()
    work = odds_lines._worked_out

    def slow(message: object, steps: int) -> object:
        if steps == odds_lines.WORKER_STEPS:
            started.append(threading.get_ident())
            release.wait(LONG)
        return work(message, steps)  # type: ignore[arg-type]

    monkeypatch.setattr(odds_lines, "_worked_out", slow)
    lines = OddsLines(0.0)
    for notation in ("3d6!", "4d6!", "5d6!"):
        assert await beside(lines, notation, 1, 1, 1, 1, 1) == ""
    release.set()
    assert lines._work is not None
    await lines._work
    assert len(started) == 1
    assert started[0] != threading.get_ident()


async def test_what_is_known_is_bounded(lines: OddsLines) -> None:
    engine = DiceEngine()
    for sides in range(2, 2 + odds_lines.LINES_KEPT + 3):
        await lines.beside(engine.roll(f"1d{sides}"))
    assert len(lines._known) == odds_lines.LINES_KEPT


async def test_a_line_speaks_the_language_of_the_asker(lines: OddsLines) -> None:
    async def spoken() -> str:
        speak({"had a {share} chance": "hatte {share}"})
        return await beside(lines, "1d20 vs 11", 3)

    assert await asyncio.create_task(spoken()) == "hatte 50.0 %"
    assert await beside(lines, "1d20 vs 11", 3) == "had a 50.0 % chance"


@settings(max_examples=60)
@given(CHECKED)
def test_no_roll_fails_for_its_line(notation: str) -> None:
    try:
        rolls = DiceEngine().roll(notation)
    except DiceError:
        return
    told = asyncio.run(OddsLines(LONG).beside(rolls))
    assert len(told) < 200
