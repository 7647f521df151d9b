"""What one message may cost, and the purse it is paid from."""

from dataclasses import dataclass, field

from modules.dice.errors import LimitError, Span
from modules.dice.notes import Note


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one message. All are counts unless said otherwise; the defaults are those of the notation page."""

    notation_length: int = 1_000
    """Characters typed."""
    dice: int = 10_000
    """Dice thrown, rerolls, explosions and repeats included."""
    sides: int = 1_000_000
    """Sides of one die, weights of custom faces included."""
    repeats: int = 50
    """How often a message may be repeated."""
    rolls: int = 20
    """Rolls written in one message, before repeats."""
    nesting: int = 50
    """Depth of parentheses, sets, calls and stacked powers."""
    digits: int = 15
    """Digits of a number as typed."""
    power: int = 10**30
    """The largest absolute result of a power, numerator and denominator alike."""
    magnitude: int = 10**100
    """The largest absolute value of any result: keeps every answer printable."""
    steps: int = 9_000
    """Work beside the dice: about one microsecond each. A cost bound from the tree alone is held against it."""
    rounds: int = 1_000
    """How often extra dice may be fetched (a round fetches all that are certain to be needed)."""
    sums_fit: bool = field(init=False, compare=False, repr=False)
    """Whether no sum of dice and numbers can pass `magnitude`."""

    def __post_init__(self) -> None:
        """Work out once what every compilation asks."""
        largest_sum = self.notation_length * self.dice * self.sides * 10**self.digits
        object.__setattr__(self, "sums_fit", largest_sum <= self.magnitude)


class Budget:
    """What is left to spend while a message is being rolled.

    Fixed pools are charged from the tree before the first die; only counts that had to be rolled and the extra
    dice of operators are paid for here. Running out ends the extra dice and is remembered in `caps`.
    """

    __slots__ = ("caps", "dice", "rounds", "steps")

    def __init__(self, dice: int, rounds: int, steps: int) -> None:
        self.dice = dice
        self.rounds = rounds
        self.steps = steps
        self.caps: list[Note] = []

    def work(self, steps: int, span: Span | None) -> None:
        """Pay for work on dice already thrown.

        Raises:
            LimitError: More steps than are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise LimitError("work_limit", span=span)

    def charge(self, count: int, span: Span | None) -> None:
        """Pay for a pool whose size was only now known.

        Raises:
            LimitError: More dice than are left.
        """
        if count > self.dice:
            raise LimitError("dice_left", span=span, dice=count, left=self.dice)
        self.dice -= count

    def grant(self, wanted_count: int) -> int:
        """Pay for one round of extra dice and answer how many of them may be thrown."""
        if self.rounds <= 0:
            self._cap(Note("rounds_reached"))
            return 0
        granted = min(wanted_count, self.dice)
        if granted < wanted_count:
            self._cap(Note("dice_reached"))
        self.rounds -= 1
        self.dice -= granted
        return granted

    def _cap(self, note: Note) -> None:
        # Every pool after the first meets the same limit: once said is enough.
        if note not in self.caps:
            self.caps.append(note)
