"""Remembers across restarts how long to stay away, so that a restart inside a ban does not make it longer."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from modules.lifecycle.backoff import Backoff
from modules.lifecycle.state_place import StatePlace
from modules.storage.errors import DatabaseAway

_log = logging.getLogger(__name__)

PLAUSIBLE_SECONDS = 4 * 3600.0
"""A wait that ends later than this is a clock that jumped, not a ban."""

FORGOTTEN_SECONDS = 3600.0
"""Failures that ended so long ago say nothing of the next attempt."""

MOST_ATTEMPTS: Final = 1_000_000
LATEST: Final = 1e12
"""Unix time, in seconds; 1e400 in a file reads as infinity."""


@dataclass(frozen=True, slots=True)
class BackoffRecord:
    """Three numbers: failures so far, when they were written down, and when the wait ends (Unix time).

    Attributes:
        place: Where they are kept; while it cannot be read or written, nothing is remembered.
        now: Unix time.
    """

    place: StatePlace
    now: Callable[[], float] = time.time

    async def restore(self, backoff: Backoff) -> float:
        """Go on counting where the last process stopped.

        Returns:
            Seconds that are left of its last wait.
        """
        try:
            text = await self.place.read()
            if text is None:
                return 0.0
            attempts, written_at, until_at = _parse(text)
        except (OSError, DatabaseAway) as error:
            _log.warning("ignored %s: %s", self.place.name, _reason(error))
            return 0.0
        except (ValueError, RecursionError):
            _log.warning("ignored %s: it is damaged", self.place.name)
            return 0.0
        now = self.now()
        # A clock set back since then must not make the wait longer than it was.
        left = min(until_at - now, until_at - written_at)
        if left > PLAUSIBLE_SECONDS:
            _log.warning("ignored %s: its wait is not believable", self.place.name)
        if not -FORGOTTEN_SECONDS <= left <= PLAUSIBLE_SECONDS:
            return 0.0
        backoff.attempt_count = attempts
        return max(0.0, left)

    async def keep(self, backoff: Backoff, delay_seconds: float) -> None:
        """Write down that the next attempt is to be made in `delay_seconds`."""
        now = self.now()
        kept = {"attempts": backoff.attempt_count, "written_at": now, "until_at": now + delay_seconds}
        try:
            await self.place.write(json.dumps(kept) + "\n")
        except (OSError, DatabaseAway) as error:
            _log.warning("cannot keep %s (%s): a restart would try at once", self.place.name, _reason(error))

    async def forget(self) -> None:
        """The way is free again."""
        try:
            await self.place.remove()
        except (OSError, DatabaseAway) as error:
            _log.warning("cannot remove %s (%s): a restart may wait for nothing", self.place.name, _reason(error))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or "no answer in time"


def _parse(text: bytes | str) -> tuple[int, float, float]:
    """Attempts, and the times of writing and of the end of the wait.

    Raises:
        ValueError, RecursionError: That is not what the file holds.
    """
    kept = json.loads(text, parse_constant=_refuse)
    match kept:
        case {
            "attempts": int(attempts),
            "written_at": int() | float() as written_at,
            "until_at": int() | float() as end,
        }:
            pass
        case _:
            raise ValueError("not three numbers")
    if not 0 <= attempts <= MOST_ATTEMPTS or not all(abs(moment) <= LATEST for moment in (written_at, end)):
        raise ValueError("beyond all bounds")
    return attempts, float(written_at), float(end)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")
