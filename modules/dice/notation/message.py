"""What a notation asks for, as it was read."""

from dataclasses import dataclass

from modules.dice.notation.shortcuts import Pair
from modules.dice.notation.syntax import Node
from modules.dice.notes import Note


@dataclass(slots=True, unsafe_hash=True)
class RollSyntax:
    """One roll of a message.

    Args:
        expression: What is rolled.
        comment: The words beside it.
        shortcuts: The game shortcuts it was written with, as they were typed.
        cancels: Symbols of theirs that cancel in pairs.
        notes: What the reader has to say about it: what was not rolled, what was read in an unexpected way.
    """

    expression: Node
    comment: str = ""
    shortcuts: tuple[str, ...] = ()
    cancels: tuple[Pair, ...] = ()
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return f"{self.expression} # {self.comment}" if self.comment else str(self.expression)


@dataclass(slots=True, unsafe_hash=True)
class Message:
    """Everything one notation asks for."""

    repeat: int
    rolls: tuple[RollSyntax, ...]

    def __str__(self) -> str:
        rolls = "; ".join(map(str, self.rolls))
        return f"{self.repeat}#{rolls}" if self.repeat != 1 else rolls
