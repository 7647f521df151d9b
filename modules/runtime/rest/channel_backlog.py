"""Foresees how long an answer in a channel will take, from the limit that Discord keeps for that channel alone."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

USUAL_COUNT: Final = 5
USUAL_WINDOW_SECONDS: Final = 5.0
"""What Discord allows a channel before it has said so: five messages in five seconds."""


@dataclass(slots=True)
class ChannelLimit:
    """A channel's window as Discord's headers tell it.

    Attributes:
        count: Messages a window.
        window_seconds: The longest time to a reset that was seen.
        remaining_count: Messages left in the window that ends at `resets_at`.
        resets_at: Seconds of the caller's clock.
    """

    count: int = USUAL_COUNT
    window_seconds: float = USUAL_WINDOW_SECONDS
    remaining_count: int = USUAL_COUNT
    resets_at: float = float("-inf")

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """Take over what an answer says; one that says nothing, or nonsense, changes nothing."""
        try:
            count = int(headers["X-RateLimit-Limit"])
            remaining_count = int(headers["X-RateLimit-Remaining"])
            reset_after = float(headers["X-RateLimit-Reset-After"])
        except (KeyError, ValueError):
            return
        if count < 1:
            return
        # The first answer of a window tells its whole length; later ones what is left of it.
        self.window_seconds = reset_after if count != self.count else max(self.window_seconds, reset_after)
        self.count, self.remaining_count, self.resets_at = count, remaining_count, now + reset_after

    def wait_seconds(self, ahead_count: int, now: float) -> float:
        """How long a message waits that comes after `ahead_count` others."""
        open_now = now < self.resets_at
        short_count = ahead_count - (self.remaining_count if open_now else self.count)
        if short_count < 0:
            return 0.0
        first = self.resets_at - now if open_now else self.window_seconds
        # The first window to come takes `count` of those that are too many; the others wait whole windows more.
        return first + short_count // self.count * self.window_seconds


@dataclass(slots=True)
class ChannelBacklog:
    """Counts the answers that are on their way, in each channel and before each in turn.

    Attributes:
        clock: Seconds that only ever grow.
    """

    clock: Callable[[], float] = time.monotonic
    _pending: dict[int, int] = field(default_factory=dict)
    _reach: list[int] = field(default_factory=list)
    """How many channels have more than i answers on their way."""
    _limits: dict[int, ChannelLimit] = field(default_factory=dict)

    @contextmanager
    def answering(self, channel_id: int) -> Iterator[None]:
        """Count one answer while inside."""
        count = self._pending.get(channel_id, 0)
        if count == len(self._reach):
            self._reach.append(0)
        self._reach[count] += 1
        self._pending[channel_id] = count + 1
        try:
            yield
        finally:
            count = self._pending.pop(channel_id) - 1
            self._reach[count] -= 1
            if count:
                self._pending[channel_id] = count

    def learn(self, channel_id: int, headers: Mapping[str, str]) -> None:
        """Read the limit off an answer to a message sent in the channel."""
        self._limits.setdefault(channel_id, ChannelLimit()).learn(headers, self.clock())

    def ahead_of(self, channel_id: int) -> int:
        """How many answers leave before one that joins this channel's now, the channels taking turns."""
        # Turn i takes one answer of every channel that has more than i; ours is at worst the last of its turn.
        return sum(self._reach[: self._pending.get(channel_id, 0) + 1])

    def wait_seconds(self, channel_id: int) -> float:
        """How long a message to the channel would wait for the channel's own limit if it joined the others now."""
        limit = self._limits.get(channel_id) or ChannelLimit()
        return limit.wait_seconds(self._pending.get(channel_id, 0), self.clock())

    def forget_idle(self) -> None:
        """Drop what is known of channels whose window is over and where nothing waits."""
        now = self.clock()
        for channel_id in [each for each, limit in self._limits.items() if limit.resets_at <= now]:
            if channel_id not in self._pending:
                del self._limits[channel_id]
