"""The line of odds beside a roll: at once where they are known or quickly found, else soon or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from modules.dice.errors import DiceError, LimitError
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.odds.message import odds_of
from modules.dice.rolling.result import Roll
from modules.rendering.game_odds import verdict_odds
from modules.rendering.odds_line import OddsLine, VerdictLine, line_for
from modules.services.bounded_map import BoundedMap
from modules.services.odds import LARGEST_KEPT, weight

LINES_KEPT: Final = 256
INLINE_STEPS: Final = 250
"""Work that is not worth another thread: a quarter of a millisecond."""
WORKER_STEPS: Final = 5_000
"""Work for a line at most: beyond that a roll goes without."""
WAIT_SECONDS: Final = 0.005
"""How long an answer waits for its line."""
ROLLS_TOLD: Final = 3
"""The most rolls of a message that get a line."""
COMBINATIONS: Final = 120
"""Combinations of dice that are judged for the line of a game's roll: some milliseconds in the worker, once."""

Lines = Sequence[OddsLine | VerdictLine | None]
"""One for each roll of a message, or for all its repeats; none where there is nothing to say."""
Key = tuple[str, tuple[str, ...], int]
"""Canonical notation, the game shortcuts it was written with, and how often it is rolled."""


class OddsLines:
    """Remembers the odds of what is rolled, by canonical notation.

    Args:
        wait_seconds: How long an answer waits for its line.
    """

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._known: BoundedMap[Key, Lines] = BoundedMap(LINES_KEPT)
        self._work: asyncio.Task[None] | None = None

    async def beside(self, rolls: Sequence[Roll]) -> str:
        """How the rolls of one message stand to their odds; empty where that goes without saying, or takes too long."""
        first, repeat = rolls[0], 1
        key = first.expression
        if len(rolls) > 1:
            repeat = len(rolls) if all(roll.prepared is first.prepared for roll in rolls) else 1
            if repeat == 1:
                if len(rolls) > ROLLS_TOLD or any(roll.prepared is first.prepared for roll in rolls[1:]):
                    return ""
                key = "; ".join([roll.expression for roll in rolls])
        lines = await self._lines((key, first.shortcuts if len(rolls) == 1 else (), repeat), rolls)
        if repeat > 1:
            return lines[0].together(rolls) if lines and isinstance(lines[0], OddsLine) else ""
        told = [line.told(roll) for line, roll in zip(lines, rolls, strict=False) if line is not None]
        return " · ".join(told)

    async def _lines(self, key: Key, rolls: Sequence[Roll]) -> Lines:
        known = self._known.get(key)
        if known is not None:
            return known
        message = Message(key[2], tuple([roll.prepared.syntax for roll in (rolls[:1] if key[2] > 1 else rolls)]))
        lines = _worked_out(message, INLINE_STEPS)
        if lines is not None and not key[1]:
            self._known.put(key, lines)
            return lines
        # One at a time: where rolls come in quickly, some go without.
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._aside(key, message))
            await asyncio.wait([self._work], timeout=self._wait_seconds)
        return self._known.get(key) or lines or ()

    async def _aside(self, key: Key, message: Message) -> None:
        work = _with_verdicts if key[1] else _worked_out
        lines = await asyncio.to_thread(work, message, WORKER_STEPS)
        self._known.put(key, lines or ())


def _worked_out(message: Message, steps: int) -> tuple[OddsLine | None, ...] | None:
    """The lines of a message; None where they take more steps."""
    try:
        odds = odds_of(message, Limits(), steps)
        if message.repeat > 1:
            odds = (replace(odds[0].total(message.repeat, steps), success=odds[0].success),)
    except LimitError:
        return None
    except DiceError:
        # Some roll of it would be refused: such odds are nobody's.
        return ()
    return tuple(map(line_for, odds)) if sum(map(weight, odds)) <= LARGEST_KEPT else ()


def _with_verdicts(message: Message, steps: int) -> Lines | None:
    """The line of a game's roll, which tells how likely its verdict was too."""
    lines = _worked_out(message, steps)
    try:
        verdicts = verdict_odds(message, Limits(), COMBINATIONS)
    except DiceError:
        return lines
    return lines if verdicts is None else (VerdictLine(lines[0] if lines else None, verdicts),)
