"""What a REST request is for, read off its address: all that pacing and cooldowns need to know of it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import yarl

_SHAPE: Final = re.compile(r"/(channels|interactions|webhooks)/(\d+)(?:/([^/]+))?")

TOKEN_CHECK: Final = "/oauth2/applications/@me"  # noqa: S105 - a path
"""The request that tells whether the token is still good."""


@dataclass(frozen=True, slots=True)
class RestRoute:
    """What one request is for.

    Attributes:
        channel_id: The channel it goes to, if it goes to one.
        is_send: Whether it posts to, or changes, a message of a channel.
        answers_interaction: Whether it answers an interaction, which no global limit and no permission stands against.
        checks_token: Whether it only asks if the token is good.
    """

    channel_id: int | None = None
    is_send: bool = False
    answers_interaction: bool = False
    checks_token: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether somebody waits for what it brings."""
        return self.is_send or self.answers_interaction

    @property
    def queue_key(self) -> str:
        """Which queue of the pacer it waits in: its channel's, or the one of everything else."""
        return "" if self.channel_id is None else str(self.channel_id)


def route_of(url: yarl.URL) -> RestRoute | None:
    """Read an address; None for the gateway's, whose handshake is no REST request."""
    return None if url.scheme in ("ws", "wss") else _route_of_path(url.raw_path)


@lru_cache(maxsize=1024)
def _route_of_path(path: str) -> RestRoute:
    found = _SHAPE.search(path)
    if found is None:
        return RestRoute(checks_token=path.endswith(TOKEN_CHECK))
    if found[1] != "channels":
        # With a token behind the id a request goes by that token, as answers to interactions do; else by the bot's.
        return RestRoute(answers_interaction=found[3] is not None)
    return RestRoute(int(found[2]), is_send=found[3] == "messages")
