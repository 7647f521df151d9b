"""Odds for whoever asks: what a question means, in a thread of its own, remembered within bounds."""

import asyncio
import sys
import threading
from types import FrameType
from typing import Any

import pytest

from modules.dice.errors import DiceError
from modules.rendering.language import speak
from modules.services import odds as odds_module
from modules.services.odds import OddsAnswer, OddsQuestion, OddsService


@pytest.fixture
def service() -> OddsService:
    return OddsService()


async def ask(service: OddsService, text: str, target: int | None = None, given: str = "") -> str:
    return (await service.ask(OddsQuestion.of(text, target, given))).text


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("4d6kh3", OddsQuestion("4d6kh3")),
        ("1d20+5 target 15", OddsQuestion("1d20+5", 15)),
        ("1d20+5 TARGET -2", OddsQuestion("1d20+5", -2)),
        ("2d6 given >=10", OddsQuestion("2d6", None, ">=10")),
        ("2d6 target 11 given > 9", OddsQuestion("2d6", 11, "> 9")),
        ("2d6 given > 9 target 11", OddsQuestion("2d6", 11, "> 9")),
        ("2d6 given", OddsQuestion("2d6", None, "?")),
        ("2d6 targets", OddsQuestion("2d6 targets")),
    ],
)
def test_a_message_has_its_target_and_its_condition_behind_the_dice(text: str, question: OddsQuestion) -> None:
    assert OddsQuestion.of(text) == question


def test_options_come_before_words() -> None:
    assert OddsQuestion.of("2d6 target 3 given >4", 5, ">=6") == OddsQuestion("2d6", 5, ">=6")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("4d6kh3", "mean 12.2446, standard deviation 2.847"),
        ("4d6kh3", "3 to 18, most likely 13 (13.3 %), quartiles 10, 12, 14"),
        ("1d20+5 target 15", "15 or more: 55.0 %, or less: 50.0 %, exactly: 5.0 %"),
        ("1d20+5 vs 15", "success: 55.0 %"),
        ("8d6 >= 30", "success: 38.0 %"),
        ("2d6 target 12 given >=10", "12 or more: 16.7 %"),
        ("1d20+5 vs 15 given >10", "success: 73.3 %"),
        ("2d20kh1 vs 1d20", "higher 64.1 %, the same 5.0 %, lower 30.9 %"),
        ("1d4 > 1d4", "higher 37.5 %, the same 25.0 %, lower 37.5 %"),
        ("6#4d6kh3", "of 6: the best has mean 15.66, the sum 73.47"),
        ("6#4d6kh3 target 18", "the sum 73.47; one reaches 18: 9.3 %"),
        ("3#1d20+5 vs 15", "the sum 46.5; at least one succeeds: 90.9 %"),
        ("1d20 vs 11 target 15", "success: 50.0 %\n15 or more: 30.0 %, or less: 75.0 %, exactly: 5.0 %"),
        ("1d20+5 vs 6", "success: 100 %"),
        ("1d20+5 vs 26", "success: 0 %"),
        ("2d6 target 13", "13 or more: 0 %, or less: 100 %, exactly: 0 %"),
        ("2d6 given =7", "always 7"),
        ("d66 target 37", "37 or more: 50.0 %, or less: 50.0 %, exactly: 0 %"),
        ("2d6 vs 3d4", "higher 37.8 %, the same 12.2 %, lower 50.0 %"),
        ("1d20 vs 1d20+20", "higher 0 %, the same 0 %, lower 100 %"),
        ("adv 1d20 >= 19", "success: 19.0 %"),
        ("1d6!", "exact up to a tail that is cut off: "),
        ("boost+setback", "22.2 %: nothing"),
        ("vtm6h2", "successes 87.0 %, messy critical 7.2 %, critical 4.2 %"),
        ("ore6", "set 84.9 %, no set 15.1 %"),
        ("30alien20", "The verdicts of so many dice are too much work."),
        ("1d20; 2d6; 3d6; 4d6; 5d6; 6d6", "and 2 more rolls"),
    ],
)
async def test_what_is_asked_is_told(service: OddsService, text: str, told: str) -> None:
    found = (await ask(service, text)).replace("\\", "")
    assert told in found


async def test_a_comparison_whose_sides_depend_on_each_other_is_a_check(service: OddsService) -> None:
    text = await ask(service, "1d20 vs 1dP+10")
    assert "against" not in text
    assert "success: " in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4d6hk3", "unknown"),
        ("2d6 given 10", "odds_condition"),
        ("2d6 given >12", "odds_never"),
        ("500d20kh250", "odds_dice"),
        ("3d0", "no_sides"),
    ],
)
async def test_what_cannot_be_answered_is_refused_as_dice_are(service: OddsService, text: str, code: str) -> None:
    with pytest.raises(DiceError) as refusal:
        await ask(service, text)
    assert refusal.value.code.startswith(code)


async def test_what_is_too_dear_says_what_would_do(service: OddsService) -> None:
    with pytest.raises(DiceError) as refusal:
        await ask(service, "500d20kh250")
    limit = refusal.value.parameters["limit"]
    assert await ask(service, f"{limit}d20kh{int(limit) // 2}")


class Witness:
    """Stands in for a function, and says by which threads it was called."""

    def __init__(self, original: Any) -> None:
        self.original, self.threads = original, list[int]()

    def __call__(self, *arguments: Any) -> Any:
        self.threads.append(threading.get_ident())
        return self.original(*arguments)


async def test_the_work_is_done_once_and_aside(service: OddsService, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Witness(odds_module._found)
    monkeypatch.setattr(odds_module, "_found", witness)
    answers = await asyncio.gather(*[ask(service, text) for text in ("4d6kh3", "4D6 kh3", "4d6dl1", "4d6kh3")])
    assert answers[0] == answers[1] == answers[3]
    assert len(witness.threads) == 2, "what is the same in canonical notation is worked out once"
    assert threading.get_ident() not in witness.threads


async def test_what_is_remembered_is_bounded(service: OddsService, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = Witness(odds_module._found)
    monkeypatch.setattr(odds_module, "_found", witness)
    for _ in range(2):
        await ask(service, "100d100")
    assert len(witness.threads) == 2, "what is too large is not kept"
    for sides in range(2, 2 + odds_module.ANSWERS_KEPT + 5):
        await ask(service, f"1d{sides}")
    assert len(service._known) == odds_module.ANSWERS_KEPT


def test_words_and_chart_take_no_step_for_each_of_many_totals(service: OddsService) -> None:
    lines = 0

    def traced(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return traced

    service._answered(OddsQuestion.of("1d6 vs 4"))  # what is imported is imported now
    before = sys.gettrace()
    sys.settrace(traced)
    try:
        service._answered(OddsQuestion.of("1d100000 vs 50000"))
    finally:
        sys.settrace(before)
    assert lines < 30_000


async def test_what_hardly_ever_happens_is_told(service: OddsService) -> None:
    assert "12,646 or more: 1 in 2.6e+1903" in await ask(service, "6323d2 target 12646")


async def test_an_answer_speaks_the_language_of_the_asker(service: OddsService) -> None:
    german = {
        "success: {chance}": "Erfolg: {chance}",
        "Bar chart of odds.": "Balken.",
        "{number} or more": "ab {number}",
    }

    async def asked() -> OddsAnswer:
        speak(german)
        return await service.ask(OddsQuestion("1d20 vs 11"))

    english = await service.ask(OddsQuestion("1d20 vs 11"))
    answer = await asyncio.create_task(asked())
    assert "Erfolg: 50.0 %" in answer.text
    assert answer.description.startswith("Balken.")
    assert answer.chart != english.chart, "its title too"
    assert "success: 50.0 %" in english.text
