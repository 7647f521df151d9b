"""Sees every REST request that discord.py makes, through its public `http_trace` hook, and lets the guard decide."""

from collections.abc import Mapping
from types import SimpleNamespace

import aiohttp

from modules.runtime.rest.guard import RestGuard
from modules.runtime.rest.target import target_of
from modules.telemetry.recorder import Recorder


def rest_trace(recorder: Recorder, guard: RestGuard) -> aiohttp.TraceConfig:
    """Pace requests, count them by method and status, and count rate limits by scope.

    The handshake with the gateway goes through the same hook and is left alone.
    """

    async def on_request_start(
        _session: aiohttp.ClientSession, context: SimpleNamespace, start: aiohttp.TraceRequestStartParams
    ) -> None:
        # What is raised here ends the request unsent, and aiohttp then calls neither of the other two.
        target = target_of(start.url)
        context.permit = None if target is None else await guard.admit(target)

    async def on_request_end(
        _session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        if context.permit is None:
            return
        recorder.rest_request(end.method, end.response.status)
        if end.response.status == 429:
            recorder.rate_limited(_scope(end.response.headers))
        # Settling may fail as it reads the body: `on_request_exception` must not give the permit back again.
        permit, context.permit = context.permit, None
        await guard.settle(permit, end.response)

    async def on_request_exception(
        _session: aiohttp.ClientSession, context: SimpleNamespace, _: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if context.permit is not None:
            guard.abandon(context.permit)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_request_start)
    trace.on_request_end.append(on_request_end)
    trace.on_request_exception.append(on_request_exception)
    return trace


def _scope(headers: Mapping[str, str]) -> str:
    """Whose limit a 429 tells of; Discord's edge knows nothing of scopes, nor of limits of the API."""
    return headers.get("X-RateLimit-Scope") or ("global" if headers.get("X-RateLimit-Global") else "edge")
