"""Discord's ids: milliseconds since 2015 in the upper 42 bits, a counter below."""

import base64
import secrets

from .clock import Clock

EPOCH_MILLISECONDS = 1_420_070_400_000
"""The first moment of 2015, from which Discord counts."""

TIMESTAMP_SHIFT = 22

OLD_GUILDS_MILLISECONDS = 1_577_836_800_000
OLD_THINGS_MILLISECONDS = 1_609_459_200_000


def snowflake(unix_milliseconds: int) -> int:
    """The smallest id of that millisecond."""
    return (unix_milliseconds - EPOCH_MILLISECONDS) << TIMESTAMP_SHIFT


def shard_of(guild_id: int, shard_count: int) -> int:
    """The shard Discord gives a guild to."""
    return (guild_id >> TIMESTAMP_SHIFT) % shard_count


class SteadyMint:
    """Ids one millisecond apart from a fixed start: the same in every run, and spread evenly over shards."""

    def __init__(self, start_milliseconds: int) -> None:
        self._next = snowflake(start_milliseconds)

    def mint(self) -> int:
        """A new id."""
        minted, self._next = self._next, self._next + (1 << TIMESTAMP_SHIFT)
        return minted


class ClockMint:
    """Ids that tell when they were made, strictly growing even within one millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def mint(self) -> int:
        """A new id, stamped with the clock's time."""
        self._last = max(snowflake(int(self._clock.now() * 1000)), self._last + 1)
        return self._last


def interaction_token(interaction_id: int) -> str:
    """A token of the true shape: `interaction:`, the id and a hundred random characters, in base64."""
    return (
        base64.urlsafe_b64encode(f"interaction:{interaction_id}:{secrets.token_urlsafe(75)}".encode())
        .decode()
        .rstrip("=")
    )


def bot_token(application_id: int, tail: str = "stand-in") -> str:
    """A token of the true shape: the id in base64, six characters, thirty-eight more. It opens nothing anywhere."""
    owner = base64.urlsafe_b64encode(str(application_id).encode()).decode().rstrip("=")
    return f"{owner}.Gstand.{(tail + '-' * 38)[:38].replace('-', 'x')}"
