"""Counts pending answers, and knows the rate limit that Discord keeps for each channel: a window of so many messages.

`RestGuard.wait_seconds` says what follows from both.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from modules.lifecycle.bounded import LONGEST_BUCKET_SECONDS, bounded_seconds

POLL_SECONDS: Final = 0.05
"""How soon to look again where a whole window is on its way and nothing has been heard of it yet."""
SAME_WINDOW_SECONDS: Final = 0.5
"""By how much two answers about one window may differ as to its end; they travel for different times."""


@dataclass(slots=True)
class ChannelLimit:
    """A channel's window as Discord's headers tell it.

    Attributes:
        count: Messages a window.
        window_seconds: The longest time to a reset that was seen.
        remaining_count: Messages left in the window that ends at `resets_at`.
        resets_at: Seconds of the caller's clock.
    """

    count: int
    window_seconds: float
    remaining_count: int = 0
    resets_at: float = float("-inf")

    def update(self, stated: "ChannelLimit") -> None:
        """Take over what a later answer says."""
        # The first answer of a window tells its whole length; later ones what is left of it.
        is_same = stated.count == self.count
        self.window_seconds = max(self.window_seconds, stated.window_seconds) if is_same else stated.window_seconds
        # Answers may overtake each other; within a window the count only falls.
        is_same_window = is_same and abs(stated.resets_at - self.resets_at) < SAME_WINDOW_SECONDS
        remaining_count = (
            min(self.remaining_count, stated.remaining_count) if is_same_window else stated.remaining_count
        )
        self.count, self.remaining_count, self.resets_at = stated.count, remaining_count, stated.resets_at

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
class PendingAnswers:
    """Counts the answers that are on their way, in each channel and before each in turn.

    Attributes:
        clock: Monotonic clock, in seconds.
        sleep: Lets that clock go on by so many seconds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _usual: ChannelLimit | None = None
    """The limit of the channel that was heard of last: that of a channel nobody has heard of yet."""
    _pending: dict[int, int] = field(default_factory=dict)
    _reach: list[int] = field(default_factory=list)
    """How many channels have more than i answers on their way."""
    _limits: dict[int, ChannelLimit] = field(default_factory=dict)
    _sent: Counter[int] = field(default_factory=Counter)
    """Requests that were let go to each channel and have not been answered."""

    async def enter_window(self, channel_id: int) -> None:
        """Wait until the channel's window has room for one more request, and take it.

        discord.py counts as well, but where several of its waits end at once it lets more go than a window takes.
        """
        while limit := self._limits.get(channel_id):
            now = self.clock()
            if not limit.wait_seconds(self._sent[channel_id], now):
                break
            await self.sleep(limit.resets_at - now if now < limit.resets_at else POLL_SECONDS)
        self._sent[channel_id] += 1

    def leave_window(self, channel_id: int) -> None:
        """Note that a request has been answered, or never will be."""
        self._sent[channel_id] -= 1
        if self._sent[channel_id] <= 0:
            del self._sent[channel_id]

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
        """Read the limit off an answer to a message sent in the channel; without its headers there is none."""
        stated = _stated(headers, self.clock())
        if stated is None:
            self._usual = None
            self._limits.pop(channel_id, None)
            return
        limit = self._limits.setdefault(channel_id, replace(stated))
        limit.update(stated)
        self._usual = ChannelLimit(limit.count, limit.window_seconds)

    def ahead_of(self, channel_id: int) -> int:
        """How many answers leave before one that joins this channel's now, the channels taking turns."""
        # Turn i takes one answer of every channel that has more than i; ours is at worst the last of its turn.
        return sum(self._reach[: self._pending.get(channel_id, 0) + 1])

    def wait_seconds(self, channel_id: int) -> float:
        """How long a message to the channel would wait for the channel's own limit if it joined the others now."""
        limit = self._limits.get(channel_id) or self._usual
        return 0.0 if limit is None else limit.wait_seconds(self._pending.get(channel_id, 0), self.clock())

    def forget_idle(self) -> None:
        """Drop what is known of channels whose window is over and where nothing waits."""
        now = self.clock()
        for channel_id in [each for each, limit in self._limits.items() if limit.resets_at <= now]:
            if channel_id not in self._pending:
                del self._limits[channel_id]


def _stated(headers: Mapping[str, str], now: float) -> ChannelLimit | None:
    """What an answer says; None where it says nothing, or nonsense."""
    try:
        count = int(headers["X-RateLimit-Limit"])
        remaining_count = int(headers["X-RateLimit-Remaining"])
    except (KeyError, ValueError):
        return None
    reset_after = bounded_seconds(
        headers.get("X-RateLimit-Reset-After"), LONGEST_BUCKET_SECONDS, "X-RateLimit-Reset-After"
    )
    if count < 1 or reset_after is None:
        return None
    return ChannelLimit(count, reset_after, remaining_count, now + reset_after)
