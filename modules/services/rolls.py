"""Rolling for whoever asks, and counting what was rolled."""

from collections import Counter

from modules.dice.errors import DiceError
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


class RollService:
    """The engine, with its use recorded: how many dice, how it ended; never notation or results.

    Args:
        source: Where faces come from.
        recorder: Told after each message.
    """

    def __init__(self, source: RandomSource, recorder: Recorder) -> None:
        self._source = CountingSource(source)
        self._engine = DiceEngine(source=self._source)
        self._recorder = recorder

    def roll(self, notation: str) -> tuple[Roll, ...]:
        """Roll everything the notation asks for.

        Args:
            notation: What a player typed.

        Returns:
            One `Roll` for each roll of the message, in order.

        Raises:
            DiceError: The notation is not understood, or asks for more than the limits allow.
        """
        # What is neither an answer nor a refusal is a bug.
        outcome = Status.ERROR
        try:
            rolls = self._engine.roll(notation)
        except DiceError:
            outcome = Status.REFUSED
            raise
        else:
            outcome = Status.OK
            return rolls
        finally:
            # After a refusal too: dice that had fallen by then would else count for the next message.
            self._recorder.rolled(self._source.take_counts(), outcome)
