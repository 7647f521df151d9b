"""What a rule is told about a roll, what it answers, and the answers that many games share."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from modules.dice.notation.syntax import Value


class Seen(Protocol):
    """What a rule looks at in a die."""

    @property
    def face(self) -> int:
        """What it shows, from 1."""

    @property
    def value(self) -> Value:
        """What it is worth."""

    @property
    def kept(self) -> bool:
        """Whether it counts."""


class Played(NamedTuple):
    """A game's roll as it ended.

    Args:
        total: What it came to, modifiers included.
        groups: Its dice, in the groups that the game gives names to.
        numbers: The numbers it was written with.
        target: What the total was compared with, if it was.
        success: Whether that succeeded.
        margin: By how much.
        tally: Symbols, after pairs have cancelled.
    """

    total: Value
    groups: Sequence[Sequence[Seen]]
    numbers: Mapping[str, int]
    target: Value | None
    success: bool | None
    margin: Value | None
    tally: Mapping[str, int]

    @property
    def dice(self) -> list[Seen]:
        """Every die, whatever its group."""
        return [die for group in self.groups for die in group]

    @property
    def natural(self) -> int:
        """What the first die that counts shows: with advantage, the better one."""
        return next(die.face for die in self.groups[0] if die.kept)

    def showing(self, face: int, group: int | None = None) -> int:
        """How many dice show a face."""
        return sum(die.face == face for die in (self.dice if group is None else self.groups[group]))


class Verdict(NamedTuple):
    """What a roll means.

    Args:
        code: A key of the catalogue.
        parameters: What its sentence names.
        remarks: What is to be said besides.
    """

    code: str
    parameters: Mapping[str, Value]
    remarks: tuple["Verdict", ...] = ()


Rule = Callable[[Played], Verdict]


def say(code: str, *remarks: Verdict | None, **parameters: Value) -> Verdict:
    """A verdict; remarks that do not apply are None."""
    return Verdict(code, parameters, tuple(remark for remark in remarks if remark is not None))


def when(holds: object, code: str, **parameters: Value) -> Verdict | None:
    """A remark, if it applies."""
    return say(code, **parameters) if holds else None


def against(played: Played) -> Verdict | None:
    """How the total stands to what it was compared with."""
    if played.success is None or played.target is None:
        return None
    return say("against_met" if played.success else "against_missed", target=played.target)


def doubles(total: Value) -> bool:
    """Whether both digits of a percentile roll are the same; 100 is 00."""
    return total % 100 % 11 == 0


def total(played: Played) -> Verdict:
    """A total, and success or failure where there is a target."""
    if played.success is None or played.margin is None:
        return say("total", total=played.total)
    code = "success" if played.success else "failure"
    return say(code, total=played.total, margin=max(played.margin, -played.margin))


def damage(played: Played) -> Verdict:
    """Points of damage."""
    return say("damage", count=played.total)


def successes(played: Played) -> Verdict:
    """A number of successes."""
    return say("successes" if played.total > 0 else "no_success", against(played), count=played.total)


def hits(played: Played) -> Verdict:
    """How many of the dice reach their value."""
    return say("hits_of", against(played), count=played.total, dice=len(played.dice))
