"""Rolling for whoever asks, and counting what was rolled."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from modules.dice.errors import DiceError
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.syntax import Value
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import Faces, RandomSource, Thrower
from modules.dice_roll import DiceEngine
from modules.services.command_log import Status
from modules.telemetry.recorder import Recorder


class CountingSource(RandomSource):
    """A random source that remembers how many dice of which size it was asked for.

    Args:
        source: Where the faces really come from.
    """

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


@dataclass(frozen=True, slots=True)
class RollRequest:
    """What somebody wants rolled.

    Attributes:
        notation: As typed.
        actor_id: Who asked.
        guild_id: Where; None in a direct message.
        channel_id: Where.
        source_id: The message or interaction that asked: one for each thing a person did.
        dialect: How letters that bots disagree about are read; a name of `DIALECTS`.
    """

    notation: str
    actor_id: int = 0
    guild_id: int | None = None
    channel_id: int = 0
    source_id: int = 0
    dialect: str = "nazh"


class RollRecord(NamedTuple):
    """What is worth keeping of one roll: enough to roll it again from its faces.

    Attributes:
        canonical: The notation as understood.
        faces: In the order thrown.
        total: What it came to.
    """

    canonical: str
    faces: tuple[int, ...]
    total: Value


class Rolled(NamedTuple):
    """Everything that one request came to.

    Attributes:
        rolls: One for each roll of the message, in order.
        request: What was asked.
    """

    rolls: tuple[Roll, ...]
    request: RollRequest

    def records(self) -> tuple[RollRecord, ...]:
        """What a ledger keeps, one for each roll."""
        return tuple(RollRecord(roll.expression, roll.faces, roll.total) for roll in self.rolls)


class RollService:
    """The engine, with its use recorded: how many dice, how it ended; never notation or results.

    Args:
        source: Where faces come from.
        recorder: Told after each message.
    """

    def __init__(self, source: RandomSource, recorder: Recorder) -> None:
        self._source = CountingSource(source)
        self._engines = {name: DiceEngine(source=self._source, dialect=name) for name in DIALECTS}
        self._recorder = recorder

    async def roll(self, request: RollRequest) -> Rolled:
        """Roll everything the notation asks for.

        Args:
            request: What, and for whom.

        Raises:
            DiceError: The notation is not understood, or asks for more than the limits allow.
            KeyError: There is no such dialect.
        """
        # What is neither an answer nor a refusal is a bug.
        outcome = Status.ERROR
        try:
            rolls = self._engines[request.dialect].roll(request.notation)
        except DiceError:
            outcome = Status.REFUSED
            raise
        else:
            outcome = Status.OK
            return Rolled(rolls, request)
        finally:
            # After a refusal too: dice that had fallen by then would else count for the next message.
            self._recorder.rolled(self._source.take_counts(), outcome)
