"""Turns commands away that could not be answered, or not soon enough."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import discord
from discord.ext import commands

from modules.cogs.context import CommandBot
from modules.cogs.refusal import Refusal, Unanswerable
from modules.runtime.rest.guard import RestGuard
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count
from modules.ui.error_text import SWAMPED

TOLD_FOR_SECONDS: Final = 60.0
"""How long a channel that was told of the crowd is not told again."""


class AdmissionCog(commands.Cog):
    """Asks, before a command costs anything, whether its answer can be sent.

    Args:
        guard: Knows what may be sent, and how long it takes.
        recorder: Counts the commands that were turned away.
        max_wait_seconds: The longest wait that is worth the answer.
        clock: Monotonic clock, in seconds.
    """

    def __init__(
        self,
        guard: RestGuard,
        recorder: Recorder,
        max_wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard, self._recorder, self._clock = guard, recorder, clock
        self._max_wait_seconds = max_wait_seconds
        self._told_at: dict[int, float] = {}

    async def bot_check(self, ctx: commands.Context[Any]) -> bool:
        """Let a command pass.

        Raises:
            Unanswerable: Nothing may be sent to the asker now.
            Refusal: Too many answers wait already; each channel is told once.
        """
        # Answers to interactions go past the global limit and the channel's permissions: neither turns those away.
        by_message = ctx.interaction is None
        if held := self._guard.held_back(ctx.channel.id if by_message else None):
            raise Unanswerable(held.reason)
        if by_message and self._guard.wait_seconds(ctx.channel.id) > self._max_wait_seconds:
            self._recorder.count(Count.COMMANDS_SHED)
            if self._is_told(ctx.channel.id):
                raise Unanswerable("too many answers wait already")
            raise Refusal(SWAMPED, partial(self._told_at.pop, ctx.channel.id, None))
        return True

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Try again in a channel whose permissions may have been mended."""
        self._guard.mutes.lift(after.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Try again in the channels of a guild whose permissions may have been mended."""
        for channel in after.guild.channels:
            self._guard.mutes.lift(channel.id)

    def _is_told(self, channel_id: int) -> bool:
        """Whether the channel has heard of it lately; from now on it has."""
        now = self._clock()
        # The oldest come first, so the search ends at the first channel that was told lately.
        for each, told_at in list(self._told_at.items()):
            if now - told_at < TOLD_FOR_SECONDS:
                break
            del self._told_at[each]
        if channel_id in self._told_at:
            return True
        self._told_at[channel_id] = now
        return False


async def setup(bot: CommandBot) -> None:
    """Give the bot this cog."""
    await bot.add_cog(AdmissionCog(bot.guard, bot.recorder, bot.max_wait_seconds))
