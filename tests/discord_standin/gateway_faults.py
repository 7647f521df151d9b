"""What can go wrong with a websocket. Each fault waits for its stage in the life of a connection, or strikes now."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from .errors import Json

Stage = Literal["handshake", "open", "identify", "resume", "ready", "resumed", "up"]
"""When a fault strikes.

handshake: before the upgrade · open: before HELLO · identify, resume: in place of the answer to that request ·
ready: when READY and all guilds are sent · resumed: when RESUMED is sent · up: at either of these two.
"""

ABNORMAL_CLOSURE = 1006
"""No close frame at all: the connection simply ends."""


class Wire(Protocol):
    """The stand-in's end of a websocket, as far as faults touch it."""

    silent: bool
    withholds_acks: bool
    withholds_resumed: bool
    names_dead_resume_url: bool

    def send_op(self, op: int, payload: object) -> None:
        """Send a payload that is no event."""
        ...

    def send_event(self, name: str, payload: object) -> None:
        """Send an event of the session, numbered and kept for replay."""
        ...

    def send_raw(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        ...

    def close(self, code: int) -> None:
        """Close after everything sent so far; 1006 drops the connection without a word."""
        ...

    def reset(self) -> None:
        """Tear the connection down at once."""
        ...

    def end_session(self) -> None:
        """Forget the session: it cannot be resumed."""
        ...


class GatewayFault(Protocol):
    """Anything that happens to a websocket at a stage."""

    @property
    def at(self) -> Stage:
        """When it strikes."""
        ...

    @property
    def replaces(self) -> bool:
        """Whether what would have come next at this stage is left out."""
        ...

    def strike(self, wire: Wire) -> None:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Refuse:
    """The handshake is answered with an HTTP status in place of 101."""

    status: int = 503
    at: Stage = "handshake"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Only possible at the handshake, which reads `status`; later it drops the connection."""
        wire.close(ABNORMAL_CLOSURE)


@dataclass(frozen=True, slots=True)
class ResetSocket:
    """The TCP connection is reset."""

    at: Stage = "handshake"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Tear it down."""
        wire.reset()


@dataclass(frozen=True, slots=True)
class Close:
    """The stand-in closes with a code (1006: without a close frame).

    `keeps_session` tells whether a RESUME will be accepted afterwards.
    """

    code: int
    at: Stage = "up"
    keeps_session: bool = True
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Close."""
        if not self.keeps_session:
            wire.end_session()
        wire.close(self.code)


@dataclass(frozen=True, slots=True)
class NoHello:
    """The connection opens and nothing is ever said."""

    at: Stage = "open"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Fall silent before the first word."""
        wire.silent = True


@dataclass(frozen=True, slots=True)
class OddHello:
    """HELLO states a heartbeat interval like this, in milliseconds or whatever else."""

    heartbeat_interval: object
    at: Stage = "open"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Say HELLO so."""
        wire.send_op(10, {"heartbeat_interval": self.heartbeat_interval, "_trace": []})


@dataclass(frozen=True, slots=True)
class Unanswered:
    """IDENTIFY or RESUME, whichever the stage says, is not answered; heartbeats are acknowledged all the same."""

    at: Stage = "identify"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class WithholdResumed:
    """A session is taken up again and its events flow, but RESUMED is never sent."""

    at: Stage = "resume"
    replaces: ClassVar[bool] = False

    def strike(self, wire: Wire) -> None:
        """Leave it out."""
        wire.withholds_resumed = True


@dataclass(frozen=True, slots=True)
class Silent:
    """From its stage on nothing comes: no events, no ACKs. What is missed can be had by RESUME."""

    at: Stage = "up"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Fall silent."""
        wire.silent = True


@dataclass(frozen=True, slots=True)
class WithholdAcks:
    """From its stage on heartbeats are not acknowledged, while events flow."""

    at: Stage = "up"
    replaces: ClassVar[bool] = False

    def strike(self, wire: Wire) -> None:
        """Stop acknowledging."""
        wire.withholds_acks = True


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Op 7: the client is asked to connect again and resume."""

    at: Stage = "up"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Ask."""
        wire.send_op(7, None)


@dataclass(frozen=True, slots=True)
class InvalidSession:
    """Op 9: the session is invalid, and cannot (False) or can (True) be resumed."""

    resumable: bool = False
    at: Stage = "up"
    replaces: ClassVar[bool] = True

    def strike(self, wire: Wire) -> None:
        """Say so, and forget the session if it is lost."""
        if not self.resumable:
            wire.end_session()
        wire.send_op(9, self.resumable)


@dataclass(frozen=True, slots=True)
class Garbage:
    """A frame that is no JSON (text), or no zlib (bytes)."""

    frame: str | bytes = '{"op": 0, "t": "MESSAGE_CRE'
    at: Stage = "up"
    replaces: ClassVar[bool] = False

    def strike(self, wire: Wire) -> None:
        """Send it."""
        wire.send_raw(self.frame)


@dataclass(frozen=True, slots=True)
class Event:
    """An event of any kind and shape; by default a message that lacks its id, author and content."""

    name: str = "MESSAGE_CREATE"
    payload: Json | None = None
    at: Stage = "up"
    replaces: ClassVar[bool] = False

    def strike(self, wire: Wire) -> None:
        """Send it as the session's next event."""
        wire.send_event(self.name, {"channel_id": "1", "type": 0} if self.payload is None else self.payload)


@dataclass(frozen=True, slots=True)
class DeadResumeUrl:
    """READY names a resume_gateway_url where nobody listens."""

    at: Stage = "identify"
    replaces: ClassVar[bool] = False

    def strike(self, wire: Wire) -> None:
        """Let the READY that is about to be written name it."""
        wire.names_dead_resume_url = True
