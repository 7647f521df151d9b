"""What a player's messages mean where they are sent: their own choices, else the guild's, and their names."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from modules.dice.notation.dialects import DIALECTS, NAZH
from modules.services.answer_look import AnswerLook, AnswerStyle
from modules.services.characters import Characters
from modules.services.guild_settings import SettingsService
from modules.services.names import Meant, Names
from modules.services.saved_rolls import SavedRolls
from modules.storage.errors import DatabaseAway
from modules.storage.records import Character, Owner, SavedRoll, UserSettings

T = TypeVar("T")

_STYLES: Final = MappingProxyType({each.value: each for each in AnswerStyle})

WAIT_SECONDS: Final = 0.25
"""The longest that a roll waits for its player's choices, the first time they are needed."""


class Place(NamedTuple):
    """Who asks, and where.

    Attributes:
        user_id: The player.
        guild_id: None in a private channel.
    """

    user_id: int
    guild_id: int | None


@dataclass(frozen=True, slots=True)
class Players:
    """Reads what players chose and named.

    Attributes:
        settings: Choices of guilds and players.
        saved_rolls: Notations with names.
        characters: Values with names.
    """

    settings: SettingsService
    saved_rolls: SavedRolls
    characters: Characters

    async def dialect(self, place: Place) -> str:
        """How letters that bots disagree about are read for a player."""
        chosen = (await self._own(place)).dialect or self.settings.of_guild(place.guild_id).dialect
        return chosen if chosen is not None and chosen in DIALECTS else NAZH.name

    async def default_roll(self, place: Place) -> str:
        """What a player rolls without saying what; "" for what everybody does."""
        return (await self._own(place)).default_roll or ""

    def look(self, place: Place) -> AnswerLook:
        """How answers look to a player, as far as that is known without waiting."""
        own = self.settings.users.known(place.user_id) or UserSettings()
        guild = self.settings.of_guild(place.guild_id)
        chosen = own.style or guild.style
        style = _STYLES.get(chosen or "", AnswerStyle.RICH)
        return AnswerLook(style, odds=guild.odds_line is not False, emojis=guild.dice_emojis is not False)

    async def meant(self, place: Place, typed: str) -> Meant:
        """A notation with the player's names in it.

        Raises:
            DatabaseAway: There are saved rolls in it, and nobody knows what they are.
        """
        if "$" in typed:
            return (await self.names(place)).meant(typed)
        character = await self.character(place)
        if character is None or not character.values:
            return Meant(typed)
        meant = Names(values=character.values).meant(typed)
        # A value may be made of saved rolls.
        return (await self.names(place)).meant(typed) if meant.saved is not None else meant

    async def names(self, place: Place) -> Names:
        """Everything that has a name for a player.

        Raises:
            DatabaseAway: It cannot be read.
        """
        saved = {each.name.casefold(): each.notation for each in reversed(await self.saved(place))}
        character = await self.characters.active(*place)
        return Names(saved, character.values if character is not None else {})

    async def saved(self, place: Place) -> list[SavedRoll]:
        """Every saved roll that a player can use, their own first.

        Raises:
            DatabaseAway: They cannot be read.
        """
        owners = [Owner("user", place.user_id)]
        if place.guild_id is not None:
            owners.append(Owner("guild", place.guild_id))
        return [each for owner in owners for each in await self.saved_rolls.of(owner)]

    async def character(self, place: Place) -> Character | None:
        """Whom a player plays; None where nobody, or where that cannot be read."""
        known = self.characters.kept.known(place.user_id)
        return known.played_in(place.guild_id) if known else await _soon(self.characters.active(*place), None)

    async def _own(self, place: Place) -> UserSettings:
        known = self.settings.users.known(place.user_id)
        return known if known is not None else await _soon(self.settings.of_user(place.user_id), UserSettings())


async def _soon(reading: Awaitable[T], otherwise: T) -> T:
    """What is read, or something else where that cannot be had at once: a roll is worth more than a choice."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return await reading
    except (DatabaseAway, TimeoutError):
        return otherwise
