# ruff: noqa: ARG002 -- every fault is given the same two things, whether it needs them or not
"""What can go wrong with a REST request. Each fault stands before the API, and may let the call through.

`after_effect` decides whether the request did its work before its answer was lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from aiohttp import web

from .call import JSON_TYPE, Call, Proceed, error_response, html_response, json_response
from .errors import ApiError, RateLimitError
from .limits import limited_headers

Scope = Literal["user", "shared", "global"]


class RestFault(Protocol):
    """Anything that answers in the API's place, or delays it, or spoils its answer."""

    @property
    def passes(self) -> bool:
        """Whether the call goes on to meet further faults."""
        ...

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer the call, by way of `proceed()` or not."""
        ...


@dataclass(frozen=True, slots=True)
class RateLimited:
    """429 as the API gives it: JSON, with `Via` (unless told otherwise) and the headers of its scope."""

    retry_after_seconds: float
    scope: Scope = "user"
    via: bool = True
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Refuse."""
        bucket = {**call.limits.headers(call), "X-RateLimit-Remaining": "0"}
        bucket["X-RateLimit-Reset-After"] = f"{self.retry_after_seconds:.3f}"
        bucket["X-RateLimit-Reset"] = f"{call.clock.now() + self.retry_after_seconds:.3f}"
        call.entry.scope = self.scope
        headers = limited_headers(self.retry_after_seconds, self.scope, bucket, via=self.via)
        return error_response(RateLimitError(self.retry_after_seconds, self.scope, headers))


@dataclass(frozen=True, slots=True)
class CloudflareBan:
    """429 as Cloudflare gives it (error 1015): HTML, no `Via`, `Retry-After` or none."""

    retry_after_seconds: int | None = None
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Refuse."""
        headers = {} if self.retry_after_seconds is None else {"Retry-After": str(self.retry_after_seconds)}
        return html_response(429, "Error 1015: You are being rate limited", headers)


@dataclass(frozen=True, slots=True)
class Status:
    """Another status: 401, 403 and the like in JSON with Discord's `code`, 5xx as a page of HTML."""

    status: int
    code: int = 0
    message: str = ""
    after_effect: bool = False
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Refuse, or do it and then say that it failed."""
        if self.after_effect:
            await proceed()
        if self.status >= 500:
            return html_response(self.status, f"{self.status}: {self.message or 'upstream trouble'}")
        return error_response(ApiError(self.status, self.code, self.message or f"{self.status}: refused"))


def unauthorized() -> Status:
    """401: the token is no longer good."""
    return Status(401, 0, "401: Unauthorized")


def forbidden(code: int = 50013) -> Status:
    """403 with one of Discord's codes: 50013 permissions, 50001 access, 50007 closed private messages."""
    return Status(403, code, {50013: "Missing Permissions", 50001: "Missing Access"}.get(code, "Forbidden"))


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset (ECONNRESET at the client) before anything is answered."""

    after_effect: bool = False
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Tear the connection down."""
        if self.after_effect:
            await proceed()
        call.reset()
        # aiohttp wants an answer, though nobody will read it.
        return web.Response(status=500)


@dataclass(frozen=True, slots=True)
class Truncated:
    """The answer ends in the middle of its body; the work is done."""

    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Send half of the answer and hang up."""
        answer = await proceed()
        body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
        half = web.StreamResponse(status=answer.status, headers={"Content-Type": JSON_TYPE})
        # The whole length is promised, so that the client can tell that half of it is missing.
        half.content_length = len(body)
        await half.prepare(call.web_request)
        await half.write(body[: len(body) // 2])
        if call.web_request.transport is not None:
            call.web_request.transport.close()
        return half


@dataclass(frozen=True, slots=True)
class BrokenJson:
    """200 with a body that stops being JSON; the work is done unless told otherwise."""

    after_effect: bool = True
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer with rubbish."""
        if self.after_effect:
            await proceed()
        return web.Response(status=200, body=b'{"id": "1", "content": ', headers={"Content-Type": JSON_TYPE})


@dataclass(frozen=True, slots=True)
class Slow:
    """The request waits before anything else happens to it; then it goes on as it would have."""

    seconds: float
    passes: ClassVar[bool] = True

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Wait by the stand-in's clock."""
        await call.clock.sleep(self.seconds)
        return await proceed()


@dataclass(frozen=True, slots=True)
class Answer:
    """Any other answer, in JSON."""

    status: int
    payload: object
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer so."""
        return json_response(self.status, self.payload)


@dataclass(frozen=True, slots=True)
class Raw:
    """Any answer at all, byte for byte; in JSON unless the headers say otherwise."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer so."""
        return web.Response(status=self.status, body=self.body, headers={"Content-Type": JSON_TYPE, **self.headers})


@dataclass(frozen=True, slots=True)
class Trickle:
    """A 200 whose body arrives byte by byte, and never all of it."""

    pause_seconds: float = 0.1
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Send a byte at a time until the client hangs up."""
        answer = web.StreamResponse(status=200, headers={"Content-Type": JSON_TYPE})
        await answer.prepare(call.web_request)
        while True:
            await answer.write(b" ")
            await call.clock.sleep(self.pause_seconds)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of HTML where the API should have answered, as a captive portal or a proxy gives it."""

    status: int = 200
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Answer so."""
        return html_response(self.status, "Please sign in to the network")


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect to a path of the stand-in, where the journal shows who follows it."""

    status: int
    path: str = "/redirected"
    passes: ClassVar[bool] = False

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Redirect."""
        return web.Response(status=self.status, headers={"Location": self.path})


@dataclass(frozen=True, slots=True)
class Headers:
    """The ordinary answer with other headers: None takes one away."""

    changes: Mapping[str, str | None]
    passes: ClassVar[bool] = True

    async def act(self, call: Call, proceed: Proceed) -> web.StreamResponse:
        """Do what was asked, and change the headers of the answer."""
        answer = await proceed()
        for name, value in self.changes.items():
            answer.headers.popall(name, None)
            if value is not None:
                answer.headers[name] = value
        return answer


def no_limits_stated() -> Headers:
    """An API that has no rate limits, or does not tell of them."""
    names = ("Limit", "Remaining", "Reset", "Reset-After", "Bucket")
    return Headers({f"X-RateLimit-{name}": None for name in names})
