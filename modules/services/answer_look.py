"""How answers look to whoever asked: to be chosen by the people of a server."""

from dataclasses import dataclass
from enum import StrEnum


class AnswerStyle(StrEnum):
    """How much room an answer takes, and how much of it is markup."""

    RICH = "rich"
    """A card: the total large, a colour for how it went."""
    COMPACT = "compact"
    """One line of text."""
    PLAIN = "plain"
    """One line without markup, which a screen reader reads as it stands."""


@dataclass(frozen=True, slots=True)
class AnswerLook:
    """How to show a roll.

    Attributes:
        style: Card or text.
        odds: Whether a line tells how a roll stands to its odds.
    """

    style: AnswerStyle = AnswerStyle.RICH
    odds: bool = True
