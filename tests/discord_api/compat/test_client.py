"""What we touch of discord.py without a promise: each of these fails when a new version changes it under us."""

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord import app_commands
from discord.client import Client
from discord.ext import commands
from discord.http import HTTPClient, handle_message_parameters

from modules.discord_api.compat.client import (
    GuardedTree,
    UnforeseenError,
    cancel_ready,
    leave_messages_unread_unless,
    rewrite_answer,
    share_among_guilds,
)
from tests.discord_api.rest.made_answers import answer


def client() -> discord.Client:
    return discord.Client(intents=discord.Intents.none())


def source_of(thing: Any) -> str:
    return inspect.getsource(thing)


def test_the_version_is_the_one_that_was_read() -> None:
    assert discord.__version__ == "2.7.1", "read gateway.py and client.py of the new version before changing this"


def test_a_message_that_is_not_wanted_is_never_made_an_object() -> None:
    bot = client()
    read: list[Any] = []
    bot._connection.parsers["MESSAGE_CREATE"] = read.append
    leave_messages_unread_unless(bot, lambda message: message["content"].startswith("!"))
    for content in ("!roll", "hello", ""):
        bot._connection.parsers["MESSAGE_CREATE"]({"content": content})
    assert read == [{"content": "!roll"}]


def guild_payload(number: int) -> dict[str, Any]:
    """As JSON gives it: every text is an object of its own."""
    channel = {"id": str(number * 10), "type": 0, "name": "".join(["gene", "ral"]), "position": 0}
    role = {"id": str(number), "name": "".join(["@every", "one"]), "permissions": "0"}
    return {"id": str(number), "name": f"guild {number}", "owner_id": "5", "channels": [channel], "roles": [role]}


def test_guilds_share_names_and_empty_lists_of_overwrites() -> None:
    bot = client()
    share_among_guilds(bot)
    bot._connection.parsers["GUILD_CREATE"]({"id": "3", "unavailable": True})
    for number in (1, 2):
        bot._connection.parsers["GUILD_CREATE"](guild_payload(number))
    one, other = bot.guilds
    assert one.channels[0].name == "general"
    assert one.channels[0].name is other.channels[0].name
    assert one.roles[0].name == "@everyone"
    assert one.roles[0].name is other.roles[0].name
    assert one.channels[0]._overwrites is other.channels[0]._overwrites


@pytest.mark.parametrize("name", [None, 7])
def test_a_name_that_is_no_text_costs_no_guild(name: object) -> None:
    bot = client()
    share_among_guilds(bot)
    payload = guild_payload(1)
    payload["channels"][0]["name"] = name
    bot._connection.parsers["GUILD_CREATE"](payload)
    assert len(bot.guilds[0].channels) == 1


def test_a_channel_that_shares_its_empty_list_takes_overwrites_all_the_same() -> None:
    bot = client()
    share_among_guilds(bot)
    payload = guild_payload(1)
    bot._connection.parsers["GUILD_CREATE"](payload)
    (channel,) = bot.guilds[0].channels
    assert channel.permissions_for(bot.guilds[0].default_role) == discord.Permissions.none()
    assert channel.overwrites == {}
    overwrite = {"id": "1", "type": 0, "allow": str(1 << 11), "deny": "0"}
    update = {**payload["channels"][0], "guild_id": "1", "permission_overwrites": [overwrite]}
    bot._connection.parsers["CHANNEL_UPDATE"](update)
    assert channel.overwrites_for(bot.guilds[0].default_role).send_messages


def test_arguments_are_read_by_the_method_that_is_overridden() -> None:
    assert "await self._parse_arguments(ctx)" in source_of(commands.Command.prepare)
    assert "injected(*ctx.args, **ctx.kwargs)" in source_of(commands.Command.invoke)
    assert "ctx.kwargs = {}" in source_of(commands.Command._parse_arguments)
    assert "super()._parse_arguments(ctx)" in source_of(commands.HybridCommand._parse_arguments)
    assert "await self.transform(ctx, param, attachments)" in source_of(commands.Command._parse_arguments)
    assert "view.read_rest().strip()" in source_of(commands.Command.transform)


def test_a_message_is_sent_by_the_request_that_discord_py_makes() -> None:
    assert "Route('POST', '/channels/{channel_id}/messages'" in source_of(HTTPClient.send_message)
    assert "json=params.payload" in source_of(HTTPClient.send_message)
    assert "payload['enforce_nonce'] = True" in source_of(handle_message_parameters)


class ToldTree(GuardedTree[discord.Client]):
    """A tree whose check fails, and that keeps what its handler was told."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        self.trouble: Exception = RuntimeError("interaction channel ID is null")
        self.told: list[app_commands.AppCommandError] = []

    async def interaction_check(self, _interaction: Any, /) -> bool:
        raise self.trouble

    async def on_error(self, _interaction: Any, error: app_commands.AppCommandError, /) -> None:
        self.told.append(error)


async def test_an_error_of_any_kind_reaches_the_handler_of_the_tree() -> None:
    tree = ToldTree(client())
    interaction: Any = SimpleNamespace(command_failed=False)
    await tree._call(interaction)
    (told,) = tree.told
    assert isinstance(told, UnforeseenError)
    assert told.original is tree.trouble
    assert interaction.command_failed


async def test_errors_of_discord_py_go_their_own_way() -> None:
    tree = ToldTree(client())
    tree.trouble = app_commands.CommandNotFound("roll", [])
    with pytest.raises(app_commands.CommandNotFound):
        await tree._call(cast(Any, SimpleNamespace(command_failed=False)))
    assert not tree.told


def test_a_slash_command_is_carried_out_by_the_method_that_is_overridden() -> None:
    carried_out = source_of(app_commands.CommandTree._from_interaction)
    assert "await self._call(interaction)" in carried_out
    assert "except AppCommandError as e:" in carried_out


def test_who_waits_for_an_event_stands_in_a_table() -> None:
    assert client()._listeners == {}
    assert "self._listeners[ev] = listeners" in source_of(Client.wait_for)


async def test_an_answer_that_is_rewritten_is_read_as_rewritten() -> None:
    response = answer(429, b"before", {"Retry-After": "1"})
    assert response.headers["Retry-After"] == "1", "it is kept from now on"
    rewrite_answer(response, headers={"Retry-After": "2"}, body=b"after")
    assert response.headers["retry-after"] == "2"
    assert await response.read() == b"after"
    assert await response.text(encoding="utf-8") == "after"


async def test_a_client_that_closes_before_its_guilds_have_come_does_not_become_ready() -> None:
    bot, dispatched = client(), list[str]()
    bot._connection.dispatch = lambda event, *_: dispatched.append(event)
    bot._connection.guild_ready_timeout = 0
    bot._connection._ready_state = asyncio.Queue()
    bot._connection._ready_task = asyncio.create_task(bot._connection._delay_ready())
    cancel_ready(bot)
    await asyncio.wait([bot._connection._ready_task or asyncio.create_task(asyncio.sleep(0))])
    assert not dispatched
    cancel_ready(client())
