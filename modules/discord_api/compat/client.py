"""Uses of private parts of discord.py and aiohttp, except for the gateway: see `socket.py`.

discord.py is pinned; `tests/discord_api/compat/test_client.py` fails when a new version changes any of this.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import aiohttp
import discord
from discord import app_commands
from multidict import CIMultiDict, CIMultiDictProxy

ClientT = TypeVar("ClientT", bound=discord.Client)

_NO_OVERWRITES: Final[Any] = ()


def rewrite_answer(
    response: aiohttp.ClientResponse, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> None:
    """Replace what discord.py is about to read of an answer.

    Args:
        response: The answer.
        headers: All its headers, if they are to change.
        body: All its body, if it is to change.
    """
    if headers is not None:
        response._headers = CIMultiDictProxy(CIMultiDict(headers))
        response._cache.pop("headers", None)
    if body is not None:
        response._body = body


def leave_messages_unread_unless(client: discord.Client, wanted: Callable[[Mapping[str, Any]], bool]) -> None:
    """Have messages that are not wanted passed over before discord.py makes objects of them.

    Nearly all that a bot hears is people talking to each other; making objects of a message costs many times what a
    look at its text does.

    Args:
        client: The client, before it connects.
        wanted: Looks at a message as Discord sent it.
    """
    parsers = client._connection.parsers
    parse = parsers["MESSAGE_CREATE"]

    def look(payload: Any) -> None:  # noqa: ANN401 - whatever Discord sent
        if wanted(payload):
            parse(payload)

    parsers["MESSAGE_CREATE"] = look


def share_among_guilds(client: discord.Client) -> None:
    """Keep once what many guilds have alike: names of channels and roles, and lists of overwrites that are empty.

    Nearly all have a "general", and of each text a copy would be kept: with 2,500 guilds, 20 MB in all.

    Args:
        client: The client, before it connects.
    """
    parsers = client._connection.parsers
    parse = parsers["GUILD_CREATE"]

    def shared(payload: Any) -> None:  # noqa: ANN401 - whatever Discord sent
        for named in (*payload.get("channels", ()), *payload.get("roles", ())):
            if type(named.get("name")) is str:
                named["name"] = sys.intern(named["name"])
        parse(payload)
        guild = client.get_guild(int(payload["id"]))
        for channel in guild.channels if guild is not None else ():
            if not channel._overwrites:
                # Never changed: an update of the channel makes a new list.
                channel._overwrites = _NO_OVERWRITES

    parsers["GUILD_CREATE"] = shared


class UnforeseenError(app_commands.AppCommandError):
    """An error that is not one of discord.py's own, from outside the callback of a slash command.

    Attributes:
        original: The error.
    """

    def __init__(self, original: Exception) -> None:
        super().__init__(f"{type(original).__name__}: {original}")
        self.original = original


class GuardedTree(app_commands.CommandTree[ClientT]):
    """A command tree all of whose errors reach `on_error`.

    discord.py hands over its own; any other, like the RuntimeError for a command used in a channel of a type that it
    does not know, would end in a task that nobody looks at, and the asker would hear nothing.
    """

    async def _call(self, interaction: discord.Interaction[ClientT]) -> None:
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001 - told by the handler of all errors
            interaction.command_failed = True
            await self.on_error(interaction, UnforeseenError(error))


def cancel_ready(client: discord.Client) -> None:
    """End the wait for guilds before `on_ready`, which a client that is closed would come out of with an error."""
    waiting = client._connection._ready_task
    if waiting is not None:
        waiting.cancel()
