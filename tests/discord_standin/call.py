"""A REST request on its way through the stand-in, and the answers that can be made of it."""

import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .clock import Clock
from .errors import ApiError, Json, RateLimitError
from .journal import RestRequest
from .limits import RateLimits

JSON_TYPE = "application/json"
"""Exactly this: discord.py reads anything else, a charset included, as text."""

MAJOR_PARAMETERS = ("channel_id", "guild_id", "webhook_id", "webhook_token")
SNOWFLAKE_DIGITS = len(str(2**64))
# SO_LINGER on, for no time at all: closing sends a reset in place of what is still unsent.
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Call:
    """One request, parsed and matched with its route.

    Attributes:
        path: behind `/api/v10`, escapes undone.
        template: the route's path, as `/channels/{channel_id}/messages`; the path itself where there is no route.
        params: what stands in the template's braces.
        files: uploads by their field's name: filename and content.
        entry: its line in the journal.
    """

    web_request: web.Request
    method: str
    path: str
    template: str
    params: Mapping[str, str]
    entry: RestRequest
    clock: Clock
    limits: RateLimits
    body: Any = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """Method and template: the name of its kind."""
        return f"{self.method} {self.template}"

    @property
    def major(self) -> str:
        """The parameters that split a route into buckets."""
        return "+".join(self.params[name] for name in MAJOR_PARAMETERS if name in self.params)

    @property
    def exempt_from_global(self) -> bool:
        """Whether it answers an interaction."""
        return self.answers_interaction

    @property
    def answers_interaction(self) -> bool:
        """Whether the path itself is the permission: it carries an interaction's token."""
        return self.template.startswith(("/interactions/", "/webhooks/{webhook_id}/{webhook_token}"))

    @property
    def fields(self) -> Json:
        """The body as an object.

        Raises:
            ApiError: 50109, it is none.
        """
        if not isinstance(self.body, dict):
            raise ApiError(400, 50109, "The request body contains invalid JSON.")
        return self.body

    def snowflake(self, name: str) -> int:
        """The id in the path under that name.

        Raises:
            ApiError: 50035, it is not a number, or longer than any of 64 bits.
        """
        text = self.params[name]
        if not (text.isascii() and text.isdigit()) or len(text) > SNOWFLAKE_DIGITS:
            raise ApiError(400, 50035, "Invalid Form Body")
        return int(text)

    def reset(self) -> None:
        """Tear the connection down with a TCP reset, unsent bytes and all."""
        transport = self.web_request.transport
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            transport.abort()


Proceed = Callable[[], Awaitable[web.StreamResponse]]
"""Does what the request asks for and makes the answer, which a fault may then spoil."""


def json_response(status: int, payload: object, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of the API; None makes an empty one."""
    if payload is None:
        return web.Response(status=status, headers=headers)
    body = json.dumps(payload, separators=(",", ":")).encode()
    return web.Response(status=status, body=body, headers={"Content-Type": JSON_TYPE, **(headers or {})})


def error_response(error: ApiError, headers: Mapping[str, str] | None = None) -> web.Response:
    """A refusal of the API, with the rate limit's headers where it is one."""
    extra = error.headers if isinstance(error, RateLimitError) else headers
    return json_response(error.status, error.body(), extra)


def html_response(status: int, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A page by Cloudflare, which stands before the API."""
    page = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n"
    extra = {"Content-Type": "text/html; charset=UTF-8", "Server": "cloudflare", "CF-RAY": "0123456789abcdef-FRA"}
    return web.Response(status=status, body=page.encode(), headers={**extra, **(headers or {})})
