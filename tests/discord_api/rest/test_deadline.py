"""The time limit of a request, over a real socket: however an answer fails to come, the request ends by name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

import aiohttp
import pytest
import yarl
from aiohttp import web

from modules.discord_api.request_name import request_name
from modules.discord_api.rest.deadline import Deadline, RequestTimeoutError
from modules.discord_api.rest.guard import RestGuard
from modules.discord_api.rest.trace import rest_trace
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Get = Callable[[Handler], Coroutine[None, None, str]]

TIMEOUT_SECONDS = 0.05
PATH = "/interactions/1234567890/secret/callback"
"""An answer to an interaction goes by the same session as all other requests, but not through discord.py's queue."""


async def silent(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def without_end(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b" ")
        await asyncio.sleep(0.005)


async def forbidden_without_end(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(status=403)
    await answer.prepare(request)
    await answer.write(b"{")
    await asyncio.Event().wait()
    raise AssertionError


async def prompt(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=403, text="{}")


@pytest.fixture
async def guard() -> RestGuard:
    return RestGuard(Recorder(LatestSnapshot()))


@pytest.fixture
async def get(guard: RestGuard) -> AsyncIterator[Get]:
    """Makes one request to a server that answers it as told, with a fresh session."""
    handlers: list[Handler] = []
    app = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handlers[-1](request)

    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    trace = rest_trace(guard.recorder, guard, TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}", trace_configs=[trace]) as session:

        async def ask(handler: Handler) -> str:
            handlers.append(handler)
            async with session.get(PATH) as response:
                return await response.text()

        yield ask
    await runner.cleanup()


@pytest.mark.parametrize("handler", [silent, without_end, forbidden_without_end])
async def test_a_request_that_takes_too_long_ends_by_name(get: Get, handler: Handler) -> None:
    with pytest.raises(
        RequestTimeoutError, match=r"^GET /interactions/\{id\}/\{token\}/callback: no answer within 0.05 s$"
    ):
        await get(handler)
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling(), "the timeout leaves no cancellation behind"
    assert await get(prompt) == "{}"


async def test_the_wait_for_a_turn_does_not_count(get: Get, guard: RestGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    admit = guard.admit

    async def patient(target: object) -> object:
        await asyncio.sleep(3 * TIMEOUT_SECONDS)
        return await admit(target)  # type: ignore[arg-type] # as given

    monkeypatch.setattr(RestGuard, "admit", lambda _self, target: patient(target))
    assert await get(prompt) == "{}"


async def test_a_cancellation_from_outside_stays_one(get: Get) -> None:
    asking = asyncio.create_task(get(silent))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_another_error_is_passed_on() -> None:
    deadline = Deadline(lambda: "GET /x", 60)
    await deadline.begin()
    await deadline.end(ConnectionResetError())


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://discord.com/api/v10/users/@me", "GET /users/@me"),
        ("https://discord.com/api/v10/applications/123456789012345678/commands?a=b", "GET /applications/{id}/commands"),
        ("https://discord.com/api/v10/webhooks/12345678/to-ken/messages/@original",
         "GET /webhooks/{id}/{token}/messages/@original"),
        ("https://discord.com/api/v10/channels/12345678/messages/87654321", "GET /channels/{id}/messages/{id}"),
    ],
)  # fmt: skip
def test_a_name_has_neither_ids_nor_tokens(url: str, name: str) -> None:
    assert request_name("GET", yarl.URL(url)) == name
