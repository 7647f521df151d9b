"""The gateway's socket and its parsers: what they do, and what of discord.py they touch without its promise.

The tests that read discord.py's source fail when a new version changes it under us.
"""

import asyncio
import inspect
import threading
from contextlib import suppress
from typing import Any, cast

import aiohttp
import discord
import pytest
import yarl
from discord.client import Client
from discord.gateway import DiscordClientWebSocketResponse, DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from discord.http import HTTPClient, Route

from modules.discord_api.compat.events import NAMELESS, guard_events
from modules.discord_api.compat.socket import (
    LONGEST_INTERVAL_SECONDS,
    SHORTEST_INTERVAL_SECONDS,
    GatewaySocket,
    Reconnect,
    heartbeat_interval,
    session_of,
    session_start_limit,
)


def client() -> discord.Client:
    return discord.Client(intents=discord.Intents.none())


def source_of(thing: Any) -> str:
    return inspect.getsource(thing)


class Line:
    """The network's side of a socket: what is sent is handed to whoever listens at once."""

    def __init__(self) -> None:
        self.hear: Any = lambda: None
        self.sent: list[str] = []
        self.closed = False
        self._timeout: Any = None

    async def send_str(self, text: str) -> None:
        self.sent.append(text)
        self.hear()


def a_socket(line: Line) -> GatewaySocket:
    """A socket with a silence of 30 s, on a line."""
    socket = GatewaySocket(cast(aiohttp.ClientWebSocketResponse, line), loop=asyncio.get_running_loop())
    socket._max_heartbeat_timeout = 30.0
    return socket


def with_keeper(socket: GatewaySocket, interval_seconds: float = 10.0) -> KeepAliveHandler:
    """The socket's thread for heartbeats, not started."""
    keeper = KeepAliveHandler(ws=socket, interval=interval_seconds, shard_id=0)
    socket._keep_alive = keeper
    return keeper


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
    bot, dropped = client(), list[tuple[str, type]]()
    guard_events(bot, lambda event, error: dropped.append((event, type(error))), ignore)
    bot._connection.parsers["MESSAGE_CREATE"]({"channel_id": "1", "type": 0})
    assert dropped == [("MESSAGE_CREATE", KeyError)]


def test_the_socket_that_is_used_is_ours() -> None:
    assert GatewaySocket.from_client.__func__ is DiscordWebSocket.from_client.__func__  # type: ignore[attr-defined] # a classmethod's own function


def test_hello_hands_the_thread_to_the_socket_before_it_starts_it() -> None:
    received = source_of(DiscordWebSocket.received_message)
    set_at = received.index("self._keep_alive = KeepAliveHandler(ws=self, interval=interval")
    assert set_at < received.index("self._keep_alive.start()")
    assert "self._stop_ev.wait(self.interval)" in source_of(KeepAliveHandler.run)


def test_an_event_is_looked_up_in_the_table_after_it_was_named() -> None:
    received = source_of(DiscordWebSocket.received_message)
    assert received.index("self._dispatch('socket_event_type', event)") < received.index("self._discord_parsers[event]")
    assert "except KeyError:" in received


def test_whoever_waits_for_an_event_is_told_once_it_was_read() -> None:
    received = source_of(DiscordWebSocket.received_message)
    assert received.index("func(data)") < received.index("future.set_result(ret)")
    assert {"event", "predicate"} <= set(inspect.signature(DiscordWebSocket.wait_for).parameters)


async def test_a_heartbeat_acknowledged_at_once_is_measured_against_itself() -> None:
    socket = a_socket(line := Line())
    keeper = with_keeper(socket)
    line.hear = keeper.ack
    keeper._last_send -= 30.0
    await socket.send_heartbeat(keeper.get_payload())
    assert 0 <= keeper.latency < 15.0
    assert "self.latency = ack_time - self._last_send" in source_of(KeepAliveHandler.ack)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        (41.25, 41.25),
        (0, SHORTEST_INTERVAL_SECONDS),
        (-5.0, SHORTEST_INTERVAL_SECONDS),
        (1e300, LONGEST_INTERVAL_SECONDS),
        (float("inf"), LONGEST_INTERVAL_SECONDS),
    ],
)
def test_an_interval_is_kept_within_bounds(stated: float, seconds: float, caplog: pytest.LogCaptureFixture) -> None:
    assert heartbeat_interval(stated) == seconds
    assert bool(caplog.records) is (stated != seconds)


@pytest.mark.parametrize("stated", [float("nan"), None, "soon", []])
def test_an_interval_that_is_no_number_is_none(stated: object) -> None:
    with pytest.raises(ValueError, match="heartbeat_interval"):
        heartbeat_interval(stated)


async def test_the_thread_follows_the_bounds() -> None:
    assert with_keeper(a_socket(Line()), 1e9).interval == LONGEST_INTERVAL_SECONDS


@pytest.mark.parametrize(("session_id", "sequence"), [("x", "7"), (5, 7), (None, 7), ("x", None), ("x", [1])])
async def test_a_session_whose_place_is_unknown_cannot_be_resumed(session_id: Any, sequence: Any) -> None:
    socket = a_socket(Line())
    socket.session_id, socket.sequence, socket.gateway = session_id, sequence, DiscordWebSocket.DEFAULT_GATEWAY
    assert session_of(socket) is None


@pytest.mark.parametrize("name", [None, 5, 5.0, True, [], ["READY"], {}])
def test_an_event_whose_name_is_no_text_is_dropped(name: Any) -> None:
    bot, dropped = client(), list[str]()
    guard_events(bot, lambda event, _: dropped.append(event), ignore)
    with pytest.raises(KeyError):
        bot._connection.parsers[name]
    assert dropped == [NAMELESS]


def test_an_event_that_nobody_reads_is_no_fault() -> None:
    bot, dropped = client(), list[str]()
    guard_events(bot, lambda event, _: dropped.append(event), ignore)
    with pytest.raises(KeyError):
        bot._connection.parsers["SOMETHING_NEW"]
    assert not dropped


@pytest.mark.parametrize(
    ("event", "label"),
    [
        ("READY", "READY"),
        ("MESSAGE_CREATE", "MESSAGE_CREATE"),
        ("SOMETHING_NEW", "OTHER"),
        ("\ud800", "OTHER"),
        (5, "malformed"),
        ([1], "malformed"),
        ({}, "malformed"),
        (True, "malformed"),
    ],
)
def test_events_are_counted_under_known_labels(event: object, label: str) -> None:
    bot, seen = client(), list[str]()
    guard_events(bot, lambda *_: None, seen.append)
    with suppress(KeyError):
        bot._connection.parsers[event]  # type: ignore[index]
    assert seen == [label]


def ignore(_label: str) -> None:
    """Where nobody counts."""


def client_that_hears(answered: object) -> discord.Client:
    """A client whose every request is answered so."""

    async def request(_route: Route) -> object:
        return answered

    made = client()
    made.http.request = request  # type: ignore[method-assign, assignment]
    return made


def limits(reset_after: object, remaining: object = 7) -> object:
    return {"session_start_limit": {"remaining": remaining, "reset_after": reset_after}}


@pytest.mark.parametrize(
    "answered",
    [
        {},
        [],
        None,
        "<html>",
        {"session_start_limit": {"remaining": 1}},
        limits(float("nan")),
        limits("soon"),
        limits(10**400),
        limits(1, remaining=float("inf")),
        limits(1, remaining="many"),
    ],
    ids=lambda answered: str(answered)[:60],
)
async def test_a_budget_that_makes_no_sense_is_an_outage(answered: object) -> None:
    with pytest.raises(ValueError, match="GET /gateway/bot"):
        await session_start_limit(client_that_hears(answered))


async def test_a_budget_is_not_waited_for_longer_than_a_day() -> None:
    limit = await session_start_limit(client_that_hears(limits(1e300)))
    assert (limit.remaining, limit.reset_after_seconds) == (7, 86_400)
