"""The line of odds beside a roll: at once where they are known or quickly found, else soon or not at all."""

import asyncio
from collections.abc import Sequence
from typing import Final

from modules.dice.errors import DiceError, LimitError
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.odds.message import odds_of
from modules.dice.rolling.result import Roll
from modules.rendering.odds_line import OddsLine, line_for
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

Lines = tuple[OddsLine | None, ...]
"""One for each roll of a message; none where there is nothing to say."""


class OddsLines:
    """Remembers the odds of what is rolled, by canonical notation.

    Args:
        wait_seconds: How long an answer waits for its line.
    """

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._known: BoundedMap[str, Lines] = BoundedMap(LINES_KEPT)
        self._work: asyncio.Task[None] | None = None

    async def beside(self, rolls: Sequence[Roll]) -> str:
        """How the rolls of one message stand to their odds; empty where that goes without saying, or takes too long."""
        key = rolls[0].expression
        if len(rolls) > 1:
            if len(rolls) > ROLLS_TOLD or any(roll.prepared is rolls[0].prepared for roll in rolls[1:]):
                return ""
            key = "; ".join([roll.expression for roll in rolls])
        lines = self._known.get(key)
        if lines is None:
            lines = await self._found(key, rolls)
        told = [line.told(roll) for line, roll in zip(lines, rolls, strict=False) if line is not None]
        return " · ".join(told)

    async def _found(self, key: str, rolls: Sequence[Roll]) -> Lines:
        message = Message(1, tuple([roll.prepared.syntax for roll in rolls]))
        lines = _worked_out(message, INLINE_STEPS)
        if lines is not None:
            self._known.put(key, lines)
            return lines
        # One at a time: where rolls come in quickly, some go without.
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._aside(key, message))
            await asyncio.wait([self._work], timeout=self._wait_seconds)
        return self._known.get(key) or ()

    async def _aside(self, key: str, message: Message) -> None:
        lines = await asyncio.to_thread(_worked_out, message, WORKER_STEPS)
        self._known.put(key, lines or ())


def _worked_out(message: Message, steps: int) -> Lines | None:
    """The lines of a message; None where they take more steps."""
    try:
        odds = odds_of(message, Limits(), steps)
    except LimitError:
        return None
    except DiceError:
        # Some roll of it would be refused: such odds are nobody's.
        return ()
    return tuple(map(line_for, odds)) if sum(map(weight, odds)) <= LARGEST_KEPT else ()
