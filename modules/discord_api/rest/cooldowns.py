"""Channels in which the bot may not send, left alone for a while instead of asking again and again."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

COOLDOWN_SECONDS: Final = 600.0
COOLDOWNS_KEPT: Final = 10_000

CANNOT_READ_HISTORY: Final = 160002
"""Discord's code for a reply in a channel whose history the bot may not read: without the reference it may be sent."""


@dataclass(slots=True)
class ChannelCooldowns:
    """Channels left alone for a while.

    Attributes:
        clock: Monotonic clock, in seconds.
        seconds: How long each is left alone.
    """

    clock: Callable[[], float] = time.monotonic
    seconds: float = COOLDOWN_SECONDS
    _until: dict[int, float] = field(default_factory=dict)

    def start(self, channel_id: int) -> None:
        """Leave a channel alone from now on; where there are too many, the oldest cooldown ends."""
        # Taken out first: a key that is merely overwritten keeps its old place in the order.
        self._until.pop(channel_id, None)
        self._until[channel_id] = self.clock() + self.seconds
        if len(self._until) > COOLDOWNS_KEPT:
            del self._until[next(iter(self._until))]

    def end(self, channel_id: int) -> None:
        """Send there again: the permissions may have changed."""
        self._until.pop(channel_id, None)

    def seconds_left(self, channel_id: int) -> float:
        """How long the channel is still to be left alone; 0 where it is not."""
        until = self._until.get(channel_id)
        return 0.0 if until is None else max(0.0, until - self.clock())

    def count(self) -> int:
        """How many channels are left alone now."""
        now = self.clock()
        # Every cooldown lasts equally long, so the dictionary is in the order in which they end.
        while self._until and (oldest := next(iter(self._until.items())))[1] <= now:
            del self._until[oldest[0]]
        return len(self._until)
