"""The gateway's own rules, tried by a client that breaks them."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from .errors import Json
from .standin import DiscordStandin

INTENTS = (1 << 0) | (1 << 9)


class RawClient:
    """A gateway client that says whatever it is told to."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        self.websocket = websocket
        self.token = token

    async def send(self, op: int, payload: object) -> None:
        await self.websocket.send_json({"op": op, "d": payload})

    async def identify(self, **changes: object) -> None:
        await self.send(2, {"token": self.token, "intents": INTENTS, "properties": {}, **changes})

    async def receive(self) -> Json:
        payload: Json = await self.websocket.receive_json(timeout=5)
        return payload

    async def close_code(self) -> int | None:
        """Read to the end."""
        async for _ in self.websocket:
            pass
        return self.websocket.close_code


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
async def raw(discord: DiscordStandin, session: aiohttp.ClientSession) -> AsyncIterator[RawClient]:
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as websocket:
        client = RawClient(websocket, discord.token)
        assert (await client.receive())["op"] == 10
        yield client


WRONG_IDENTIFIES: list[tuple[int, dict[str, Any]]] = [
    (4004, {"token": "wrong"}),
    (4010, {"shard": [2, 2]}),
    (4013, {"intents": -1}),
    (4013, {"intents": None}),
    (4014, {"intents": 1 << 1}),
    (4014, {"intents": 1 << 8}),
]


@pytest.mark.parametrize(("code", "changes"), WRONG_IDENTIFIES)
async def test_a_wrong_identify_is_closed_with_its_code(raw: RawClient, code: int, changes: dict[str, Any]) -> None:
    await raw.identify(**changes)
    assert await raw.close_code() == code


async def test_an_unknown_op_is_closed_with_4001(raw: RawClient) -> None:
    await raw.send(99, None)
    assert await raw.close_code() == 4001


@pytest.mark.parametrize("frame", ["{", "[]", '{"op": "x"}', '{"d": 1}'])
async def test_what_cannot_be_decoded_is_closed_with_4002(raw: RawClient, frame: str) -> None:
    await raw.websocket.send_str(frame)
    assert await raw.close_code() == 4002


@pytest.mark.parametrize(("op", "payload"), [(2, None), (6, 7), (2, {"shard": [1]})])
async def test_payloads_of_the_wrong_shape_are_closed_with_4002(raw: RawClient, op: int, payload: object) -> None:
    shaped = payload if not isinstance(payload, dict) else {"token": raw.token, "intents": INTENTS, **payload}
    await raw.send(op, shaped)
    assert await raw.close_code() == 4002


async def test_payloads_beyond_4096_bytes_are_closed_with_4002(raw: RawClient) -> None:
    await raw.identify(properties={"os": "x" * 5000})
    assert await raw.close_code() == 4002


async def test_a_command_before_identify_is_closed_with_4003(raw: RawClient) -> None:
    await raw.send(3, {"status": "idle"})
    assert await raw.close_code() == 4003


async def test_a_second_identify_is_closed_with_4005(raw: RawClient) -> None:
    await raw.identify()
    await raw.identify()
    assert await raw.close_code() == 4005


async def test_more_than_120_commands_a_minute_are_closed_with_4008(raw: RawClient) -> None:
    await raw.identify()
    for _ in range(120):
        await raw.send(3, {"status": "idle"})
    assert await raw.close_code() == 4008


async def test_the_api_version_is_checked(discord: DiscordStandin, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(f"{discord.gateway_url}?v=6&encoding=json") as websocket:
        client = RawClient(websocket, discord.token)
        await client.identify()
        assert await client.close_code() == 4012


async def test_more_guilds_than_a_shard_holds_are_closed_with_4011(discord: DiscordStandin, raw: RawClient) -> None:
    for _ in range(2500):
        discord.world.add_guild(channels=())
    await raw.identify()
    assert await raw.close_code() == 4011


async def test_a_sequence_from_the_future_is_closed_with_4007(discord: DiscordStandin, raw: RawClient) -> None:
    await raw.identify()
    ready = (await raw.receive())["d"]
    assert ready["shard"] == [0, 1]
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{discord.gateway_url}?v=10") as websocket:
        second = RawClient(websocket, discord.token)
        await second.send(6, {"token": discord.token, "session_id": ready["session_id"], "seq": 999})
        assert await second.close_code() == 4007


async def test_resuming_takes_the_session_from_the_older_websocket(discord: DiscordStandin, raw: RawClient) -> None:
    await raw.identify()
    ready = await raw.receive()
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{discord.gateway_url}?v=10") as websocket:
        second = RawClient(websocket, discord.token)
        assert (await second.receive())["op"] == 10
        await second.send(6, {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": ready["s"]})
        replayed = [await second.receive() for _ in range(2)]
        assert [event["t"] for event in replayed] == ["GUILD_CREATE", "RESUMED"]
        assert [event["s"] for event in replayed] == [ready["s"] + 1, ready["s"] + 2]
    assert await raw.close_code() == 4000


async def test_a_client_that_dies_says_nothing_and_keeps_its_session(discord: DiscordStandin, raw: RawClient) -> None:
    await raw.identify()
    await raw.receive()
    raw.websocket.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
    await discord.until(lambda: not discord.connections[0].open)
    assert (discord.connections[0].close_code, discord.connections[0].closed_by) == (1006, "network")
    assert len(discord.sessions) == 1


@pytest.mark.parametrize(("code", "left"), [(1000, 0), (1001, 0), (4000, 1)])
async def test_the_code_a_client_leaves_with_decides_on_its_session(
    discord: DiscordStandin, raw: RawClient, code: int, left: int
) -> None:
    await raw.identify()
    await raw.receive()
    await raw.websocket.close(code=code)
    await discord.until(lambda: not discord.connections[0].open)
    assert (discord.connections[0].close_code, discord.connections[0].closed_by) == (code, "client")
    assert len(discord.sessions) == left


async def test_the_gateway_answers_at_the_api_s_port_too(
    discord: DiscordStandin, session: aiohttp.ClientSession
) -> None:
    url = discord.api_url.replace("http", "ws").removesuffix("/api/v10")
    async with session.ws_connect(f"{url}/?v=10") as websocket:
        assert (await websocket.receive_json())["op"] == 10


async def test_members_are_sent_in_chunks_when_asked_for(discord: DiscordStandin, raw: RawClient) -> None:
    (guild,) = discord.world.guilds.values()
    await raw.identify()
    await raw.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0, "nonce": "n"})
    events = [await raw.receive() for _ in range(3)]
    assert [event["t"] for event in events] == ["READY", "GUILD_CREATE", "GUILD_MEMBERS_CHUNK"]
    assert len(events[-1]["d"]["members"]) == len(guild.members)
