"""The one place where a reply leaves for Discord."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import discord

from modules.runtime.rest.messages import post_message
from modules.runtime.rest.mutes import CANNOT_READ_HISTORY
from modules.telemetry.snapshot import Count
from modules.ui.deferral import ALREADY_ACKNOWLEDGED
from modules.ui.reply_context import ReplyContext

UNKNOWN_INTERACTION: Final = 10062
"""Discord's code for an interaction whose three seconds are over."""

PING_NOBODY: Final[Mapping[str, list[str]]] = {"parse": []}


async def send_reply(ctx: ReplyContext[Any], content: str, *, ephemeral: bool = False) -> None:
    """Answer whoever invoked the command, as a reply to their message or interaction, pinging nobody.

    It is sent again where it got lost on the way, and appears once all the same.

    Args:
        ctx: The invocation.
        content: Text of at most 2,000 characters.
        ephemeral: Show it to the asker alone, where Discord can (slash commands).

    Raises:
        discord.DiscordException: Discord did not take it, or it was held back; see `is_lost`.
        aiohttp.ClientError: Discord could not be reached, however often it was tried.
    """
    if ctx.interaction is None:
        await _reply_to_message(ctx, content)
    else:
        await ctx.sender.send(partial(_answer, ctx, ctx.interaction, content, ephemeral=ephemeral))
    ctx.answer_count += 1


async def _reply_to_message(ctx: ReplyContext[Any], content: str) -> None:
    channel_id = ctx.channel.id
    message = {"content": content, "nonce": ctx.nonce, "enforce_nonce": True, "allowed_mentions": PING_NOBODY}
    # A question that was deleted meanwhile is answered all the same, without a reference to it.
    reference = {"channel_id": channel_id, "message_id": ctx.message.id, "fail_if_not_exists": False}
    with ctx.sender.backlog.answering(channel_id):
        try:
            await ctx.sender.send(
                partial(post_message, ctx.bot, channel_id, {**message, "message_reference": reference})
            )
        except discord.HTTPException as error:
            if error.code != CANNOT_READ_HISTORY:
                raise
            await ctx.sender.send(partial(post_message, ctx.bot, channel_id, message))


async def _answer(
    ctx: ReplyContext[Any], interaction: discord.Interaction[Any], content: str, *, ephemeral: bool
) -> None:
    is_thinking = ctx.deferral is not None and await ctx.deferral.settle()
    try:
        if is_thinking:
            await interaction.edit_original_response(content=content)
        else:
            await ctx.send(content, ephemeral=ephemeral)
    except discord.HTTPException as refused:
        if refused.code == UNKNOWN_INTERACTION:
            ctx.sender.recorder.count(Count.INTERACTIONS_EXPIRED)
        if refused.code != ALREADY_ACKNOWLEDGED:
            raise
        # An earlier attempt of ours did arrive, or another process was quicker: either way it is answered.
        ctx.sender.recorder.count(Count.DUPLICATES_AVOIDED)
        return
    if is_thinking and ctx.deferral is not None:
        ctx.deferral.resolved()
