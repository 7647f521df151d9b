"""Exact odds for whoever asks."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from modules.dice.errors import LimitError
from modules.dice.notation.dialects import DIALECTS, NAZH
from modules.dice.notation.message import Message
from modules.dice.notation.parser import SavedRolls, parse
from modules.dice.notation.syntax import Comparison, Digits, Number, Pool
from modules.dice.notation.traversal import check_of, walk
from modules.dice.odds.odds import Odds, condition
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence
from modules.rendering.game_odds import VerdictOdds
from modules.rendering.language import spoken
from modules.rendering.odds_message import comparison_message, odds_message, repeat_line
from modules.rendering.odds_text import Aim, verdict_line
from modules.services.bounded_map import BoundedMap

ANSWERS_KEPT: Final = 128
LARGEST_KEPT: Final = 80_000
"""About how many bytes of counts are worth remembering for one answer."""
ENTRY_BYTES: Final = 72
"""About how many bytes a count and the sum up to it take, beside their digits."""

_GIVEN: Final = re.compile(r"\s+given\b(.*)$", re.IGNORECASE | re.DOTALL)
_TARGET: Final = re.compile(r"\s+target\s*(-?[0-9]{1,15})\s*$", re.IGNORECASE)


class OddsQuestion(NamedTuple):
    """What somebody wants to know.

    Attributes:
        notation: The roll as typed; `a vs b` compares two.
        target: A total to compare with.
        given: What is known of the total, such as `>=10`; empty for nothing.
        dialect: How letters that bots disagree about are read; a name of `DIALECTS`.
        saved: Gives the notation saved under a name; None where there are none.
    """

    notation: str
    target: int | None = None
    given: str = ""
    dialect: str = "nazh"
    saved: SavedRolls | None = None

    @classmethod
    def of(cls, text: str, target: int | None = None, given: str = "") -> "OddsQuestion":
        """The question of a message: `target 15` and `given >=10` may stand behind the dice, one before the other."""
        for _ in range(2):
            if found := _TARGET.search(text):
                text, target = text[: found.start()], int(found[1]) if target is None else target
            if found := _GIVEN.search(text):
                # Nothing behind the word is no condition, and is refused as such.
                text, given = text[: found.start()], given or found[1].strip() or "?"
        return cls(text, target, given)


class OddsAnswer(NamedTuple):
    """What is known about it.

    Attributes:
        notation: What was asked about, as a button may carry it: read alike everywhere, without names.
        text: In words, in the language of whoever asked.
        chart: A picture of it as PNG; None where there is nothing to draw.
        description: What the picture shows.
    """

    notation: str
    text: str
    chart: bytes | None
    description: str


class _Found(NamedTuple):
    """An answer as numbers.

    Attributes:
        rolls: The odds of each different roll of the message; of a comparison, those of its two sides.
        is_comparison: Whether the question was how two rolls compare.
        target: A total to compare with, if one was asked about.
        aim: What the total is hoped to be: the target, or that of a check.
        repeat: How often one roll is rolled.
        best: The odds of the best of its repeats; None where it is not repeated.
        verdicts: How likely the verdicts of a game are, or why that is not known; None where it has none.
    """

    rolls: tuple[Odds, ...]
    is_comparison: bool
    target: int | None
    aim: Aim | None
    repeat: int
    best: Odds | None
    verdicts: VerdictOdds | LimitError | None

    @property
    def text(self) -> str:
        """In words."""
        if self.is_comparison:
            return comparison_message(*self.rolls)
        lines = [odds_message(self.rolls, self.target)]
        if isinstance(self.verdicts, LimitError):
            lines.append(sentence(self.verdicts))
        elif self.verdicts is not None:
            lines.insert(0, verdict_line(self.verdicts))
        if self.best is not None:
            lines.append(repeat_line(self.rolls[0], self.best, self.repeat, self.target))
        return "\n".join(lines)


class OddsService:
    """Works out odds in a worker thread, one question at a time, and remembers them by canonical notation."""

    def __init__(self) -> None:
        self._engines = {name: DiceEngine(dialect=name) for name in DIALECTS}
        self._turn = asyncio.Semaphore(1)
        self._known: BoundedMap[tuple[OddsQuestion, int], tuple[_Found, bytes | None]] = BoundedMap(ANSWERS_KEPT)

    async def ask(self, question: OddsQuestion) -> OddsAnswer:
        """Answer a question.

        Raises:
            DiceError: A roll of it would be refused, the condition is never met, or it is too much work.
            KeyError: There is no such dialect.
        """
        async with self._turn:
            return await asyncio.to_thread(self._answered, question)

    def _answered(self, question: OddsQuestion) -> OddsAnswer:
        # Pillow costs a process 25 ms and some MB: those who never ask for odds do not pay.
        from modules.rendering.odds_chart import describe_chart, draw_odds  # noqa: PLC0415

        engine = self._engines[question.dialect]
        message = parse(question.notation, engine.limits, dialect=question.dialect, saved=question.saved)
        # There are words in the picture too.
        key = question._replace(notation=str(message), saved=None), id(spoken())
        known = self._known.get(key)
        if known is None:
            found = _found(engine, question, message)
            known = found, draw_odds(found.rolls, found.aim)
            if sum(map(weight, found.rolls)) <= LARGEST_KEPT:
                self._known.put(key, known)
        found, chart = known
        is_plain = question.dialect == NAZH.name and question.saved is None
        notation = question.notation if is_plain else str(message)
        return OddsAnswer(notation, found.text, chart, describe_chart(found.rolls, found.aim))


def weight(odds: Odds) -> int:
    """About how many bytes odds take in memory."""
    return len(odds.outcomes) * (ENTRY_BYTES + odds.denominator.bit_length() // 4)


def _found(engine: DiceEngine, question: OddsQuestion, message: Message) -> _Found:
    # The whole message first: that refuses whatever a roll of it would be refused for.
    rolls = engine.odds(question.notation, saved=question.saved)[: len(message.rolls)]
    if len(rolls) > 1:
        rolls = tuple(dict.fromkeys(rolls))
    check = check_of(message.rolls[0].expression) if len(message.rolls) == 1 else None
    sides = _sides(check, rolls[0]) if check is not None else None
    rolls = sides or rolls
    if question.given:
        relation, number = condition(question.given)
        rolls = tuple([_known(odds, check, relation, number) for odds in rolls])
    aim = Aim(">=", question.target) if question.target is not None else None
    if aim is None and check is not None and isinstance(check.right, Number):
        aim = Aim(check.relation, check.right.value)
    best = rolls[0].best(message.repeat) if _is_repeat(rolls, message) else None
    return _Found(rolls, sides is not None, question.target, aim, message.repeat, best, _verdicts(engine, question))


def _verdicts(engine: DiceEngine, question: OddsQuestion) -> VerdictOdds | LimitError | None:
    """The odds of a game's verdicts; a condition on the total says nothing of them."""
    try:
        return None if question.given else engine.verdict_odds(question.notation, saved=question.saved)
    except LimitError as error:
        return error


def _is_repeat(rolls: Sequence[Odds], message: Message) -> bool:
    """Whether it is one roll, rolled several times, the best of which is quickly found."""
    return len(rolls) == 1 and message.repeat > 1 and message.repeat * weight(rolls[0]) <= LARGEST_KEPT


def _sides(check: Comparison, whole: Odds) -> tuple[Odds, Odds] | None:
    """The two rolls that a check compares; None where one is a fixed number, or they depend on each other."""
    if not all(any(isinstance(node, Pool | Digits) for node in walk(side)) for side in (check.left, check.right)):
        return None
    one, other = (DiceEngine().odds(str(side))[0] for side in (check.left, check.right))
    win, tie, _ = one.versus(other)
    return (one, other) if whole.success in {win, win + tie} else None


def _known(odds: Odds, check: Comparison | None, relation: str, number: int) -> Odds:
    """The odds once it is known how the total compares; those of a check with a fixed target too."""
    known = odds.given(relation, number)
    target = getattr(check and check.right, "value", None)
    if check is None or target is None:
        return known
    return replace(known, success=known.chance(check.relation, target))
