"""Asks, before a command costs anything, whether its answer can be sent, and soon enough."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final

from modules.commands.cooldown import UserCooldown
from modules.commands.invocation import Door, Invocation
from modules.commands.refusal import Refusal, Unanswerable
from modules.commands.sentences import BUSY, SWAMPED
from modules.discord_api.rest.guard import RestGuard
from modules.lifecycle.drain import Drain
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count

TOLD_FOR_SECONDS: Final = 60.0
"""How long a channel that was told of the crowd is not told again."""


class Admission:
    """Admits an invocation, or turns it away.

    Args:
        drain: Knows whether the process is about to stop.
        guard: Knows what may be sent, and how long it takes.
        recorder: Counts the commands that were turned away.
        max_wait_seconds: The longest wait that is worth the answer.
        cooldown: Counts what each person asks for.
        clock: Monotonic clock, in seconds.
    """

    def __init__(
        self,
        drain: Drain,
        guard: RestGuard,
        recorder: Recorder,
        max_wait_seconds: float,
        cooldown: UserCooldown,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._drain, self._guard, self._recorder, self._clock = drain, guard, recorder, clock
        self._max_wait_seconds, self._cooldown = max_wait_seconds, cooldown
        self._told_at: dict[int, float] = {}

    def check(self, invocation: Invocation) -> None:
        """Let an invocation pass.

        Raises:
            Unanswerable: Nothing may be sent to the asker now, or they have been told of their cooldown.
            Refusal: The process is stopping, the person asks for too much at once, or too many answers are pending;
                each channel is told once a minute.
        """
        if self._drain.draining:
            raise Refusal(BUSY)
        # Answers to interactions go past the global limit and the channel's permissions: neither turns those away.
        channel_id = invocation.channel_id if invocation.door is Door.MESSAGE else None
        if blocked := self._guard.blocked_by(channel_id):
            raise Unanswerable(blocked.reason)
        self._cooldown.check(invocation.actor.id)
        if channel_id is not None and self._guard.wait_seconds(channel_id) > self._max_wait_seconds:
            self._recorder.count(Count.COMMANDS_SHED)
            if self._is_told(channel_id):
                raise Unanswerable("too many answers are pending already")
            raise Refusal(SWAMPED, partial(self._told_at.pop, channel_id, None))
        if channel_id is not None and invocation.pending is None:
            # From now on: while rolls wait for the ledger, those that come after them must see them ahead.
            invocation.pending = ExitStack()
            invocation.pending.enter_context(self._guard.pending.answering(channel_id))

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
