"""The one place where a reply leaves for Discord."""

from typing import Any

import discord
from discord.ext import commands

CANNOT_READ_HISTORY = 160002
"""Discord's code for a reply reference in a channel whose history the bot may not read."""


async def send_reply(ctx: commands.Context[Any], content: str, *, ephemeral: bool = False) -> discord.Message:
    """Answer whoever invoked the command, as a reply to their message or interaction, pinging nobody.

    Args:
        ctx: The invocation.
        content: Text of at most 2,000 characters.
        ephemeral: Show it to the asker alone, where Discord can (slash commands).

    Returns:
        The message that appeared.

    Raises:
        discord.HTTPException: Discord did not take it.
    """
    if ctx.interaction is not None:
        return await ctx.send(content, ephemeral=ephemeral)
    try:
        return await ctx.send(content, reference=ctx.message.to_reference(fail_if_not_exists=False))
    except discord.HTTPException as error:
        if error.code != CANNOT_READ_HISTORY:
            raise
        return await ctx.send(content)
