"""Sees every REST request that discord.py makes, through its public `http_trace` hook."""

from types import SimpleNamespace

import aiohttp

from modules.telemetry.recorder import Recorder


def rest_trace(recorder: Recorder) -> aiohttp.TraceConfig:
    """Count requests by method and status, and rate limits by scope."""

    async def on_request_end(
        _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        recorder.rest_request(end.method, end.response.status)
        if end.response.status == 429:
            recorder.rate_limited(end.response.headers.get("X-RateLimit-Scope", "global"))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(on_request_end)
    return trace
