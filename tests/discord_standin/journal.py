"""What was seen on the wire: every REST request, every websocket; and a way to wait for more of it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from .errors import Json

INVALID = (401, 403, 429)


class Pulse:
    """Lets a test wait for a condition without polling: whoever changes something beats."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def beat(self) -> None:
        """Let everyone who waits look again."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], bool], timeout_seconds: float, what: Callable[[], str]) -> None:
        """Return as soon as `condition()` holds.

        Raises:
            TimeoutError: it did not in time; the message is `what()`.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                while not condition():
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    # Nothing is awaited between looking and joining, so no beat is missed.
                    self._waiters.add(waiter)
                    await waiter
        except TimeoutError:
            raise TimeoutError(what()) from None


@dataclass(slots=True, eq=False)
class RestRequest:
    """One request as it came in and as it was answered.

    Attributes:
        number: counts from 1.
        at: Unix time of its arrival.
        path: as sent, behind `/api/v10`.
        route: method and template, as `POST /channels/{channel_id}/messages`.
        body: its JSON, or the `payload_json` of a form.
        status: what was answered; 0 for a reset connection, None while it is open.
        answered_at: Unix time of the answer.
        faults: names of the faults that acted on it.
        scope: of a 429 by rate limit: `user`, `shared` or `global`.
    """

    number: int
    at: float
    method: str
    path: str
    route: str
    headers: Mapping[str, str]
    body: Json | list[Json] | None = None
    status: int | None = None
    answered_at: float | None = None
    faults: tuple[str, ...] = ()
    scope: str | None = None

    def matches(self, method: str, pattern: str) -> bool:
        """Whether it is of that method and of a path like that; `*` in either matches anything."""
        return fnmatchcase(self.method, method) and fnmatchcase(self.path, pattern)


@dataclass(slots=True, eq=False)
class Connection:
    """One websocket, or the attempt at one.

    Attributes:
        number: counts from 1, refused ones included.
        at: Unix time of the handshake.
        status: HTTP status of the handshake: 101 when it succeeded, 0 when it was reset.
        identify: the `d` of its IDENTIFY.
        resume: the `d` of its RESUME.
        session_id: the session it started or took up.
        resumed: whether RESUMED was sent.
        received: every payload the client sent: time, op and `d`.
        heartbeat_count, ack_count: heartbeats that came, and those answered.
        close_code: the code of whichever side closed first; 1006 if neither said so.
        closed_by: which side that was.
    """

    number: int
    at: float
    path: str
    compression: str | None
    status: int = 101
    identify: Json | None = None
    resume: Json | None = None
    session_id: str | None = None
    resumed: bool = False
    received: list[tuple[float, int, object]] = field(default_factory=list)
    heartbeat_count: int = 0
    ack_count: int = 0
    close_code: int | None = None
    closed_by: Literal["client", "server", "network"] | None = None
    closed_at: float | None = None
    faults: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the websocket stands."""
        return self.status == 101 and self.closed_at is None


@dataclass(slots=True)
class Journal:
    """Everything seen, in order."""

    requests: list[RestRequest] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    pulse: Pulse = field(default_factory=Pulse)
    # Not the length of the list, which long runs empty while the numbers go on.
    request_count: int = 0
    in_flight_count: int = 0
    peak_in_flight_count: int = 0

    def request_opened(self, request: RestRequest) -> None:
        """Note a request's arrival."""
        self.request_count += 1
        self.in_flight_count += 1
        self.peak_in_flight_count = max(self.peak_in_flight_count, self.in_flight_count)
        self.requests.append(request)
        self.pulse.beat()

    def request_closed(self, request: RestRequest, status: int, at: float) -> None:
        """Note its answer."""
        request.status, request.answered_at = status, at
        self.in_flight_count -= 1
        self.pulse.beat()

    def requests_to(self, method: str = "*", path: str = "*") -> list[RestRequest]:
        """The requests of that method to paths like that, as `requests_to("POST", "/channels/*/messages")`."""
        return [request for request in self.requests if request.matches(method, path)]

    def invalid_requests(self) -> list[RestRequest]:
        """What Discord counts towards the ban at ten thousand in ten minutes: 401, 403, and 429 that is not shared."""
        return [request for request in self.requests if request.status in INVALID and request.scope != "shared"]

    def identifies(self) -> list[Connection]:
        """The connections that sent IDENTIFY."""
        return [connection for connection in self.connections if connection.identify is not None]

    def resumes(self) -> list[Connection]:
        """The connections that sent RESUME."""
        return [connection for connection in self.connections if connection.resume is not None]

    def describe(self, last: int = 12) -> str:
        """The last things seen, for the message of a failing wait."""
        lines = [f"  {seen.route} -> {seen.status} {' '.join(seen.faults)}" for seen in self.requests[-last:]]
        lines += [
            f"  websocket {seen.number} ({seen.status})"
            f" identify={seen.identify is not None} resume={seen.resume is not None}"
            f" closed={seen.close_code} by {seen.closed_by}"
            for seen in self.connections[-last:]
        ]
        return "\n".join(lines) or "  nothing at all"
