"""What the commands about characters do."""

from collections.abc import Mapping
from dataclasses import dataclass

from modules.cogs.support.character_pages import NO_CHARACTERS, named, page, refused, valid_name
from modules.cogs.support.requests import place_of
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.rendering.language import translated
from modules.services import character_values as written
from modules.services.characters import Characters
from modules.services.players import Players
from modules.services.saved_rolls import NameTaken, TooMany
from modules.storage.records import Character


@dataclass(frozen=True, slots=True)
class CharacterBook:
    """Characters as commands see them; whatever is wrong with a value is refused with its name.

    Attributes:
        players: Knows their names and values.
    """

    players: Players

    @property
    def characters(self) -> Characters:
        """Where they are kept."""
        return self.players.characters

    async def shown(self, invocation: Invocation, name: str = "") -> Reply:
        """A character by name, else the one that is played here, else the first.

        Raises:
            Refusal: There is none.
        """
        characters = await self.characters.of(invocation.actor.id)
        active = await self.characters.active(*place_of(invocation))
        shown = named(characters, name) if name else active or next(iter(characters), None)
        if shown is None:
            raise Refusal(NO_CHARACTERS)
        return page(shown, active, characters)

    async def active(self, invocation: Invocation) -> Character:
        """Whom the person plays here.

        Raises:
            Refusal: Nobody.
        """
        active = await self.characters.active(*place_of(invocation))
        if active is None:
            raise Refusal(NO_CHARACTERS)
        return active

    async def add(self, invocation: Invocation, name: str, values: str | Mapping[str, str]) -> Reply:
        """Make a character, played here from now on.

        Args:
            invocation: Who asked.
            name: What to call it.
            values: As written, or read already.

        Raises:
            Refusal: Name or values cannot be; nothing was changed.
        """
        name, place = valid_name(name), place_of(invocation)
        checked = await self._checked(invocation, {}, values)
        try:
            await self.characters.add(place.user_id, place.guild_id, name, checked)
        except NameTaken:
            raise Refusal(translated("You have a character called `{name}` already.", name=name)) from None
        except TooMany as error:
            raise Refusal(
                translated("You can have at most {most} characters; please delete one first.", most=error.most)
            ) from None
        return await self.shown(invocation)

    async def change(self, invocation: Invocation, values: str) -> Reply:
        """Change values of whom the person plays here; refusals as for `add`."""
        active = await self.active(invocation)
        await self.characters.change(active, await self._checked(invocation, active.values, values))
        return await self.shown(invocation)

    async def switch(self, invocation: Invocation, character: Character) -> Reply:
        """Switch to another character here."""
        await self.characters.switch(character, invocation.guild_id)
        return await self.shown(invocation)

    async def _checked(
        self, invocation: Invocation, before: Mapping[str, str], values: str | Mapping[str, str]
    ) -> dict[str, str]:
        """All values of a character after a change.

        Raises:
            Refusal: One of them cannot be.
        """
        place = place_of(invocation)
        template = await self.characters.template(place.guild_id) if place.guild_id is not None else ()
        saved = (await self.players.names(place)).saved
        try:
            read = written.parse_values(values) if isinstance(values, str) else values
            changed = written.merged(before, read)
            written.check(changed, saved, template)
        except written.Fault as fault:
            raise refused(fault) from None
        return changed
