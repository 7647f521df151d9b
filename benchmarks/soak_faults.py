"""The faults a soak draws from: all of them leave it possible, and so due, that every command is answered once."""

from typing import Final

from tests.discord_standin.gateway_faults import (
    Close,
    Event,
    Garbage,
    GatewayFault,
    InvalidSession,
    Reconnect,
    Silent,
    WithholdAcks,
)
from tests.discord_standin.rest_faults import RateLimited, Reset, RestFault, Slow, Status, Truncated

REST_FAULTS: Final[tuple[RestFault, ...]] = (
    Status(500),
    Status(502),
    Status(503),
    Status(504),
    Status(520),
    Status(502, after_effect=True),
    Reset(),
    Reset(after_effect=True),
    Truncated(),
    Slow(1.0),
    RateLimited(0.3),
)
GATEWAY_FAULTS: Final[tuple[GatewayFault, ...]] = (
    Close(4000),
    Close(4008),
    Close(1001),
    Close(1006),
    Reconnect(),
    InvalidSession(resumable=True),
    Silent(),
    WithholdAcks(),
    Garbage(),
    Event(),
)
SESSION_ENDS: Final[tuple[GatewayFault, ...]] = (InvalidSession(), Close(4009, keeps_session=False))
