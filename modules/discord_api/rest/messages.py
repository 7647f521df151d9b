"""Posts and edits messages, and believes that one was sent only once Discord has returned it."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, cast

import aiohttp
import discord
from discord.http import Route

BY_DEADLINE: Final = aiohttp.ClientTimeout()
"""No time limit but that of `deadline`. By itself aiohttp gives up after five minutes, the wait for a turn included."""


class UnconfirmedSendError(aiohttp.ClientError):
    """Discord answered a send with success, but not with what it created: nobody knows whether anything appeared."""

    def __init__(self) -> None:
        super().__init__("the answer to a send held no message")


async def created(request: Awaitable[Any], part: str = "") -> Mapping[str, Any]:
    """What Discord says that it created: an object with an id, or such a part of one.

    Raises:
        UnconfirmedSendError: It said nothing of the kind.
    """
    try:
        answer = await request
    except (
        json.JSONDecodeError,
        UnicodeDecodeError,
        RecursionError,
    ) as error:  # no JSON, or nested deeper than any of Discord's
        raise UnconfirmedSendError from error
    found = answer.get(part) if part and isinstance(answer, dict) else answer
    created_id = found.get("id") if isinstance(found, dict) else None
    if not (isinstance(created_id, str) and created_id.isascii() and created_id.isdigit()):
        raise UnconfirmedSendError
    return cast("Mapping[str, Any]", found)


async def post_message(
    client: discord.Client, channel_id: int, message: Mapping[str, Any], files: Sequence[discord.File] = ()
) -> int:
    """Send a message, and make nothing of what Discord says about it but its id or an error.

    `Messageable.send` makes objects of the message that appeared, which costs more than the answer itself did.

    Args:
        client: A client that has logged in.
        channel_id: Where to.
        message: As Discord's API describes it.
        files: Sent with it.

    Returns:
        The message's id.

    Raises:
        discord.HTTPException: Discord did not take it.
        aiohttp.ClientError: Discord could not be reached, said nothing for too long, or returned no message.
    """
    return await _request(
        client, Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id), message, files
    )


async def edit_message(
    client: discord.Client,
    channel_id: int,
    message_id: int,
    message: Mapping[str, Any],
    files: Sequence[discord.File] = (),
) -> None:
    """Change a message of the bot's; arguments and errors as for `post_message`."""
    path = "/channels/{channel_id}/messages/{message_id}"
    await _request(client, Route("PATCH", path, channel_id=channel_id, message_id=message_id), message, files)


async def _request(
    client: discord.Client, route: Route, message: Mapping[str, Any], files: Sequence[discord.File]
) -> int:
    body: dict[str, Any] = {"form": form(message, files), "files": files} if files else {"json": message}
    return int((await created(client.http.request(route, timeout=BY_DEADLINE, **body)))["id"])


def form(message: Mapping[str, Any], files: Sequence[discord.File], within: str = "") -> list[dict[str, Any]]:
    """A message with files as the multipart form that Discord's API describes.

    Args:
        message: The message, or what it is a part of.
        files: Sent with it.
        within: The name of the part that is the message; "" where it is all of it.
    """
    attachments = {"attachments": [file.to_dict(index) for index, file in enumerate(files)]}
    told = {**message, within: {**message[within], **attachments}} if within else {**message, **attachments}
    parts: list[dict[str, Any]] = [
        {"name": f"files[{index}]", "value": file.fp, "filename": file.filename} for index, file in enumerate(files)
    ]
    return [{"name": "payload_json", "value": json.dumps(told)}, *parts]
