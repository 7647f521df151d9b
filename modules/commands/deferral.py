"""Acknowledges an interaction whose answer takes a moment, before Discord's three seconds are over."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord

from modules.discord_api.rest import interactions
from modules.discord_api.rest.retry import Sender

DEFER_AFTER_SECONDS: Final = 1.5
"""Half of what Discord grants: the other half is for the way there and for one repetition."""

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's code for an interaction that has had its first answer."""


@dataclass(slots=True, eq=False)
class Deferral:
    """Shows "thinking ..." where an interaction has not been answered in good time.

    Attributes:
        interaction: What is to be answered.
        sender: Sends the deferral.
        after_seconds: How long an answer may take before.
    """

    interaction: discord.Interaction[Any]
    sender: Sender
    after_seconds: float = DEFER_AFTER_SECONDS
    _timer: asyncio.TimerHandle | None = None
    _task: "asyncio.Task[bool] | None" = None
    _is_resolved: bool = False

    def start(self) -> None:
        """Start the timer."""
        self._timer = asyncio.get_running_loop().call_later(self.after_seconds, self._begin)

    def cancel(self) -> None:
        """Stop the timer: there will be no answer, or there was one."""
        if self._timer is not None:
            self._timer.cancel()

    async def settle(self) -> bool:
        """Stop the timer, and let a deferral that has begun come to its end.

        Returns:
            Whether "thinking ..." stands where the answer belongs.
        """
        self.cancel()
        # Once resolved, a further answer is a message of its own: an edit would overwrite the first.
        return self._task is not None and await self._task and not self._is_resolved

    def resolve(self) -> None:
        """Note that the answer has taken the place of "thinking ..."."""
        self._is_resolved = True

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._defer(), name="deferral")

    async def _defer(self) -> bool:
        attempt_count = 0

        async def attempt() -> None:
            nonlocal attempt_count
            attempt_count += 1
            await interactions.defer(self.interaction)

        try:
            await self.sender.send(attempt)
        except discord.HTTPException as refused:
            # On a repetition it means that the first attempt did arrive.
            return refused.code == ALREADY_ACKNOWLEDGED and attempt_count > 1
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError):
            return False  # the answer itself will meet the same trouble, and tell of it
        return True
