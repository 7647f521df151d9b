"""Posts a message, and believes that it was sent only once Discord has returned it."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import discord
from discord.http import Route

BY_DEADLINE: Final = aiohttp.ClientTimeout()
"""No time limit but that of `deadline`. By itself aiohttp gives up after five minutes, the wait for a turn included."""


class UnconfirmedSendError(aiohttp.ClientError):
    """Discord answered a send with success, but not with what it created: nobody knows whether anything appeared.

    Args:
        status: HTTP status of the answer.
    """

    def __init__(self, status: int | None = None) -> None:
        super().__init__("the answer to a send held no message" + (f" (HTTP {status})" if status else ""))


def is_created(answer: object) -> bool:
    """Whether an answer is a thing that Discord created: an object with the id of one."""
    created_id = answer.get("id") if isinstance(answer, dict) else None
    return isinstance(created_id, str) and created_id.isascii() and created_id.isdigit()


async def post_message(client: discord.Client, channel_id: int, message: Mapping[str, Any]) -> None:
    """Send a message, and make nothing of what Discord says about it but an error.

    `Messageable.send` makes objects of the message that appeared, which costs more than the answer itself did.

    Args:
        client: A client that has logged in.
        channel_id: Where to.
        message: As Discord's API describes it.

    Raises:
        discord.HTTPException: Discord did not take it.
        aiohttp.ClientError: Discord could not be reached, said nothing for too long, or returned no message.
    """
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
    try:
        answer = await client.http.request(route, json=message, timeout=BY_DEADLINE)
    except RecursionError as error:  # JSON nested deeper than anything of Discord's
        raise UnconfirmedSendError from error
    if not is_created(answer):
        raise UnconfirmedSendError
