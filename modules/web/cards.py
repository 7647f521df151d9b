"""The cards of the dashboard: first what players notice, then what explains it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modules.telemetry.snapshot import Gauge, Snapshot
from modules.web.words import count_text, memory_text, milliseconds_text, percent_text, rate_text


@dataclass(frozen=True, slots=True)
class Card:
    """One measurement of the page.

    Attributes:
        name: Its key among the texts and paths.
        label: What people call it.
        track: The history behind its two lines.
        text: A measured value in words.
        value: The value of now.
        note: One short line below it.
        meaning: What it measures, for whoever asks.
        unit: What stands behind the number, after a unit of its own.
    """

    name: str
    label: str
    track: str
    text: Callable[[float | None], str]
    value: Callable[[Snapshot], float | None]
    note: Callable[[Snapshot], str]
    meaning: str
    unit: str = ""


def _latency_note(snapshot: Snapshot) -> str:
    if snapshot.latency_seconds is not None:
        return "last heartbeat"
    return "not connected" if snapshot.was_ready else "no heartbeat yet"


def _percentiles_note(snapshot: Snapshot) -> str:
    found = snapshot.command_percentiles
    half, most = (milliseconds_text(value).replace(" ", "\N{NO-BREAK SPACE}") for value in (found.p50, found.p99))
    return f"50\N{NO-BREAK SPACE}%:\N{NO-BREAK SPACE}{half} · 99\N{NO-BREAK SPACE}%:\N{NO-BREAK SPACE}{most}"


def _errors_note(snapshot: Snapshot) -> str:
    if snapshot.error_ratio is None:
        return "no commands in 5 min"
    return f"{percent_text(snapshot.error_ratio)} of commands in 5 min"


def _lag_note(snapshot: Snapshot) -> str:
    return "not measured here" if snapshot.loop_lag_seconds is None else "worst in the last second"


def _memory_note(snapshot: Snapshot) -> str:
    used, limit = snapshot.memory.used_bytes, snapshot.memory.limit_bytes
    share = f" ({percent_text(used / limit)})" if used is not None and limit else ""
    return f"of {memory_text(limit)}{share}"


def _rest_note(snapshot: Snapshot) -> str:
    count = snapshot.recent_rate_limits
    return f"{count_text(count)} rate limit{'' if count == 1 else 's'} in 10 min"


def _pacing_note(snapshot: Snapshot) -> str:
    wait_seconds = snapshot.gauges.get(Gauge.PACING_WAIT_SECONDS, 0)
    return f"the next for {milliseconds_text(wait_seconds)}" if wait_seconds else "nothing waits"


def _recording_note(snapshot: Snapshot) -> str:
    rows, size = snapshot.gauges.get(Gauge.LEDGER_ROWS), snapshot.gauges.get(Gauge.DATABASE_BYTES)
    if rows is None or size is None:
        return "no database"
    return f"{count_text(rows)} rolls · {memory_text(size)}"


CARDS: Final = (
    Card(
        name="latency",
        label="Gateway latency",
        track="latency_seconds",
        text=milliseconds_text,
        value=lambda s: s.latency_seconds,
        note=_latency_note,
        meaning="How long a heartbeat took to Discord and back. Above a second the network or Discord is slow.",
    ),
    Card(
        name="duration",
        label="Answer time",
        unit="for 95 %",
        track="command_seconds",
        text=milliseconds_text,
        value=lambda s: s.command_percentiles.p95,
        note=_percentiles_note,
        meaning="From the arrival of a command to its answer: 95 of 100 commands of the last ten minutes took no "
        "longer. The lines show the slowest command.",
    ),
    Card(
        name="commands",
        label="Commands",
        unit="/min",
        track="commands_per_minute",
        text=rate_text,
        value=lambda s: s.commands_per_minute,
        note=lambda s: f"{count_text(sum(s.totals.commands.values()))} in all",
        meaning="Commands that ended within the last minute, well or not; in all, since this process started.",
    ),
    Card(
        name="errors",
        label="Errors",
        unit="/min",
        track="errors_per_minute",
        text=rate_text,
        value=lambda s: s.history["errors_per_minute"].last_minute(),
        note=_errors_note,
        meaning="Commands that failed within the last minute through a fault of the bot or of Discord; a slip of a "
        "player's is no error.",
    ),
    Card(
        name="lag",
        label="Event loop lag",
        track="loop_lag_seconds",
        text=milliseconds_text,
        value=lambda s: s.loop_lag_seconds,
        note=_lag_note,
        meaning="How late the process gets to its work. Everything waits that long; players notice half a second.",
    ),
    Card(
        name="memory",
        label="Memory",
        track="memory_bytes",
        text=memory_text,
        value=lambda s: s.memory.used_bytes,
        note=_memory_note,
        meaning="What the process holds, of what its container or machine allows.",
    ),
    Card(
        name="rest",
        label="Requests to Discord",
        unit="/min",
        track="rest_per_minute",
        text=rate_text,
        value=lambda s: s.rest_per_minute,
        note=_rest_note,
        meaning="HTTP requests within the last minute; each answer is one. A rate limit is Discord's status 429 (too "
        "many requests): the bot waits and sends again.",
    ),
    Card(
        name="pacing",
        label="Requests waiting",
        track="pacing_queue",
        text=count_text,
        value=lambda s: s.gauges.get(Gauge.PACING_QUEUE, 0),
        note=_pacing_note,
        meaning="Requests that wait for their turn, because Discord takes only so many a second.",
    ),
    Card(
        name="recording",
        label="Recording a roll",
        track="commit_seconds",
        text=milliseconds_text,
        value=lambda s: s.history["commit_seconds"].last_minute(),
        note=_recording_note,
        meaning="How long the database took to record the rolls of the slowest second of the last minute; an answer "
        "waits for it, a quarter of a second at most.",
    ),
)
"""In the order of the page."""
