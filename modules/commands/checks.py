"""Asks, before a command costs anything, whether its answer can be sent, and soon enough."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Final

from modules.commands.cooldown import UserCooldown
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal, Unanswerable
from modules.commands.sentences import BUSY, SWAMPED
from modules.discord_api.rest.cooldowns import ChannelCooldowns
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
        cooldown: Counts what each person asks for.
        clock: Monotonic clock, in seconds.
    """

    def __init__(
        self,
        drain: Drain,
        guard: RestGuard,
        recorder: Recorder,
        cooldown: UserCooldown,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._drain, self._guard, self._recorder, self._cooldown = drain, guard, recorder, cooldown
        self._told = ChannelCooldowns(clock, TOLD_FOR_SECONDS)

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
        channel_id = invocation.channel_id if invocation.type is InvocationType.MESSAGE else None
        if blocked := self._guard.blocked_by(channel_id):
            raise Unanswerable(blocked.reason)
        self._cooldown.check(invocation.actor.id)
        if channel_id is not None and not self._guard.has_room(channel_id):
            self._recorder.count(Count.COMMANDS_SHED)
            if self._told.seconds_left(channel_id):
                raise Unanswerable("too many answers are pending already")
            self._told.start(channel_id)
            raise Refusal(SWAMPED, partial(self._told.end, channel_id))
        if channel_id is not None and invocation.pending is None:
            # From now on: while rolls wait for the ledger, those that come after them must see them ahead.
            invocation.pending = ExitStack()
            invocation.pending.enter_context(self._guard.pending.answering(channel_id))
