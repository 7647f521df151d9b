"""Levers for a person at a shell: speak, look, break things, over HTTP beside the API.

POST /control/say        {"content": "!roll 2d6", "channel": "general", "author": "player"}
POST /control/slash      {"name": "roll", "options": {"dice": "2d6"}, "channel": "general"}
POST /control/fault      {"kind": "RateLimited", "retry_after_seconds": 1, "path": "/channels/*/messages", "times": 2}
                         {"kind": "Close", "code": 4000}, {"kind": "Silent", "now": true}
POST /control/heal       all faults end
GET  /control/messages   what was said, newest last; also /control/requests and /control/connections
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from . import gateway_faults, rest_faults
from .call import json_response
from .errors import Json
from .payloads import message_payload
from .standin import DiscordStandin
from .world import Channel, User

REST_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        rest_faults.RateLimited,
        rest_faults.CloudflareBan,
        rest_faults.Status,
        rest_faults.Reset,
        rest_faults.Truncated,
        rest_faults.BrokenJson,
        rest_faults.Slow,
        rest_faults.Answer,
    )
}
GATEWAY_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        gateway_faults.Refuse,
        gateway_faults.ResetSocket,
        gateway_faults.Close,
        gateway_faults.NoHello,
        gateway_faults.OddHello,
        gateway_faults.Unanswered,
        gateway_faults.Silent,
        gateway_faults.WithholdAcks,
        gateway_faults.WithholdResumed,
        gateway_faults.Reconnect,
        gateway_faults.InvalidSession,
        gateway_faults.Garbage,
        gateway_faults.Event,
        gateway_faults.DeadResumeUrl,
    )
}


def control_routes(discord: DiscordStandin) -> list[web.RouteDef]:
    """The routes, for `DiscordStandin.start`."""
    control = Control(discord)
    return [
        web.post("/control/say", _answering(control.say)),
        web.post("/control/slash", _answering(control.slash)),
        web.post("/control/fault", _answering(control.fault)),
        web.post("/control/heal", _answering(control.heal)),
        web.get("/control/messages", _answering(control.messages)),
        web.get("/control/requests", _answering(control.requests)),
        web.get("/control/connections", _answering(control.connections)),
    ]


class Control:
    """What the levers do; every method takes the request's JSON and returns the answer's."""

    def __init__(self, discord: DiscordStandin) -> None:
        self._discord = discord

    async def say(self, body: Json) -> Json:
        """Post a message as a person."""
        message = await self._discord.say(self._channel(body), str(body["content"]), self._author(body))
        return message_payload(message, self._discord.world)

    async def slash(self, body: Json) -> Json:
        """Use a command, and wait for what the user would see."""
        options: dict[str, Any] = body.get("options") or {}
        interaction = await self._discord.slash(self._channel(body), str(body["name"]), options, self._author(body))
        return message_payload(await interaction.response(), self._discord.world)

    async def fault(self, body: Json) -> Json:
        """Let something go wrong: a REST fault by method and path, a gateway fault by connection or now."""
        kind = str(body["kind"])
        if kind in REST_KINDS:
            rule = _some(body, "method", "path", "times", "skip")
            self._discord.faults.rest(_make(REST_KINDS[kind], body), **rule)
            return {"kind": kind, "rule": rule}
        fault = _make(GATEWAY_KINDS[kind], body)
        if body.get("now"):
            return {"kind": kind, "struck": self._discord.disturb(fault)}
        rule = _some(body, "connection", "times")
        self._discord.faults.gateway(fault, **rule)
        return {"kind": kind, "rule": rule}

    async def heal(self, _: Json) -> Json:
        """End all faults."""
        self._discord.heal()
        return {"healed": True}

    async def messages(self, _: Json) -> list[Json]:
        """What was said, channel by channel."""
        return [message_payload(message, self._discord.world) for message in self._discord.world.messages()]

    async def requests(self, _: Json) -> list[Json]:
        """The last hundred requests."""
        shown = ("at", "method", "path", "status", "scope", "faults")
        return [{name: getattr(request, name) for name in shown} for request in self._discord.requests[-100:]]

    async def connections(self, _: Json) -> list[Json]:
        """Every websocket."""
        shown = ("number", "at", "status", "resumed", "heartbeat_count", "ack_count", "close_code", "closed_by", "open")
        return [{name: getattr(connection, name) for name in shown} for connection in self._discord.connections]

    def _channel(self, body: Json) -> Channel:
        wanted = body.get("channel")
        channels = self._discord.world.channels.values()
        return next(channel for channel in channels if wanted in (None, channel.name, str(channel.id)))

    def _author(self, body: Json) -> User | None:
        wanted = body.get("author")
        return next((user for user in self._discord.world.users.values() if user.name == wanted), None)


def _make(kind: type[Any], body: Json) -> Any:
    return kind(**_some(body, *(each.name for each in dataclasses.fields(kind))))


def _some(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name in names}


def _answering(
    act: Callable[[Json], Awaitable[Json | list[Json]]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else {}
        try:
            return json_response(200, await act(body))
        except (KeyError, TypeError, ValueError, StopIteration, RuntimeError, TimeoutError) as error:
            return json_response(400, {"error": f"{type(error).__name__}: {error}"})

    return answer
