"""How much one person may ask for in a short time."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from discord.ext import commands

from modules.commands.refusal import Refusal, Unanswerable
from modules.rendering.language import translated
from modules.services.bounded_map import BoundedMap

PER_SECONDS: Final = 10.0
PEOPLE_KEPT: Final = 10_000
"""People whose latest commands are counted; whoever has been quiet for longest is forgotten first."""


@dataclass(slots=True)
class _Usage:
    """What one person asked for lately.

    Attributes:
        window: Counts it.
        is_told: Whether they heard, in this window, that it was too much.
    """

    window: commands.Cooldown
    is_told: bool = False


class UserCooldown:
    """Lets each person do so much in ten seconds; one answer says so beyond that, and silence follows.

    Args:
        limit: Commands, presses and menus in ten seconds; 0 for any number.
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._users: BoundedMap[int, _Usage] = BoundedMap(PEOPLE_KEPT)

    def check(self, user_id: int) -> None:
        """Count one more of a person's commands.

        Raises:
            Refusal: It is one too many.
            Unanswerable: It is, and they have been told.
        """
        if not self._limit:
            return
        usage = self._users.get(user_id)
        if usage is None:
            usage = _Usage(commands.Cooldown(self._limit, PER_SECONDS))
            self._users.put(user_id, usage)
        wait_seconds = usage.window.update_rate_limit(self._clock())
        if wait_seconds is None:
            usage.is_told = False
            return
        if usage.is_told:
            raise Unanswerable("the person asks for too much at once")
        usage.is_told = True
        raise Refusal(
            translated("That was a lot at once; please wait {seconds} s.", seconds=max(1, math.ceil(wait_seconds))),
            partial(setattr, usage, "is_told", False),
        )
