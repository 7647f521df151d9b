"""`/saved` and `/save`: notations with names."""

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.support.checking import checked, checked_name
from modules.cogs.support.requests import place_of
from modules.cogs.support.roller import Roller
from modules.cogs.support.saved_book import code, find, listed, most_used, owner_of, roll_buttons, shared, too_many
from modules.cogs.support.saved_files import ask_for_text, exported, import_reply, take
from modules.commands.command import autocomplete, command, command_group
from modules.commands.command_bot import CommandBot
from modules.commands.components import modal_fields
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Reply
from modules.rendering.language import translated
from modules.services.players import Players
from modules.services.saved_rolls import NameTaken, TooMany
from modules.storage.records import Owner, SavedRoll

NOTHING_YET = "You have no saved rolls yet. `{prefix}save attack 1d20+7` saves one, and `{prefix}attack` rolls it."
SERVER = "For everybody on this server (Manage Server or GM role)"


class SavedRollsCog(commands.Cog):
    """Saves rolls under names, for a player or a server."""

    def __init__(self, bot: CommandBot, roller: Roller, players: Players) -> None:
        self._bot, self._roller, self._players, self._rolls = bot, roller, players, players.saved_rolls
        bot.handling.components.register("import", self.take_form)

    @command_group("saved", usage="saved", description="List, edit, share and import saved rolls", fallback="list")
    async def saved(self, invocation: Invocation) -> Reply:
        """Your saved rolls and the server's, with buttons for the ten most used."""
        own = await self._rolls.of(Owner("user", invocation.actor.id))
        guild_id = invocation.guild_id
        others = await self._rolls.of(Owner("guild", guild_id)) if guild_id is not None else ()
        if not own and not others:
            return Reply(translated(NOTHING_YET, prefix=self._bot.prefix_for(guild_id)), ephemeral=True)
        parts = [("Your saved rolls", own), ("Saved rolls of this server", others)]
        text = listed([(title, rolls) for title, rolls in parts if rolls])
        return Reply(text, components=roll_buttons(most_used([*own, *others])), ephemeral=True)

    @command("add", parent=saved, usage="saved add attack 1d20+7", description="Save a roll under a name")
    @app_commands.describe(name="What to call it", dice="What it rolls; $1 and $2=4 are filled in later", server=SERVER)
    async def add(self, invocation: Invocation, name: str, *, dice: str, server: bool = False) -> Reply:
        """Save a roll under a name."""
        return await self._save(invocation, owner_of(invocation, self._bot, server=server), name, dice)

    @command("save", usage="save attack 1d20+7", description="Save a roll under a name, to roll it by that name")
    @app_commands.describe(name="What to call it", dice="What it rolls; $1 and $2=4 are filled in later")
    async def save(self, invocation: Invocation, name: str, *, dice: str) -> Reply:
        """Save a roll under a name."""
        return await self._save(invocation, Owner("user", invocation.actor.id), name, dice)

    @command("edit", parent=saved, usage="saved edit attack 1d20+8", description="Change a saved roll")
    @app_commands.describe(name="Which one", dice="What it rolls from now on", rename="Its new name", server=SERVER)
    async def edit(
        self, invocation: Invocation, name: str, *, dice: str = "", rename: str = "", server: bool = False
    ) -> Reply:
        """Change a saved roll."""
        owner = owner_of(invocation, self._bot, server=server)
        before = find(await self._rolls.of(owner), name)
        new_name = self._name(invocation, rename) if rename else before.name
        notation = await checked(invocation, dice.strip("` \n"), self._roller, new_name) if dice else before.notation
        try:
            await self._rolls.edit(owner, before.name, new_name=new_name, notation=notation)
        except NameTaken:
            raise Refusal(translated("There is a saved roll called `{name}` already.", name=new_name)) from None
        return self._told(invocation, new_name, notation, before)

    @command("delete", parent=saved, usage="saved delete attack", description="Delete a saved roll")
    @app_commands.describe(name="Which one", server=SERVER)
    async def delete(self, invocation: Invocation, name: str, *, server: bool = False) -> Reply:
        """Delete a saved roll."""
        owner = owner_of(invocation, self._bot, server=server)
        gone = find(await self._rolls.of(owner), name)
        await self._rolls.remove(owner, gone.name)
        text = translated("Deleted `{name}`: `{notation}`", name=gone.name, notation=code(gone.notation))
        return Reply(text, ephemeral=True)

    @command("share", parent=saved, usage="saved share attack", description="Show a saved roll, for others to save")
    @app_commands.describe(name="Which one")
    async def share(self, invocation: Invocation, *, name: str) -> Reply:
        """Show a saved roll with buttons that roll and save it."""
        rolls = await self._players.saved(place_of(invocation))
        return shared(find(rolls, name), in_server=invocation.guild_id is not None)

    @command("import", parent=saved, usage="saved import", description="Save rolls from a file or a list")
    @app_commands.describe(file="Of `/saved export`, or a list of Avrae or Dice Maiden aliases", server=SERVER)
    async def take(
        self, invocation: Invocation, file: discord.Attachment | None = None, *, text: str = "", server: bool = False
    ) -> Answer:
        """Save rolls from a file, or from a list as other bots have it."""
        owner = owner_of(invocation, self._bot, server=server)
        if file is None and not text:
            return ask_for_text(invocation, server=server)
        return await self._import(invocation, owner, text or await take(file))

    @command("export", parent=saved, usage="saved export", description="All saved rolls as a file")
    @app_commands.describe(server="Those of this server")
    async def export(self, invocation: Invocation, *, server: bool = False) -> Reply:
        """All saved rolls as a JSON file."""
        owner = Owner("guild", invocation.guild_id) if server and invocation.guild_id else None
        return exported(await self._rolls.of(owner or Owner("user", invocation.actor.id)))

    @autocomplete(edit, "name")
    @autocomplete(delete, "name")
    @autocomplete(share, "name")
    async def suggest(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Names that have what is typed in them."""
        rolls = await self._players.saved(place_of(invocation))
        names = dict.fromkeys(each.name for each in rolls if current.casefold() in each.name.casefold())
        return [app_commands.Choice(name=each, value=each) for each in names]

    async def take_form(self, invocation: Invocation, payload: str) -> Reply:
        """Save the rolls of a list that was filled in."""
        owner = owner_of(invocation, self._bot, server=payload == "server")
        return await self._import(invocation, owner, modal_fields(invocation).get("answer", ""))

    async def _import(self, invocation: Invocation, owner: Owner, text: str) -> Reply:
        return await import_reply(invocation, self._bot, self._roller, (self._rolls, owner), text)

    async def _save(self, invocation: Invocation, owner: Owner, name: str, dice: str) -> Reply:
        name = self._name(invocation, name)
        notation = await checked(invocation, dice.strip("` \n"), self._roller, name)
        before = next((each for each in await self._rolls.of(owner) if each.name.casefold() == name.casefold()), None)
        try:
            if before is None:
                await self._rolls.add(owner, name, notation)
            else:
                await self._rolls.edit(owner, before.name, new_name=name, notation=notation)
        except TooMany as refused:
            raise too_many(refused) from None
        return self._told(invocation, name, notation, before)

    def _name(self, invocation: Invocation, name: str) -> str:
        return checked_name(name, self._bot, self._bot.prefix_for(invocation.guild_id))

    def _told(self, invocation: Invocation, name: str, notation: str, before: SavedRoll | None) -> Reply:
        prefix = self._bot.prefix_for(invocation.guild_id)
        text = translated(
            "Saved `{name}`: `{notation}`\nRoll it with `{prefix}{name}`, or as `${name}` in any roll.",
            name=name,
            notation=code(notation),
            prefix=prefix,
        )
        was = translated("\nIt was `{notation}`.", notation=code(before.notation)) if before else ""
        return Reply(text + was, ephemeral=True)
