"""Settings of the connections to Discord."""

from dataclasses import dataclass
from typing import Final, Self

import aiohttp

from config import Config
from modules.discord_api.rest.deadline import REST_TIMEOUT_SECONDS

LONGEST_RATE_LIMIT_SECONDS: Final = 30.0
"""A rate limit longer than this fails the request, and the login waits where all can see it. discord.py's least."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Settings of the connections to Discord.

    Attributes:
        connector_limit: How many of them may be open at once; None for as many as there are requests.
        timeout_seconds: How long a REST request may take.
        silence_seconds: Time without data from the gateway after which it counts as lost.
        proxy: Address of the HTTP proxy that all of them go through, with its credentials; None to connect directly.
    """

    connector_limit: int | None = None
    timeout_seconds: float = REST_TIMEOUT_SECONDS
    silence_seconds: float = 55.0
    proxy: str | None = None

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """What the settings say."""
        return cls(
            connector_limit=config.connector_limit,
            timeout_seconds=config.rest_timeout_seconds,
            silence_seconds=config.gateway_silence_seconds,
            proxy=config.proxy_url,
        )

    def connector(self) -> aiohttp.BaseConnector | None:
        """The connections of one bot, made inside the event loop; None leaves them to discord.py."""
        return None if self.connector_limit is None else aiohttp.TCPConnector(limit=self.connector_limit)
