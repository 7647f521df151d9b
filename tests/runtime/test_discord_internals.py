"""What we touch of discord.py without a promise: each of these fails when a new version changes it under us."""

import inspect
import threading
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord.client import Client
from discord.ext import commands
from discord.gateway import DiscordClientWebSocketResponse, DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from discord.http import HTTPClient, Route, handle_message_parameters

from modules.runtime.discord_internals import (
    GatewaySocket,
    Reconnect,
    drop_malformed_events,
    leave_messages_unread_unless,
    rewrite_answer,
    session_start_limit,
)
from tests.runtime.rest.made_answers import answer


def client() -> discord.Client:
    return discord.Client(intents=discord.Intents.none())


def client_that_hears(answered: object) -> discord.Client:
    """A client whose every request is answered so."""

    async def request(_route: Route) -> object:
        return answered

    made = client()
    made.http.request = request  # type: ignore[method-assign, assignment]
    return made


def limits(reset_after: float) -> object:
    return {"session_start_limit": {"remaining": 7, "reset_after": reset_after}}


def source_of(thing: Any) -> str:
    return inspect.getsource(thing)


def test_the_version_is_the_one_that_was_read() -> None:
    assert discord.__version__ == "2.7.1", "read gateway.py and client.py of the new version before changing this"


def test_a_socket_is_opened_with_these_arguments() -> None:
    parameters = inspect.signature(DiscordWebSocket.from_client).parameters
    wanted = {"client", "initial", "gateway", "shard_id", "session", "sequence", "resume"}
    assert wanted <= set(parameters)
    assert "cls(socket, loop=client.loop)" in source_of(DiscordWebSocket.from_client)


def test_a_socket_keeps_what_a_resume_needs() -> None:
    made = source_of(DiscordWebSocket.__init__)
    for attribute in ("session_id", "sequence", "_keep_alive"):
        assert f"self.{attribute}" in made
    assert isinstance(DiscordWebSocket.DEFAULT_GATEWAY, yarl.URL)
    assert "self.gateway = yarl.URL(data['resume_gateway_url'])" in source_of(DiscordWebSocket.received_message)


def test_heartbeats_go_through_the_method_that_is_overridden() -> None:
    assert "self.ws.send_heartbeat(data)" in source_of(KeepAliveHandler.run)
    assert "self._last_ack = ack_time" in source_of(KeepAliveHandler.ack)
    assert issubclass(KeepAliveHandler, threading.Thread)


def test_the_end_of_a_connection_is_told_by_these_errors() -> None:
    assert Reconnect is ReconnectWebSocket
    assert ReconnectWebSocket(0, resume=False).resume is False
    assert discord.ConnectionClosed.__init__ is not None
    polling = source_of(DiscordWebSocket.poll_event)
    assert "raise ReconnectWebSocket(self.shard_id)" in polling
    assert "raise ConnectionClosed(" in polling


def test_the_client_knows_its_socket_by_this_name() -> None:
    assert vars(client())["ws"] is None
    assert "self.ws.close(code=1000)" in source_of(Client.close)
    assert "ws = self.ws" in source_of(vars(Client)["latency"].fget)


def test_the_wait_for_a_goodbye_can_be_set() -> None:
    assert "self._timeout.ws_close" in source_of(aiohttp.ClientWebSocketResponse.close)
    assert "self._close_code" in source_of(aiohttp.ClientWebSocketResponse.close)
    assert issubclass(DiscordClientWebSocketResponse, aiohttp.ClientWebSocketResponse)
    assert aiohttp.ClientWSTimeout(ws_close=2.0).ws_close == 2.0


def test_parsers_are_a_table_that_the_socket_reads_when_it_is_made() -> None:
    parsers = client()._connection.parsers
    assert {"READY", "RESUMED", "GUILD_CREATE", "MESSAGE_CREATE", "INTERACTION_CREATE"} <= set(parsers)
    assert "ws._discord_parsers = client._connection.parsers" in source_of(DiscordWebSocket.from_client)


def test_the_budget_is_asked_for_by_a_plain_request() -> None:
    assert inspect.iscoroutinefunction(HTTPClient.request)
    assert Route("GET", "/gateway/bot").url.endswith("/gateway/bot")


def test_a_parser_that_fails_drops_the_event_and_says_so() -> None:
    bot, dropped = client(), list[str]()
    drop_malformed_events(bot, dropped.append)
    bot._connection.parsers["MESSAGE_CREATE"]({"channel_id": "1", "type": 0})
    assert dropped == ["MESSAGE_CREATE"]


def test_the_socket_that_is_used_is_ours() -> None:
    assert GatewaySocket.from_client.__func__ is DiscordWebSocket.from_client.__func__  # type: ignore[attr-defined] # a classmethod's own function


def test_a_message_that_is_not_wanted_is_never_made_an_object() -> None:
    bot = client()
    read: list[Any] = []
    bot._connection.parsers["MESSAGE_CREATE"] = read.append
    leave_messages_unread_unless(bot, lambda message: message["content"].startswith("!"))
    for content in ("!roll", "hello", ""):
        bot._connection.parsers["MESSAGE_CREATE"]({"content": content})
    assert read == [{"content": "!roll"}]


def test_arguments_are_read_by_the_method_that_is_overridden() -> None:
    assert "await self._parse_arguments(ctx)" in source_of(commands.Command.prepare)
    assert "injected(*ctx.args, **ctx.kwargs)" in source_of(commands.Command.invoke)
    assert "ctx.kwargs = {}" in source_of(commands.Command._parse_arguments)
    assert "super()._parse_arguments(ctx)" in source_of(commands.HybridCommand._parse_arguments)


def test_a_message_is_sent_by_the_request_that_discord_py_makes() -> None:
    assert "Route('POST', '/channels/{channel_id}/messages'" in source_of(HTTPClient.send_message)
    assert "json=params.payload" in source_of(HTTPClient.send_message)
    assert "payload['enforce_nonce'] = True" in source_of(handle_message_parameters)


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


@pytest.mark.parametrize(
    "answered", [{}, [], None, "<html>", {"session_start_limit": {"remaining": 1}}, limits(float("nan"))]
)
async def test_a_budget_that_makes_no_sense_is_an_outage(answered: object) -> None:
    with pytest.raises(ValueError, match="GET /gateway/bot"):
        await session_start_limit(client_that_hears(answered))


async def test_a_budget_is_not_waited_for_longer_than_a_day() -> None:
    limit = await session_start_limit(client_that_hears(limits(1e300)))
    assert (limit.remaining, limit.reset_after_seconds) == (7, 86_400)
