"""Points discord.py at another REST and gateway endpoint: a rate-limit proxy, or a stand-in of Discord."""

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


@contextmanager
def discord_endpoint(api_url: str | None, gateway_url: str | None) -> Iterator[None]:
    """Use these endpoints while inside; None leaves Discord's own.

    discord.py keeps both addresses in class attributes, so they hold for the whole process; they are put back on exit.

    Args:
        api_url: Base of the REST interface with its version, like `https://discord.com/api/v10`.
        gateway_url: Address of the gateway, like `wss://gateway.discord.gg/`.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
