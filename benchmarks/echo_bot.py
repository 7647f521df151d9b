"""The peer of `benchmarks.load`: a bare discord.py bot that says a message back, and does nothing else."""

import asyncio
import os

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


class EchoBot(discord.Client):
    """Answers `!roll text` with the text."""

    async def on_message(self, message: discord.Message, /) -> None:
        """Say it back, as a reply."""
        if message.content.startswith("!roll "):
            await message.reply(message.content.removeprefix("!roll "))


async def main() -> None:
    """Run until killed. ECHO_CONNECTOR_LIMIT is that of the connector; unset, it is discord.py's own, without limit."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    limit = os.environ.get("ECHO_CONNECTOR_LIMIT")
    bot = EchoBot(
        intents=discord.Intents(guilds=True, guild_messages=True, message_content=True),
        connector=aiohttp.TCPConnector(limit=int(limit)) if limit else None,
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
    )
    await bot.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
