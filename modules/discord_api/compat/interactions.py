"""How discord.py itself answers interactions, without the objects that it makes of the answers."""

from typing import Any

import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context


def connection_of(interaction: discord.Interaction[Any]) -> tuple[AsyncWebhookAdapter, dict[str, Any]]:
    """What sends requests about an interaction, and what it has to be told each time."""
    http = interaction.client.http
    about = {"session": interaction._session, "proxy": http.proxy, "proxy_auth": http.proxy_auth}
    return async_context.get(), about


def mark_answered(interaction: discord.Interaction[Any], kind: discord.InteractionResponseType) -> None:
    """Have `interaction.response.is_done` say that the first answer was given."""
    interaction.response._response_type = kind
