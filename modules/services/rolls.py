"""Rolling for whoever asks, and counting what was rolled."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from modules.dice.errors import DiceError
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.parser import SavedRolls
from modules.dice.notation.syntax import Labelled, Pieces
from modules.dice.notation.traversal import walk
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import Faces, RandomSource, ScriptedSource, Thrower
from modules.dice_roll import DiceEngine
from modules.services.ledger import Ledger
from modules.services.what_if import ResumedSource
from modules.storage.chain import LedgerEntry
from modules.storage.texts import storable
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Status

_log = logging.getLogger(__name__)

INDICES_AN_ANSWER: Final = 1_000
"""Rolls of one answer at most: twenty, repeated fifty times."""


SECRET: Final = "secret"  # noqa: S105 - a word, not one to keep
"""Its name among the details of a ledger entry."""
KEPT: Final = "kept"
"""Name of the faces that had fallen before, among those details."""


class CountingSource(RandomSource):
    """A random source that remembers how many dice of which size it was asked for."""

    def __init__(self, source: RandomSource) -> None:
        self._source = source
        self._thrown: Counter[int] = Counter()

    def roll(self, sides: int, count: int) -> Faces:
        """`count` faces from 1 to `sides`."""
        self._thrown[sides] += count
        return self._source.roll(sides, count)

    def thrower(self, sides: int, count: int) -> Thrower:
        """A function that throws this very pool, as prepared by the source itself."""
        throw = self._source.thrower(sides, count)

        def counted() -> Faces:
            # Looked up at every throw: the engine keeps throwers for later messages, `take_counts` renews the counter.
            self._thrown[sides] += count
            return throw()

        return counted

    def take_counts(self) -> Counter[int]:
        """Dice thrown since the last call, by sides."""
        thrown, self._thrown = self._thrown, Counter()
        return thrown


class RollRequest(NamedTuple):
    """What somebody wants rolled.

    Attributes:
        notation: As typed.
        actor_id: Who asked.
        guild_id: Where; None in a direct message.
        channel_id: Where.
        source_id: The message or interaction that asked: one for each thing a person did.
        dialect: How letters that bots disagree about are read; a name of `DIALECTS`.
        saved: Where `$name` is looked up; None where no name stands in it.
        is_secret: Whether the result is for few to see.
        answer_index: Answers that the source had before: an edited message is answered again.
        known_labels: Labels that are names of values, and no text of the player's: they are recorded in any case.
    """

    notation: str
    actor_id: int = 0
    guild_id: int | None = None
    channel_id: int = 0
    source_id: int = 0
    dialect: str = "nazh"
    saved: SavedRolls | None = None
    is_secret: bool = False
    answer_index: int = 0
    known_labels: frozenset[str] = frozenset()


class Rolled(NamedTuple):
    """Everything that one request came to.

    Attributes:
        rolls: One for each roll of the message, in order.
        request: What was asked.
        is_recorded: Whether the ledger has it; None where there is no ledger.
        odds: How the rolls stand to their odds; empty where that is not told.
        kept: Faces that had fallen before, in order; the others were thrown for this roll.
    """

    rolls: tuple[Roll, ...]
    request: RollRequest
    is_recorded: bool | None = None
    odds: str = ""
    kept: Sequence[int] = ()

    def entries(self, now: int, *, keeps_text: bool = False) -> list[LedgerEntry]:
        """What the ledger keeps, one for each roll.

        Args:
            now: Unix time in milliseconds.
            keeps_text: Whether comments and labels are kept.
        """
        first = self.request.answer_index * INDICES_AN_ANSWER
        return [self._entry(roll, first + index, now, keeps_text) for index, roll in enumerate(self.rolls)]

    def _entry(self, roll: Roll, index: int, now: int, keeps_text: bool) -> LedgerEntry:
        request, success = self.request, roll.success
        return LedgerEntry(
            rolled_at=now,
            guild_id=request.guild_id,
            channel_id=request.channel_id,
            user_id=request.actor_id,
            source_id=request.source_id,
            source_index=index,
            canonical=storable(roll.expression if keeps_text else _without_labels(roll, request.known_labels)),
            faces=",".join(map(str, roll.faces)),
            total=str(roll.total) if roll.has_total else None,
            verdict=None if success is None else "success" if success else "failure",
            comment=(storable(roll.comment) or None) if keeps_text else None,
            details=_details(roll, self.kept, is_secret=request.is_secret, keeps_text=keeps_text),
        )


def replay(entry: LedgerEntry) -> Roll:
    """The very roll that was recorded, made again from its faces.

    Raises:
        DiceError: The faces do not come to the total.
    """
    faces = [int(face) for face in entry.faces.split(",")] if entry.faces else []
    details = json.loads(entry.details or "{}")
    details.pop(SECRET, None)
    record = {"expression": entry.canonical, "comment": entry.comment or "", "faces": faces, **details}
    return Roll.from_record(record)


def is_secret(entry: LedgerEntry) -> bool:
    """Whether a roll was for few to see."""
    return bool(json.loads(entry.details or "{}").get(SECRET))


def shortcuts(entry: LedgerEntry) -> Sequence[str]:
    """The game shortcuts that a roll was written with, as they were typed."""
    return [str(each) for each in json.loads(entry.details or "{}").get("shortcuts", ())]


def has_old_dice(entry: LedgerEntry) -> bool:
    """Whether some of its dice had fallen for an earlier roll, which has an entry of its own."""
    return KEPT in json.loads(entry.details or "{}")


def _without_labels(roll: Roll, kept: frozenset[str]) -> str:
    """The canonical notation without what players call its terms."""
    if "[" not in roll.expression:
        return roll.expression
    named = (node.labels for node in walk(roll.node) if isinstance(node, Labelled))
    unwanted = {f"[{label}]" for labels in named for label in labels if label not in kept}
    pieces: Pieces = []
    roll.node.write(pieces)
    return "".join([each for each in pieces if isinstance(each, str) and each not in unwanted])


def _details(roll: Roll, faces_before: Sequence[int], *, is_secret: bool, keeps_text: bool) -> str:
    """What `replay` needs besides the columns of a ledger entry; which faces are old, and whether others may see it."""
    record = roll.record()
    kept = {name: value for name, value in record.items() if name not in ("expression", "comment", "faces")}
    if not keeps_text:
        kept["said"] = []  # notes repeat what was typed
    if is_secret:
        kept[SECRET] = True
    if faces_before:
        kept[KEPT] = list(faces_before)
    return json.dumps(kept, separators=(",", ":"))


class Resumed(NamedTuple):
    """A roll of which some dice had fallen before.

    Attributes:
        rolled: What it came to.
        fresh: Faces that were thrown, in order.
    """

    rolled: Rolled
    fresh: Sequence[int]


class RollService:
    """The engine, with its use recorded: how many dice, how it ended; never notation or results.

    Args:
        source: Where faces come from.
        recorder: Counts the rolls and dice of each message.
        ledger: Records each roll before it is shown; None to record nothing.
    """

    def __init__(self, source: RandomSource, recorder: Recorder, ledger: Ledger | None = None) -> None:
        self._source, self._ledger = CountingSource(source), ledger
        self._engines = {name: DiceEngine(source=self._source, dialect=name) for name in DIALECTS}
        self._recorder = recorder

    async def roll(self, request: RollRequest) -> Rolled:
        """Roll everything the notation asks for, and have it recorded.

        Raises:
            DiceError: The notation is not understood, or asks for more than the limits allow.
            KeyError: There is no such dialect.
        """
        return await self._told(Rolled(self._roll(request, self._engines[request.dialect]), request))

    async def resume(self, request: RollRequest, script: Sequence[int | None]) -> Resumed:
        """Roll, but keep dice that have fallen before, and have it recorded.

        Args:
            request: What, and for whom.
            script: Their faces, as in `WhatIf`.

        Raises:
            DiceError: As for `roll`, or those faces do not suit the notation.
        """
        source = ResumedSource(script, self._source)
        rolls = self._roll(request, DiceEngine(source=source, dialect=request.dialect))
        return Resumed(await self._told(Rolled(rolls, request, kept=source.kept)), source.fresh)

    async def _told(self, rolled: Rolled) -> Rolled:
        """Have the ledger told, if there is one."""
        return rolled if self._ledger is None else await self._recorded(rolled, self._ledger)

    def _roll(self, request: RollRequest, engine: DiceEngine) -> tuple[Roll, ...]:
        # What is neither an answer nor a refusal is a bug.
        outcome = Status.ERROR
        try:
            rolls = engine.roll(request.notation, saved=request.saved)
        except DiceError:
            outcome = Status.REFUSED
            raise
        else:
            outcome = Status.OK
            return rolls
        finally:
            # After a refusal too: dice that had fallen by then would else count for the next message.
            self._recorder.rolled(self._source.take_counts(), outcome)

    async def _recorded(self, rolled: Rolled, ledger: Ledger) -> Rolled:
        """What the ledger holds: these rolls, or those of another process that answers the same message."""
        entries = rolled.entries(ledger.database.now(), keeps_text=ledger.keeps_text)
        found = await ledger.record(entries)
        if found is None:
            return rolled._replace(is_recorded=False)
        if all(one is other for one, other in zip(entries, found, strict=True)):
            return rolled._replace(is_recorded=True)
        try:
            rolls = self._rerolled(rolled.request, found)
        except DiceError:
            _log.warning("another process recorded something else for the same message")
            return rolled._replace(is_recorded=False)
        return rolled._replace(rolls=rolls, is_recorded=True)

    def _rerolled(self, request: RollRequest, entries: Sequence[LedgerEntry]) -> tuple[Roll, ...]:
        """The same message rolled with the faces that were recorded.

        Raises:
            DiceError: They are not the faces of this message.
        """
        source = ScriptedSource([int(face) for each in entries for face in each.faces.split(",") if face])
        rolls = DiceEngine(source=source, dialect=request.dialect).roll(request.notation, saved=request.saved)
        if source.left_count or [each.expression for each in rolls] != [each.canonical for each in entries]:
            raise DiceError("faces_left")
        return rolls
