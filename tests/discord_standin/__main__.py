"""Run a stand-in by hand or for a benchmark: `python -m tests.discord_standin`.

It prints the settings a bot needs, one `NAME=value` a line, and runs until it is told to stop.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from .control import control_routes
from .core import Settings
from .limits import DISCORD_GLOBAL_RATE, DISCORD_RATES
from .standin import DiscordStandin
from .world import World


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.discord_standin", description="A Discord on loopback.")
    parser.add_argument("--port", type=int, default=0, help="of the REST API; 0 picks a free one")
    parser.add_argument("--gateway-port", type=int, default=0, help="of the gateway; 0 picks a free one")
    parser.add_argument("--guilds", type=int, default=1)
    parser.add_argument("--channels", type=int, default=1, help="in each guild; the first is named general")
    parser.add_argument("--roles", type=int, default=0, help="in each guild, besides @everyone")
    parser.add_argument("--heartbeat-seconds", type=float, default=41.25)
    parser.add_argument("--limits", action="store_true", help="keep rate limits as tight as Discord's")
    return parser.parse_args(arguments)


def populate(world: World, guild_count: int, channel_count: int, role_count: int) -> None:
    """Add guilds that are all alike."""
    channels = ["general", *(f"channel-{number}" for number in range(2, channel_count + 1))][:channel_count]
    roles = [f"role-{number}" for number in range(1, role_count + 1)]
    for number in range(1, guild_count + 1):
        world.add_guild(f"Tavern {number}", channels=channels, roles=roles)


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    settings = Settings(heartbeat_interval_seconds=arguments.heartbeat_seconds)
    discord = DiscordStandin(settings, port=arguments.port, gateway_port=arguments.gateway_port)
    populate(discord.world, arguments.guilds, arguments.channels, arguments.roles)
    if arguments.limits:
        discord.limits.rates.update(DISCORD_RATES)
        discord.limits.global_rate = DISCORD_GLOBAL_RATE
    await discord.start(control_routes(discord))
    try:
        sys.stdout.write(announcement(discord))
        # In a pipe the lines would stay in the buffer, and whoever starts a bot with them would wait.
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await discord.stop()


def announcement(discord: DiscordStandin) -> str:
    """What a bot must be told, fit for `env`, and where the levers are."""
    return (
        f"DISCORD_API_URL={discord.api_url}\n"
        f"DISCORD_GATEWAY_URL={discord.gateway_url}\n"
        f"DISCORD_TOKEN={discord.token}\n"
        f"CONTROL_URL={discord.api_url.removesuffix('/api/v10')}/control\n"
    )


if __name__ == "__main__":
    asyncio.run(run(parse_arguments()))
