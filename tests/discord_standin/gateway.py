"""The gateway: the handshake, HELLO, IDENTIFY or RESUME, heartbeats, and whatever fault a connection meets."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from aiohttp import WSMsgType, web

from .call import html_response
from .core import Core
from .errors import Json
from .gateway_faults import ABNORMAL_CLOSURE, GatewayFault, Refuse, Stage
from .greeting import admit, close_code_for, welcome
from .journal import Connection
from .payloads import member_payload
from .sessions import Session, encode
from .wire import SocketWire

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, REQUEST_MEMBERS = 1, 2, 3, 4, 6, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11

MAX_PAYLOAD_BYTES = 4096
COMMAND_WINDOW_SECONDS = 60.0
Answer = Callable[[Json], None]

GONE = (WSMsgType.CLOSED, WSMsgType.CLOSING, WSMsgType.ERROR)

ENDS_SESSION = (1000, 1001)
"""Close codes by which a client says that it will not come back."""


class Gateway:
    """Serves websockets and knows those that stand."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.sockets: list[GatewaySocket] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket to its end."""
        gateway_socket = GatewaySocket(self._core, request)
        self.sockets.append(gateway_socket)
        try:
            return await gateway_socket.serve()
        finally:
            self.sockets.remove(gateway_socket)


class GatewaySocket(SocketWire):
    """The stand-in's end of one websocket; faults see it as their `Wire`.

    Attributes:
        seen: its line in the journal.
        session: the session it carries, once there is one.
        withholds_acks: whether heartbeats go unanswered.
        withholds_resumed: whether RESUMED is left out.
        names_dead_resume_url: whether READY will name an address where nobody listens.
    """

    def __init__(self, core: Core, request: web.Request) -> None:
        compression = request.query.get("compress")
        super().__init__(request, zlib_stream=core.settings.compresses and compression == "zlib-stream")
        self._core = core
        self.seen = Connection(len(core.journal.connections) + 1, core.clock.now(), request.path_qs, compression)
        self.session: Session | None = None
        self.withholds_acks = self.withholds_resumed = False
        self.names_dead_resume_url = False
        self._command_times: deque[float] = deque()
        self._answers: dict[int, Answer] = {
            HEARTBEAT: self._heartbeat,
            IDENTIFY: self._identify,
            RESUME: self._resume,
            PRESENCE: self._authenticated_only,
            VOICE_STATE: self._authenticated_only,
            REQUEST_MEMBERS: self._request_members,
        }

    async def serve(self) -> web.StreamResponse:
        """Live from the handshake to the close."""
        self._core.journal.connections.append(self.seen)
        refusal = self._handshake_fault()
        self._core.journal.pulse.beat()
        if refusal is not None:
            return refusal
        await self.open()
        farewell = ABNORMAL_CLOSURE
        try:
            if not self._strike("open"):
                interval = self._core.settings.heartbeat_interval_seconds
                self.send_op(HELLO, {"heartbeat_interval": int(interval * 1000), "_trace": []})
            farewell = await self._listen()
        finally:
            self._ended(farewell)
            await self.finish()
        return self.websocket

    async def _listen(self) -> int:
        """Take in what the client sends; the code it closes with, or 1006 if it is gone without one."""
        while True:
            message = await self.websocket.receive()
            if message.type is WSMsgType.CLOSE:
                return int(message.data)
            if message.type in GONE:
                return ABNORMAL_CLOSURE
            self._received(message.type, message.data)

    def _handshake_fault(self) -> web.StreamResponse | None:
        for fault in self._faults("handshake"):
            self.seen.closed_at = self._core.clock.now()
            if isinstance(fault, Refuse):
                self.seen.status = fault.status
                return html_response(fault.status, f"{fault.status}: gateway trouble")
            self.seen.status = 0
            self.reset()
            # aiohttp wants an answer, though nobody will read it.
            return web.Response(status=500)
        return None

    def _faults(self, *stages: Stage) -> list[GatewayFault]:
        faults = self._core.faults.for_connection(self.seen.number, *stages)
        self.seen.faults += tuple(type(fault).__name__ for fault in faults)
        return faults

    def _strike(self, *stages: Stage) -> bool:
        """Let the faults of a stage happen; whether they take the place of what would come next."""
        faults = self._faults(*stages)
        for fault in faults:
            fault.strike(self)
        return any(fault.replaces for fault in faults)

    def _ended(self, farewell: int) -> None:
        if self.seen.closed_by is None:
            self.seen.closed_by = "network" if farewell == ABNORMAL_CLOSURE else "client"
            self.seen.close_code = farewell
            if farewell in ENDS_SESSION:
                self.end_session()
        self._detach()
        self.seen.closed_at = self._core.clock.now()
        self._core.journal.pulse.beat()

    def send_event(self, name: str, payload: object) -> None:
        """Send an event of the session, numbered and kept for replay."""
        if self.session is not None:
            self.session.dispatch(name, encode(payload))

    def close(self, code: int) -> None:
        """Close after everything sent so far; 1006 drops the connection without a word."""
        self._closed_by_us(code)
        self.close_after_all(code)

    def reset(self) -> None:
        """Tear the connection down with a TCP reset, at once."""
        self._closed_by_us(ABNORMAL_CLOSURE)
        self.reset_now()

    def _closed_by_us(self, code: int) -> None:
        self.seen.closed_by, self.seen.close_code = "server", code
        self._detach()

    def end_session(self) -> None:
        """Forget the session: it cannot be resumed."""
        if self.session is not None:
            self._core.sessions.end(self.session)
            self._detach()

    def _detach(self) -> None:
        if self.session is not None and self.session.listener is self:
            self._core.sessions.leave(self.session)

    def _received(self, kind: WSMsgType, raw: str | bytes) -> None:
        # The close is on its way: the client may still be sending, but nobody listens any more.
        if self.seen.closed_by is not None:
            return
        code = self._read(raw) if kind is WSMsgType.TEXT else 4002
        if code is not None:
            self.close(code)
        self._core.journal.pulse.beat()

    def _read(self, raw: str | bytes) -> int | None:
        """Act on a payload; the close code it deserves, if any."""
        try:
            payload = json.loads(raw)
            op, body = int(payload["op"]), payload.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        self.seen.received.append((self._core.clock.now(), op, body))
        if len(raw) > MAX_PAYLOAD_BYTES:
            return 4002
        if op not in self._answers:
            return 4001
        if op != HEARTBEAT and self._too_many_commands():
            return 4008
        try:
            self._answers[op](body)
        except (AttributeError, KeyError, TypeError, ValueError):
            return 4002
        return None

    def _too_many_commands(self) -> bool:
        now, times = self._core.clock.now(), self._command_times
        times.append(now)
        while times[0] <= now - COMMAND_WINDOW_SECONDS:
            times.popleft()
        return len(times) > self._core.settings.command_limit

    def _heartbeat(self, _: Json) -> None:
        self.seen.heartbeat_count += 1
        if not self.withholds_acks and not self.silent:
            self.seen.ack_count += 1
            delay_seconds = self._core.settings.ack_delay_seconds
            asyncio.get_running_loop().call_later(delay_seconds, self.send_op, HEARTBEAT_ACK, None)

    def _identify(self, body: Json) -> None:
        self.seen.identify = body
        if self.session is not None:
            return self.close(4005)
        code = close_code_for(self._core, body, self._request.query.get("v", ""))
        if code is not None:
            return self.close(code)
        # Before any fault: an IDENTIFY costs a start even where its answer is lost.
        session = admit(self._core, body)
        if session is None:
            return self.send_op(INVALID_SESSION, False)
        if self._strike("identify"):
            return None
        self._take_up(session)
        self._core.sessions.open(session)
        addresses = self._core.addresses
        resume_url = addresses.dead_gateway_url if self.names_dead_resume_url else addresses.gateway_url
        welcome(self._core, session, resume_url)
        self._strike("ready", "up")
        return None

    def _resume(self, body: Json) -> None:
        self.seen.resume = body
        if not self._core.accepts(str(body.get("token", ""))):
            return self.close(4004)
        if self._strike("resume"):
            return None
        session = self._core.sessions.find(str(body.get("session_id")))
        if session is None:
            return self.send_op(INVALID_SESSION, False)
        sequence = body.get("seq") or 0
        if sequence > session.sequence:
            return self.close(4007)
        missed = session.since(sequence)
        if missed is None:
            self._core.sessions.end(session)
            return self.send_op(INVALID_SESSION, False)
        self._take_up(session)
        for frame in missed:
            self.push(frame)
        if not self.withholds_resumed:
            session.dispatch("RESUMED", encode({"_trace": []}))
            self.seen.resumed = True
        self._strike("resumed", "up")
        return None

    def _take_up(self, session: Session) -> None:
        if session.listener is not None:
            session.listener.close(4000)
        self.session = session
        self.seen.session_id = session.id
        session.listener = self

    def _authenticated_only(self, _: Json) -> None:
        if self.session is None:
            self.close(4003)

    def _request_members(self, body: Json) -> None:
        if self.session is None:
            return self.close(4003)
        guild = self._core.world.guilds.get(int(body["guild_id"]))
        if guild is not None:
            chunk: Json = {"guild_id": str(guild.id), "chunk_index": 0, "chunk_count": 1, "not_found": []}
            chunk["members"] = [member_payload(member) for member in guild.members]
            self.send_event("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": body["nonce"]} if "nonce" in body else {}))
        return None
