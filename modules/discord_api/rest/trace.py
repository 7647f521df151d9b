"""Sees every REST request that discord.py makes, through its public `http_trace` hook, and lets the guard decide."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Final

import aiohttp

from modules.discord_api.request_name import request_name
from modules.discord_api.rest.answers import correct
from modules.discord_api.rest.deadline import REST_TIMEOUT_SECONDS, Deadline
from modules.discord_api.rest.guard import RestGuard
from modules.discord_api.rest.route import route_of
from modules.telemetry.recorder import Recorder

_SCOPES: Final = ("user", "shared", "global")


class RedirectedError(aiohttp.ClientError):
    """The request was answered with a redirect, which is not followed."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a redirect (HTTP {status}) was not followed")


def rest_trace(
    recorder: Recorder, guard: RestGuard, timeout_seconds: float = REST_TIMEOUT_SECONDS
) -> aiohttp.TraceConfig:
    """Pace requests, limit their time, count them by method and status, and count rate limits by scope.

    The handshake with the gateway goes through the same hook and is left alone.

    Args:
        recorder: Counts every answer.
        guard: Decides when a request may be sent.
        timeout_seconds: How long a request may take, from then to the end of its answer.
    """

    async def on_request_start(
        _session: aiohttp.ClientSession, context: SimpleNamespace, start: aiohttp.TraceRequestStartParams
    ) -> None:
        # What is raised here ends the request unsent, and aiohttp then calls neither of the other two.
        route = route_of(start.url)
        context.permit = context.deadline = None
        if route is not None:
            context.permit = await guard.admit(route)
            context.deadline = Deadline(lambda: request_name(start.method, start.url), timeout_seconds)
            await context.deadline.begin()

    async def on_request_redirect(
        _session: aiohttp.ClientSession, _: SimpleNamespace, redirect: aiohttp.TraceRequestRedirectParams
    ) -> None:
        # The request carries the token, and Discord's interface does not redirect.
        raise RedirectedError(redirect.response.status)

    async def on_request_end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if context.deadline is None:
            return
        response, route = end.response, context.permit.route
        recorder.rest_request(end.method, response.status)
        await correct(response, route, guard.corrections.warning)
        if response.status == 429:
            recorder.rate_limited(_scope(response.headers))
        # Settling may fail as it reads the body: `on_request_exception` must not give the permit back again.
        permit, context.permit = context.permit, None
        await guard.settle(permit, response)
        # discord.py reads the body next, which aiohttp keeps: here its time is limited too.
        await response.read()
        await context.deadline.end()

    async def on_request_exception(
        _session: aiohttp.ClientSession, context: SimpleNamespace, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if context.permit is not None:
            guard.abandon(context.permit)
        if context.deadline is not None:
            await context.deadline.end(failed.exception)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_request_start)
    trace.on_request_redirect.append(on_request_redirect)
    trace.on_request_end.append(on_request_end)
    trace.on_request_exception.append(on_request_exception)
    return trace


def _scope(headers: Mapping[str, str]) -> str:
    """Whose limit a 429 tells of; Discord's edge knows nothing of scopes, nor of limits of the API."""
    scope = headers.get("X-RateLimit-Scope")
    if scope is None:
        return "global" if headers.get("X-RateLimit-Global") else "edge"
    # It is a metric's label: whatever else a server writes there is some limit of this bot's own.
    return scope if scope in _SCOPES else "user"
