"""How answers look to whoever asked: to be chosen by the people of a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        emojis: Whether dice may be shown as emojis.
        pictures: Emojis for dice on a card, by die and face (`d20_17`); empty for numbers alone.
    """

    style: AnswerStyle = AnswerStyle.RICH
    odds: bool = True
    emojis: bool = True
    pictures: Mapping[str, str] = field(default_factory=dict)
