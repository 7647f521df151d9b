"""The one place where a reply leaves for Discord."""

from functools import partial
from typing import Any, Final

import discord

from modules.telemetry.snapshot import Count
from modules.ui.deferral import ALREADY_ACKNOWLEDGED
from modules.ui.reply_context import ReplyContext

CANNOT_READ_HISTORY: Final = 160002
"""Discord's code for a reply reference in a channel whose history the bot may not read."""

UNKNOWN_INTERACTION: Final = 10062
"""Discord's code for an interaction whose three seconds are over."""


async def send_reply(ctx: ReplyContext[Any], content: str, *, ephemeral: bool = False) -> discord.Message:
    """Answer whoever invoked the command, as a reply to their message or interaction, pinging nobody.

    It is sent again where it got lost on the way, and appears once all the same.

    Args:
        ctx: The invocation.
        content: Text of at most 2,000 characters.
        ephemeral: Show it to the asker alone, where Discord can (slash commands).

    Returns:
        The message that appeared.

    Raises:
        discord.DiscordException: Discord did not take it, or it was held back; see `is_lost`.
        aiohttp.ClientError: Discord could not be reached, however often it was tried.
    """
    if ctx.interaction is None:
        sent = await _reply_to_message(ctx, content)
    else:
        sent = await ctx.sender.send(partial(_answer, ctx, ctx.interaction, content, ephemeral=ephemeral))
    ctx.answer_count += 1
    return sent


async def _reply_to_message(ctx: ReplyContext[Any], content: str) -> discord.Message:
    post = partial(ctx.send, content, nonce=ctx.nonce)
    reference = ctx.message.to_reference(fail_if_not_exists=False)
    with ctx.sender.backlog.answering(ctx.channel.id):
        try:
            return await ctx.sender.send(partial(post, reference=reference))
        except discord.HTTPException as error:
            if error.code != CANNOT_READ_HISTORY:
                raise
            return await ctx.sender.send(post)


async def _answer(
    ctx: ReplyContext[Any], interaction: discord.Interaction[Any], content: str, *, ephemeral: bool
) -> discord.Message:
    is_thinking = ctx.deferral is not None and await ctx.deferral.settle()
    try:
        if not is_thinking:
            return await ctx.send(content, ephemeral=ephemeral)
        edited = await interaction.edit_original_response(content=content)
    except discord.HTTPException as refused:
        if refused.code == UNKNOWN_INTERACTION:
            ctx.sender.recorder.count(Count.INTERACTIONS_EXPIRED)
        if refused.code != ALREADY_ACKNOWLEDGED:
            raise
        # An earlier attempt of ours did arrive, or another process was quicker: either way it is answered.
        ctx.sender.recorder.count(Count.DUPLICATES_AVOIDED)
        return await interaction.original_response()
    if ctx.deferral is not None:
        ctx.deferral.resolved()
    return edited
