"""Answers interactions and changes those answers; makes nothing of what Discord says about it but an id or an error.

All functions take a message as Discord's API describes it and the files that go with it, and raise
`discord.HTTPException` where Discord did not take it, `aiohttp.ClientError` where it could not be reached or does not
say that it took it.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import discord
from discord import InteractionResponseType
from discord.http import MultipartParameters

from modules.discord_api.compat.interactions import connection_of, mark_answered
from modules.discord_api.rest.messages import created, form

Interaction = discord.Interaction[Any]
Message = Mapping[str, Any]
Files = Sequence[discord.File]


async def defer(interaction: Interaction) -> None:
    """Show "thinking ..." until the answer comes."""
    # Of this type the answer of a button is a new message, never an edit of the one it is on.
    await _callback(interaction, InteractionResponseType.deferred_channel_message)


async def open_form(interaction: Interaction, modal: discord.ui.Modal) -> None:
    """Open a form; what is filled in comes back by its custom id, so the modal is not kept."""
    await _callback(interaction, InteractionResponseType.modal, modal.to_dict())


async def respond(interaction: Interaction, message: Message, files: Files = ()) -> int | None:
    """Give the first answer; its id, or None where Discord did not say it."""
    return await _callback(interaction, InteractionResponseType.channel_message, message, files)


async def replace_source(interaction: Interaction, message: Message, files: Files = ()) -> None:
    """Answer a press by changing the message that was pressed on."""
    await _callback(interaction, InteractionResponseType.message_update, message, files)


async def follow_up(interaction: Interaction, message: Message, files: Files = ()) -> int:
    """Give a further answer; its id."""
    adapter, about = connection_of(interaction)
    body = {**about, **_body(message, files)}
    return await _sent(adapter.execute_webhook(interaction.application_id, interaction.token, wait=True, **body))


async def edit_original(interaction: Interaction, message: Message, files: Files = ()) -> int:
    """Change the first answer, or put one in the place of "thinking ..."; its id."""
    adapter, about = connection_of(interaction)
    body = {**about, **_body(message, files)}
    return await _sent(
        adapter.edit_original_interaction_response(interaction.application_id, interaction.token, **body)
    )


async def edit_follow_up(interaction: Interaction, message_id: int, message: Message, files: Files = ()) -> None:
    """Change any answer."""
    adapter, about = connection_of(interaction)
    body = {**about, **_body(message, files)}
    await _sent(adapter.edit_webhook_message(interaction.application_id, interaction.token, message_id, **body))


async def _callback(
    interaction: Interaction, kind: InteractionResponseType, data: Message | None = None, files: Files = ()
) -> int | None:
    """Answer for the first time; the id of the message that Discord names."""
    adapter, about = connection_of(interaction)
    payload = {"type": kind.value, **({"data": data} if data is not None else {})}
    parts = form(payload, files, within="data") if files else None
    params = MultipartParameters(payload if parts is None else None, parts, files)
    request = adapter.create_interaction_response(interaction.id, interaction.token, params=params, **about)
    answered = await created(request, "interaction")
    mark_answered(interaction, kind)
    message_id = answered.get("response_message_id")
    return int(message_id) if message_id is not None else None


async def _sent(request: Awaitable[Any]) -> int:
    """The id of the message that a request came to."""
    return int((await created(request))["id"])


def _body(message: Message, files: Files) -> dict[str, Any]:
    return {"multipart": form(message, files), "files": files} if files else {"payload": message}
