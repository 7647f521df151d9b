"""The REST side: faults first, then the token, the rate limits, and at last the route."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from .call import Call, Proceed, error_response, json_response
from .core import Core
from .errors import ApiError, Json, RateLimitError, unauthorized
from .journal import RestRequest
from .rest_faults import RestFault
from .router import Match, Router

API_PREFIXES = ("/api/v10", "/api/v9")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers; None as payload is an empty answer."""

    status: int
    payload: Json | list[Json] | None = None


Handler = Callable[[Core, Call], Reply]
Routes = dict[tuple[str, str], Handler]


class RestApi:
    """The API's front door.

    Args:
        core: the parts it works on.
        routes: what serves each method and template.
    """

    def __init__(self, core: Core, routes: Routes) -> None:
        self._core = core
        self._router: Router[Handler] = Router()
        for (method, template), handler in routes.items():
            self._router.add(method, template, handler)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request and write it into the journal."""
        path = _path_behind_prefix(request.path)
        match = self._router.match(request.method, path)
        journal, clock = self._core.journal, self._core.clock
        entry = RestRequest(
            journal.request_count + 1,
            clock.now(),
            request.method,
            path,
            f"{request.method} {match.template}",
            request.headers,
        )
        journal.request_opened(entry)
        status = 0
        try:
            call = Call(request, request.method, path, match.template, match.params, entry, clock, self._core.limits)
            await _read_body(call)
            response = await self._through_faults(call, match)
            status = 0 if request.transport is None or request.transport.is_closing() else response.status
        finally:
            journal.request_closed(entry, status, clock.now())
        return response

    async def _through_faults(self, call: Call, match: Match[Handler]) -> web.StreamResponse:
        faults = self._core.faults.for_call(call)
        call.entry.faults = tuple(type(fault).__name__ for fault in faults)

        async def answer() -> web.StreamResponse:
            return self._answer(call, match)

        proceed: Proceed = answer
        # From the inside out, so that the fault named first acts first.
        for fault in reversed(faults):
            proceed = _before(fault, call, proceed)
        return await proceed()

    def _answer(self, call: Call, match: Match[Handler]) -> web.Response:
        headers: dict[str, str] = {}
        try:
            if not call.answers_interaction and not self._core.accepts(
                call.web_request.headers.get("Authorization", "")
            ):
                raise unauthorized()
            if isinstance(match.handler, ApiError):
                raise match.handler
            headers = self._core.limits.charge(call)
            reply = match.handler(self._core, call)
        except ApiError as error:
            if isinstance(error, RateLimitError):
                call.entry.scope = error.scope
            return error_response(error, headers)
        return json_response(reply.status, reply.payload, headers)


def _before(fault: RestFault, call: Call, proceed: Proceed) -> Proceed:
    # In a function of its own: closures made by the loop itself would all see its last fault.
    async def act() -> web.StreamResponse:
        return await fault.act(call, proceed)

    return act


def _path_behind_prefix(path: str) -> str:
    for prefix in API_PREFIXES:
        if path.startswith(prefix):
            return path.removeprefix(prefix) or "/"
    return path


async def _read_body(call: Call) -> None:
    request = call.web_request
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                call.files[name] = (value.filename, value.file.read())
            elif name == "payload_json":
                call.body = _parse(value)
    elif request.can_read_body:
        call.body = _parse(await request.text())
    call.entry.body = call.body


def _parse(text: str | bytes | bytearray) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
