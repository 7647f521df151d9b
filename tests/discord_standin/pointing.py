"""Point the discord.py of this process at a stand-in, and back at Discord afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from .standin import DiscordStandin


@contextmanager
def pointed_at(discord: DiscordStandin) -> Iterator[None]:
    """While it lasts, every client of this process talks to the stand-in."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = discord.api_url, yarl.URL(discord.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
