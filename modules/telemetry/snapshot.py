"""The state of the process, frozen: the loop publishes one Snapshot a second, other threads read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from modules.telemetry.history import Track


class Phase(StrEnum):
    """Phase of the process's life, by the names that `/api/status` uses."""

    STARTING = "starting"
    LOGGING_IN = "logging_in"
    CONNECTING = "connecting"
    READY = "ready"
    WAITING = "waiting"
    STANDBY = "standby"
    DISCONNECTED = "disconnected"
    DRAINING = "draining"
    STOPPED = "stopped"


class Status(StrEnum):
    """How a command ended."""

    OK = "ok"
    REFUSED = "refused"
    """Answered, with a sentence about what the user or the server has to change."""
    ERROR = "error"
    """A fault of ours, with an incident id."""


class _Described(StrEnum):
    """A name and the help text of its metric."""

    text: str

    def __new__(cls, name: str, text: str) -> Self:
        """A member that is its name."""
        member = str.__new__(cls, name)
        member._value_, member.text = name, text
        return member


class Gauge(_Described):
    """Gauges that other parts set; each is a metric in `/metrics`."""

    BACKOFF_SECONDS = "backoff_seconds", "Current retry delay, 0 when there is none."
    INVALID_REQUESTS = (
        "invalid_requests",
        "Requests that Discord refused within the last ten minutes (401, 403, 429).",
    )
    IDENTIFY_REMAINING = "identify_remaining", "Session starts (IDENTIFY) that Discord still allows today."
    PACING_QUEUE = "pacing_queue", "REST requests queued to stay below Discord's rate limit."
    PACING_WAIT_SECONDS = "pacing_wait_seconds", "Expected wait of a request that joins the pacing queue now."
    MUTED_CHANNELS = "muted_channels", "Channels on cooldown because the bot may not send messages there."
    LEDGER_QUEUE = "ledger_queue", "Rolls waiting to be recorded."
    LEDGER_OLDEST_SECONDS = "ledger_oldest_seconds", "Age of the oldest roll that is not recorded yet."
    LEDGER_ROWS = "ledger_rows", "Approximate number of rolls in the ledger."
    DATABASE_BYTES = "database_bytes", "Size of the database."


class Count(_Described):
    """Counters; each is a metric in `/metrics`."""

    LOG_RECORDS_DROPPED = "log_records_dropped", "Log records dropped because an output could not keep up."
    MALFORMED_EVENTS = "malformed_events", "Gateway events that could not be parsed and were dropped."
    RECONNECTS = "reconnects", "Times the gateway connection was lost."
    RESUMES = "resumes", "Times a gateway session was resumed."
    COMMANDS_SHED = "commands_shed", "Commands refused because the pacing queue was too long."
    SEND_RETRIES = "send_retries", "Message sends that were retried."
    DUPLICATES_AVOIDED = (
        "duplicates_avoided",
        "Responses to interactions not repeated, since Discord already had one.",
    )
    ROLLS_RECORDED = "rolls_recorded", "Rolls recorded in the ledger."
    ROLLS_UNRECORDED = (
        "rolls_unrecorded",
        "Rolls shown as not recorded, since the database was unavailable or too slow.",
    )
    INTERACTIONS_EXPIRED = "interactions_expired", "Interactions that expired before they were answered."


@dataclass(frozen=True, slots=True)
class Build:
    """Which code is running. Nothing in here is secret or names a machine."""

    version: str = "unknown"
    commit: str = "unknown"
    python: str = "unknown"
    discord_py: str = "unknown"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline; `count` is how often it happened in a row up to `at`."""

    at: datetime
    kind: str
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """One command that ended in an error: its kind in public, the rest only for a signed-in operator."""

    at: datetime
    kind: str
    command: str
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A named fault that some part reports until it clears it.

    Attributes:
        component: Who reports it, such as `invalid-requests`.
        reason: Our own words, fit for the public; never an exception's text.
        blocking: Whether commands cannot be answered because of it: then the process is not ready.
        until_at: When it is to end, in UTC; None where nobody knows.
    """

    component: str
    reason: str
    blocking: bool
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Durations of the commands of the last ten minutes, in seconds; None while there were none."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes this process holds, and the most it may hold: the container's limit, else the machine's memory."""

    used_bytes: int | None = None
    limit_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything counted since the process started; keys are label values from bounded sets."""

    commands: Mapping[tuple[str, ...], int]
    rest_requests: Mapping[tuple[str, ...], int]
    rate_limits: Mapping[str, int]
    gateway_events: Mapping[str, int]
    rolls: Mapping[str, int]
    dice: Mapping[str, int]
    counts: Mapping[Count, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the process at one second.

    Attributes:
        taken_at: When it was published, in UTC.
        phase_reason: Why the phase is what it is, in our own words fit for the public.
        until_at: When a wait is to end, in UTC; None when nobody knows.
        phase_seconds: How long the phase has lasted.
        was_ready: Whether this process has been ready at least once.
        shard_id: The shard that this process holds, one gateway connection.
        latency_seconds: The last heartbeat's round trip; None before the first and while disconnected.
        events_per_minute: Gateway dispatches over the last minute.
        last_event_at: When the gateway last dispatched anything, in UTC.
        unready_seconds: Seconds spent trying to become ready; announced waits do not count.
        loop_lag_seconds: The longest the loop was late within the last second; None where it is not measured.
        error_ratio: Failed commands among all of the last five minutes; None while there were none.
        recent_rate_limits: 429 answers within the last ten minutes.
    """

    taken_at: datetime
    started_at: datetime
    uptime_seconds: float
    build: Build
    phase: Phase
    phase_reason: str | None
    until_at: datetime | None
    phase_seconds: float
    was_ready: bool
    unready_seconds: float
    shard_id: int
    shard_count: int
    guild_count: int | None
    latency_seconds: float | None
    loop_lag_seconds: float | None
    command_percentiles: Percentiles
    commands_per_minute: float
    error_ratio: float | None
    recent_errors: int
    rest_per_minute: float
    recent_rate_limits: int
    memory: Memory
    gauges: Mapping[Gauge, float]
    totals: Totals
    events_per_minute: float
    last_event_at: datetime | None
    faults: tuple[Fault, ...]
    failures: tuple[Failure, ...]
    timeline: tuple[TimelineEntry, ...]
    history: Mapping[str, Track]
