"""What a rule is told about a roll, and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_result import Die


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
    groups: Sequence[Sequence[Die]]
    numbers: Mapping[str, int]
    target: Value | None
    success: bool | None
    margin: Value | None
    tally: Mapping[str, int]

    @property
    def dice(self) -> list[Die]:
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

    def beside(self, *remarks: "Verdict | None") -> "Verdict":
        """The same with more to say; remarks that do not apply are None."""
        return self._replace(remarks=(*self.remarks, *[remark for remark in remarks if remark is not None]))


Rule = Callable[[Played], Verdict]


def say(code: str, *remarks: Verdict | None, **parameters: Value) -> Verdict:
    """A verdict; remarks that do not apply are None."""
    return Verdict(code, parameters).beside(*remarks)


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
