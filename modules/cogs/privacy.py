"""`/mydata`: what is kept about a person, for them to have and to delete."""

import asyncio

import discord
from discord.ext import commands

from modules.commands.command import command, command_group
from modules.commands.command_bot import CommandBot
from modules.commands.components import custom_id
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Attachment, Reply
from modules.rendering.language import translated
from modules.services.personal_data import collect, delete, packed
from modules.services.services import Memory
from modules.ui.buttons import Button, button_rows

DELETE = "mydata"
"""Name of the component that deletes."""
EXPORTED = "Everything that I keep about you: preferences, saved rolls, characters, and your rolls in every server."
CLOSED = "Your private messages are closed to me; `/mydata export` shows it to you alone."
SENT = "I have sent it to you as a private message."
SURE = (
    "This deletes your preferences, saved rolls and characters, and the record of all your rolls, in every "
    "server. It cannot be undone. `/mydata export` gives you a copy first."
)
NOT_YOURS = "Only the person who asked for this can confirm it."


class PrivacyCog(commands.Cog):
    """A person's own data."""

    def __init__(self, bot: CommandBot, memory: Memory) -> None:
        self._replies, self._memory = bot.handling.replies, memory
        bot.handling.components.register(DELETE, self.confirmed)

    @command_group(
        "mydata", usage="mydata", description="What is kept about you, as a file, or deleted", fallback="export"
    )
    async def mydata(self, invocation: Invocation) -> Reply:
        """Everything that is kept about whoever asks, as a file for them alone."""
        data = await collect(self._memory, invocation.actor.id)
        filename, content = await asyncio.to_thread(packed, "mydata", data)
        reply = Reply(translated(EXPORTED), files=[Attachment(filename, content)], ephemeral=True)
        if invocation.type is not InvocationType.MESSAGE or invocation.guild_id is None:
            return reply
        try:
            await self._replies.send_privately(invocation, reply)
        except discord.Forbidden:
            raise Refusal(CLOSED) from None
        return Reply(translated(SENT))

    @command("delete", parent=mydata, usage="mydata delete", description="Delete what is kept about you")
    async def delete(self, invocation: Invocation) -> Reply:
        """Ask whether all of it shall be deleted."""
        button = Button("Delete everything", custom_id(DELETE, str(invocation.actor.id)), "🗑️")
        return Reply(translated(SURE), components=button_rows([button]), ephemeral=True)

    async def confirmed(self, invocation: Invocation, payload: str) -> Reply:
        """Delete it."""
        if payload != str(invocation.actor.id):
            raise Refusal(NOT_YOURS)
        gone = await delete(self._memory, invocation.actor.id)
        text = translated(
            "Deleted: your preferences, {saved} saved rolls, {characters} characters, and the record of {rolls} "
            "rolls. Messages in channels stay: delete those yourself.",
            saved=gone.saved_roll_count,
            characters=gone.character_count,
            rolls=f"{gone.roll_count:,}",
        )
        return Reply(text, ephemeral=True, replaces=True)
