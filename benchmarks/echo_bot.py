"""The peers of `benchmarks.load`: bare discord.py bots that say a message back, and do nothing else."""

import asyncio
import os
from typing import Any

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


async def pressed(interaction: discord.Interaction[Any]) -> None:
    """Answer a press with its custom id."""
    if interaction.type is discord.InteractionType.component and interaction.data is not None:
        await interaction.response.send_message(str(interaction.data.get("custom_id")))


class EchoClient(discord.Client):
    """Answers `!roll text` with the text, below all of discord.py's machinery for commands."""

    async def on_interaction(self, interaction: discord.Interaction[Any], /) -> None:
        """Say a custom id back."""
        await pressed(interaction)

    async def on_message(self, message: discord.Message, /) -> None:
        """Say it back, as a reply."""
        if message.content.startswith("!roll "):
            await message.reply(message.content.removeprefix("!roll "))


@commands.hybrid_command(name="roll")
async def roll(ctx: commands.Context[Any], *, text: str) -> None:
    """Say it back, as a reply."""
    await ctx.reply(text)


def make_bot(style: str, connector: aiohttp.BaseConnector | None) -> discord.Client:
    """A bot that hears what ours hears and keeps what ours keeps.

    Args:
        style: `client` or `commands`.
        connector: discord.py's own, without limit, if None.
    """
    options: dict[str, Any] = {
        "intents": discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True),
        "connector": connector,
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
    }
    if style == "client":
        return EchoClient(**options)
    bot = commands.Bot("!", **options)
    bot.add_command(roll)
    bot.add_listener(pressed, "on_interaction")
    return bot


async def main() -> None:
    """Run until killed. ECHO_CONNECTOR_LIMIT is that of the connector; unset, it is discord.py's own, without limit."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    limit = os.environ.get("ECHO_CONNECTOR_LIMIT")
    connector = aiohttp.TCPConnector(limit=int(limit)) if limit else None
    await make_bot(os.environ["ECHO_STYLE"], connector).start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
