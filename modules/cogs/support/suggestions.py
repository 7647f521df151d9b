"""What `/roll` suggests while a player types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from discord import app_commands

from modules.dice.errors import DiceError
from modules.rendering.errors import plain_error
from modules.rendering.language import translated
from modules.rendering.odds_text import outlook
from modules.rendering.text import harmless, shortened
from modules.services.help_search import find_games
from modules.services.names import Meant, Names
from modules.services.readings import Reader
from modules.services.recent_rolls import RecentRolls
from modules.services.roll_specs import DEFAULT_NOTATION

CHOICE_LENGTH: Final = 100
"""Characters of a choice's name and of its value that Discord takes."""
EXAMPLES: Final = (DEFAULT_NOTATION, "1d20+5 to hit", "2d6+3", "4d6kh3", "adv 1d20", "6#4d6kh3")

Choice = app_commands.Choice[str]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Says, before anything is rolled, whether and how a notation is understood.

    Attributes:
        reader: Reads what is typed.
        recent: What players rolled lately.
    """

    reader: Reader
    recent: RecentRolls = field(default_factory=RecentRolls)

    def choices(self, player_id: int, typed: str, names: Names | None = None) -> list[Choice]:
        """What to show under the option.

        Args:
            player_id: Who types.
            typed: What stands there so far.
            names: What names mean to them; None where none mean anything.
        """
        text = typed.strip()
        # Discord takes no longer choice, and what is typed can be sent without one.
        if len(text) > CHOICE_LENGTH:
            return []
        recent = [each for each in self.recent.of(player_id) if text.casefold() in each.casefold() and each != text]
        if not text:
            return _plain([*recent, *(each for each in EXAMPLES if each not in recent)])
        known = names or Names()
        named = [each for each in known.completions(text) if len(each) <= CHOICE_LENGTH]
        return [*_plain(named), *self._judged(text, known.meant(text)), *_plain(recent)]

    def _judged(self, text: str, named: Meant) -> Sequence[Choice]:
        try:
            readings = self.reader.read(named.text, named.saved)
        except DiceError as error:
            offers = [
                _choice(translated("Did you mean {suggestion}?", suggestion=each), each)
                for each in self.reader.mended(text, error)
            ]
            told = plain_error(error, "")
            games = _games(text) if text.replace(" ", "").isalpha() else []
            return [*games, _choice(f"✗ {told}", text), *(each for each in offers if len(each.value) <= CHOICE_LENGTH)]
        meant = f"✓ {self.reader.joined(readings)}"
        odds = self.reader.outlook(self.reader.joined(readings) if named.saved is not None else named.text)
        return [_choice(f"{meant} · {outlook(odds)}" if odds is not None else meant, text)]


def _games(text: str) -> list[Choice]:
    """Shortcuts of the games of that name."""
    return [_choice(f"{each.example} · {each.system}", each.example) for each in find_games(text)]


def _plain(notations: Iterable[str]) -> list[Choice]:
    return [_choice(each, each) for each in notations]


def _choice(name: str, value: str) -> Choice:
    return app_commands.Choice(name=shortened(harmless(name), CHOICE_LENGTH), value=value)
