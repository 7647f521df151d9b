"""What the benchmarks say they measure is what they measure; how long it takes is not asked here."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks import answer, engine, load, odds
from modules.dice_roll import DiceEngine
from tests.discord_standin.clock import SystemClock
from tests.discord_standin.world import World


class Roller:
    """Rolls nothing, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def roll(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Roller:
    """Stands in for the engine; no peer is installed, and there is one row."""
    ours = Roller()
    monkeypatch.setattr(engine, "SAMPLE_SECONDS", 0.001)
    monkeypatch.setattr(engine, "DiceEngine", lambda: ours)
    monkeypatch.setattr(engine, "python_peers", dict)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(engine, "ROWS", {"1d6": {"peer": "d6"}})
    return ours


def test_a_text_never_seen_before_stays_so_in_every_round(ours: Roller, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Roller()
    monkeypatch.setattr(engine, "python_peers", lambda: {"peer": peer.roll})
    engine.table(varied=True, rounds=3)
    for roller, first in ((ours, "1d6+1"), (peer, "d6+1")):
        rolled = [text for text in roller.texts if "+" in text]
        assert rolled[0] == first
        assert len(rolled) >= 15
        assert len(set(rolled)) == len(rolled)


def test_the_same_text_is_the_same_in_every_round(ours: Roller) -> None:
    engine.table(varied=False, rounds=3)
    assert set(ours.texts) == {"1d6"}


def test_a_slow_peer_is_measured_twice_and_shown(ours: Roller, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Roller()
    asked: list[object] = []

    def timed(roll: Callable[[str], object], _: Iterator[str]) -> float:
        asked.append(roll)
        return 200_000.0 if roll == slow.roll else 2.0

    monkeypatch.setattr(engine, "python_peers", lambda: {"peer": slow.roll})
    monkeypatch.setattr(engine, "timed", timed)
    row = engine.table(varied=False, rounds=5)[-1]
    assert (asked.count(slow.roll), asked.count(ours.roll)) == (2, 5)
    assert row.startswith("| `1d6` | 2.0 | 200,000.0 | 100,000.0 |")


def test_a_burst_is_over_with_its_own_answers_only() -> None:
    world = World(SystemClock())
    room = world.add_guild().channels[0]

    def say(text: str) -> int:
        return world.add_message(room, world.player, text).id

    def answer(message_id: int) -> None:
        world.add_message(room, world.bot, "7", body={"message_reference": {"message_id": str(message_id)}})

    answer(say("!roll 2d6"))
    asked = {say("!roll 2d6+3") for _ in range(3)}
    assert load.answers([room], asked) == []
    for message_id in asked:
        answer(message_id)
    assert {message.reference_id for message in load.answers([room], asked)} == asked


@pytest.mark.parametrize("notation", sorted(odds.ROWS.keys() - {"500d6", "100d6", "20d20", "100d6kh50"}))
def test_peers_are_asked_for_the_same_odds(notation: str) -> None:
    (ours,) = DiceEngine().odds(notation)
    for template, code in zip((odds.ICEPOOL, odds.DYCE), odds.ROWS[notation], strict=True):
        if code:
            scope: dict[str, Any] = {}
            exec(template.format(code=code), scope)  # noqa: S102 - our own, as the benchmark runs it
            found = scope["work"]()
            whole = sum(count for _, count in found)
            mean = sum(value * count for value, count in found) / whole
            assert mean == pytest.approx(float(ours.mean), abs=1e-9)


def test_each_style_of_answer_is_measured_by_what_would_be_sent() -> None:
    async def bodies() -> list[dict[str, Any]]:
        async with answer.table() as at:
            for style in range(len(answer.STYLES)):
                await at.roll(style, "!roll 2d6+3")
            return [json.loads(each) for each in at.bodies]

    rich, compact, plain = asyncio.run(bodies())
    assert "content" not in rich
    assert "**" in compact["content"]
    assert "**" not in plain["content"]
    assert all(len(each["components"][-1]["components"]) == 3 for each in (rich, compact, plain)), "the same buttons"


def test_every_line_that_is_measured_says_something() -> None:
    fresh, known = asyncio.run(odds.line_costs("4d6kh3"))
    assert fresh > 0
    assert known > 0
    assert all(len(row.split("|")) == 5 for row in odds.beside(1))
