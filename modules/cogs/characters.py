"""`/character`: named values of players, for whoever is at the table."""

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.support.character_book import CharacterBook
from modules.cogs.support.character_pages import FILLED, SWITCH, TEXT_LENGTH, form, named, refused
from modules.cogs.support.saved_book import owner_of
from modules.cogs.support.saved_files import take
from modules.commands.command import autocomplete, command, command_group
from modules.commands.command_bot import CommandBot
from modules.commands.components import chosen_values, modal_fields
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Attachment, Reply
from modules.rendering.language import translated
from modules.rendering.text import shortened
from modules.services import character_values as written
from modules.services.players import Players

GONE = "That character was deleted."


class CharactersCog(commands.Cog):
    """Characters of players, and what a server asks new ones for."""

    def __init__(self, bot: CommandBot, players: Players) -> None:
        self._bot, self._book = bot, CharacterBook(players)
        bot.handling.components.register(SWITCH, self.chosen)
        bot.handling.components.register(FILLED, self.filled)

    @command_group("character", usage="character", description="Show, change and switch characters", fallback="show")
    async def character(self, invocation: Invocation, *, name: str = "") -> Reply:
        """A character with its values: the one that is played here, or another by name."""
        return await self._book.shown(invocation, name)

    @command("new", parent=character, usage="character new Mira str 3, prof 2", description="Create a character")
    @app_commands.describe(name="What to call it", values="Like str 3, prof 2, atk 1d20+str+prof; a form if left out")
    async def new(self, invocation: Invocation, name: str = "", *, values: str = "") -> Answer:
        """Make a character, who is played here from now on."""
        if values or invocation.interaction is None:
            return await self._book.add(invocation, name, values)
        guild_id = invocation.guild_id
        return form(name, await self._book.characters.template(guild_id) if guild_id is not None else ())

    @command("set", parent=character, usage="character set str 4", description="Change values of your character here")
    @app_commands.describe(values="Like str 4, atk 1d20+str; a name alone removes its value")
    async def change(self, invocation: Invocation, *, values: str) -> Reply:
        """Change values of the character who is played here."""
        return await self._book.change(invocation, values)

    @command("switch", parent=character, usage="character switch Mira", description="Switch to another character here")
    @app_commands.describe(name="Whom")
    async def switch(self, invocation: Invocation, *, name: str) -> Reply:
        """Switch to another character here."""
        characters = await self._book.characters.of(invocation.actor.id)
        return await self._book.switch(invocation, named(characters, name))

    @command("delete", parent=character, usage="character delete Mira", description="Delete a character")
    @app_commands.describe(name="Which one")
    async def delete(self, invocation: Invocation, *, name: str) -> Reply:
        """Delete a character."""
        gone = named(await self._book.characters.of(invocation.actor.id), name)
        await self._book.characters.remove(invocation.actor.id, gone.name)
        return Reply(translated("Deleted `{name}`.", name=gone.name), ephemeral=True)

    @command("import", parent=character, usage="character import [name]", description="A character from JSON or CSV")
    @app_commands.describe(file="Of `/character export`, or lines like str,3", name="What to call it")
    async def read(self, invocation: Invocation, file: discord.Attachment, *, name: str = "") -> Reply:
        """Make a character of a file."""
        try:
            own_name, values = written.from_file(await take(file))
        except written.Fault as fault:
            raise refused(fault) from None
        return await self._book.add(invocation, name or own_name or file.filename.rpartition(".")[0], values)

    @command("export", parent=character, usage="character export", description="Your character here as a file")
    @app_commands.describe(table="As CSV, for a spreadsheet; else as JSON")
    async def export(self, invocation: Invocation, *, table: bool = False) -> Reply:
        """The character who is played here as a file."""
        active = await self._book.active(invocation)
        text, ending = (written.to_csv(active), "csv") if table else (written.to_json(active), "json")
        return Reply(f"`{active.name}`", files=[Attachment(f"character.{ending}", text.encode())], ephemeral=True)

    @command(
        "template",
        parent=character,
        usage="character template",
        description="Which values new characters of this server start with",
    )
    @app_commands.describe(values="Like str 1..20 = 10, dex 1..20 = 10; none for nothing (Manage Server)")
    async def template(self, invocation: Invocation, *, values: str = "") -> Reply:
        """What new characters of this server are asked for, and within which bounds."""
        characters = self._book.characters
        if values:
            owner = owner_of(invocation, self._bot, server=True)
            try:
                asked = [] if values.strip().casefold() == "none" else written.parse_template(values)
            except written.Fault as fault:
                raise refused(fault) from None
            await characters.set_template(owner.id, asked)
        kept = await characters.template(invocation.guild_id) if invocation.guild_id is not None else ()
        text = (
            f"`{shortened(written.template_text(kept), TEXT_LENGTH)}`"
            if kept
            else translated("no values are asked for")
        )
        return Reply(translated("New characters here: {values}", values=text), ephemeral=True)

    @autocomplete(switch, "name")
    @autocomplete(delete, "name")
    async def suggest(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Characters that have what is typed in their names."""
        names = [each.name for each in await self._book.characters.of(invocation.actor.id)]
        return [app_commands.Choice(name=each, value=each) for each in names if current.casefold() in each.casefold()]

    async def chosen(self, invocation: Invocation, _payload: str) -> Reply:
        """Play the character that was chosen from the menu."""
        characters = await self._book.characters.of(invocation.actor.id)
        chosen = next((each for each in characters if str(each.id) in chosen_values(invocation)), None)
        if chosen is None:
            raise Refusal(GONE)
        return await self._book.switch(invocation, chosen)

    async def filled(self, invocation: Invocation, _payload: str) -> Reply:
        """Make the character of a form."""
        fields = modal_fields(invocation)
        return await self._book.add(invocation, fields.get("name", ""), fields.get("values", ""))
