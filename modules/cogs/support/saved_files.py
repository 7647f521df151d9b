"""Saved rolls out of files and lists, and into them."""

from typing import Final

import discord

from modules.cogs.support.checking import checked, checked_name
from modules.cogs.support.roller import Roller
from modules.cogs.support.saved_book import LIST_LENGTH, code, too_many
from modules.commands.command_bot import CommandBot
from modules.commands.components import custom_id
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Attachment, Form, Reply
from modules.rendering.language import translated
from modules.rendering.text import fitting
from modules.services.saved_import import Entry, entries, export_json
from modules.services.saved_rolls import SavedRolls, TooMany
from modules.storage.records import Owner, SavedRoll

FILE_NAME: Final = "saved-rolls.json"
FILE_LENGTH: Final = 256 * 1024
"""Bytes of the largest file that is read."""
EXAMPLE: Final = "attack = 1d20+7\n!alias sneak roll 3d6[sneak]\n!snippet bless -b 1d4[bless]"
NOTHING_TO_IMPORT: Final = (
    "Attach a file, or write the rolls after the command, one a line: `attack = 1d20+7`, or an Avrae alias or snippet."
)


def exported(rolls: tuple[SavedRoll, ...]) -> Reply:
    """All saved rolls as a file."""
    files = [Attachment(FILE_NAME, export_json(rolls).encode())]
    return Reply(
        translated("{count} saved rolls; `/saved import` reads them again.", count=len(rolls)),
        files=files,
        ephemeral=True,
    )


def ask_for_text(invocation: Invocation, *, server: bool) -> Form:
    """A form for a list.

    Raises:
        Refusal: A message cannot open one.
    """
    if invocation.interaction is None:
        raise Refusal(NOTHING_TO_IMPORT)
    modal = discord.ui.Modal(
        title=translated("Import saved rolls"), custom_id=custom_id("import", "server" if server else "")
    )
    modal.add_item(
        discord.ui.TextInput(
            label=translated("One a line"),
            custom_id="answer",
            style=discord.TextStyle.paragraph,
            placeholder=EXAMPLE,
        )
    )
    return Form(modal)


async def take(file: discord.Attachment | None) -> str:
    """The text of a file.

    Raises:
        Refusal: It is too large, or no text.
    """
    if file is None:
        return ""
    if file.size > FILE_LENGTH:
        raise Refusal(translated("That file is too large; I read up to {size} KB.", size=FILE_LENGTH // 1024))
    try:
        return (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("I cannot read that file as text.") from None


async def import_reply(
    invocation: Invocation, bot: CommandBot, roller: Roller, into: tuple[SavedRolls, Owner], text: str
) -> Reply:
    """Save everything in a text that can be saved, and name every line that cannot.

    Args:
        invocation: Who asked.
        bot: Knows which names are commands.
        roller: Checks the notations.
        into: The saved rolls, and whose they will be.
        text: A file or a list.

    Raises:
        Refusal: There would be too many; nothing was saved.
    """
    rolls, owner = into
    taken = {each.name.casefold() for each in await rolls.of(owner)}
    named: list[tuple[str, str]] = []
    refused: list[Entry] = []
    for entry in entries(text):
        why = entry.why or await _fault(invocation, bot, roller, entry)
        if not why and entry.name.casefold() in taken:
            why = "a roll of that name is saved already"
        if why:
            refused.append(entry._replace(why=why))
        else:
            taken.add(entry.name.casefold())
            named.append((entry.name, entry.notation))
    if named:
        try:
            await rolls.add_all(owner, named)
        except TooMany as error:
            raise too_many(error) from None
    return Reply(_told(named, refused), ephemeral=True)


async def _fault(invocation: Invocation, bot: CommandBot, roller: Roller, entry: Entry) -> str:
    """Why a roll cannot be saved; "" where it can."""
    try:
        checked_name(entry.name, bot, bot.prefix_for(invocation.guild_id))
        await checked(invocation, entry.notation, roller, entry.name)
    except Refusal as refusal:
        return refusal.sentence.partition("\n")[0]
    return ""


def _told(named: list[tuple[str, str]], refused: list[Entry]) -> str:
    names = ", ".join(f"`{name}`" for name, _ in named[:40])
    lines = [translated("Saved {count}: {names}", count=len(named), names=names or "–")]
    if refused:
        lines.append(translated("Not saved:"))
        told = [f"- `{code(each.line)}`: {translated(each.why)}" for each in refused]
        shown = fitting(told, LIST_LENGTH - sum(map(len, lines)))
        lines += shown
        if len(shown) < len(told):
            lines.append(translated("… and {count} more.", count=len(told) - len(shown)))
    return "\n".join(lines)
