"""Answers interactions and changes those answers; makes nothing of what Discord says about it but an id or an error.

All functions take a message as Discord's API describes it and the files that go with it, and raise
`discord.HTTPException` where Discord did not take it, `aiohttp.ClientError` where it could not be reached.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord.http import MultipartParameters

from modules.discord_api.compat.interactions import connection_of, mark_answered
from modules.discord_api.rest.messages import form

Interaction = discord.Interaction[Any]
Message = Mapping[str, Any]
Files = Sequence[discord.File]


async def respond(interaction: Interaction, message: Message, files: Files = ()) -> int | None:
    """Give the first answer; its id, or None where Discord did not say it."""
    return await _callback(interaction, discord.InteractionResponseType.channel_message, message, files)


async def replace_source(interaction: Interaction, message: Message, files: Files = ()) -> None:
    """Answer a press by changing the message that was pressed on."""
    await _callback(interaction, discord.InteractionResponseType.message_update, message, files)


async def follow_up(interaction: Interaction, message: Message, files: Files = ()) -> int:
    """Give a further answer; its id."""
    adapter, about = connection_of(interaction)
    body = _body(message, files)
    answer: Any = await adapter.execute_webhook(
        interaction.application_id, interaction.token, wait=True, **about, **body
    )
    return int(answer["id"])


async def edit_original(interaction: Interaction, message: Message, files: Files = ()) -> int:
    """Change the first answer, or put one in the place of "thinking ..."; its id."""
    adapter, about = connection_of(interaction)
    answer = await adapter.edit_original_interaction_response(
        interaction.application_id, interaction.token, **about, **_body(message, files)
    )
    return int(answer["id"])


async def edit_follow_up(interaction: Interaction, message_id: int, message: Message, files: Files = ()) -> None:
    """Change any answer."""
    adapter, about = connection_of(interaction)
    await adapter.edit_webhook_message(
        interaction.application_id, interaction.token, message_id, **about, **_body(message, files)
    )


async def _callback(
    interaction: Interaction, kind: discord.InteractionResponseType, message: Message, files: Files
) -> int | None:
    """Answer for the first time; the id of the message that Discord names."""
    adapter, about = connection_of(interaction)
    payload = {"type": kind.value, "data": message}
    parts = form(payload, files, within="data") if files else None
    params = MultipartParameters(payload if parts is None else None, parts, files)
    answer: Any = await adapter.create_interaction_response(interaction.id, interaction.token, params=params, **about)
    mark_answered(interaction, kind)
    message_id = answer["interaction"].get("response_message_id")
    return int(message_id) if message_id is not None else None


def _body(message: Message, files: Files) -> dict[str, Any]:
    return {"multipart": form(message, files), "files": files} if files else {"payload": message}
