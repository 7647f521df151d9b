"""The eight cards: what players feel first, then what explains it. A further card is a further entry."""

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
        unit: What stands behind the number, after a unit of its own.
        track: The history behind its two lines.
        text: A measured value in words.
        value: The value of now.
        note: One short line below it.
    """

    name: str
    label: str
    unit: str
    track: str
    text: Callable[[float | None], str]
    value: Callable[[Snapshot], float | None]
    note: Callable[[Snapshot], str]


def _latency_note(snapshot: Snapshot) -> str:
    if snapshot.latency_seconds is not None:
        return "last heartbeat"
    return "not connected" if snapshot.was_ready else "no heartbeat yet"


def _percentiles_note(snapshot: Snapshot) -> str:
    found = snapshot.command_percentiles
    p50, p99 = (milliseconds_text(value).replace(" ", "\N{NO-BREAK SPACE}") for value in (found.p50, found.p99))
    return f"p50\N{NO-BREAK SPACE}{p50} · p99\N{NO-BREAK SPACE}{p99}"


def _errors_note(snapshot: Snapshot) -> str:
    return f"{count_text(snapshot.recent_errors)} in 5 min"


def _memory_note(snapshot: Snapshot) -> str:
    used, limit = snapshot.memory.used_bytes, snapshot.memory.limit_bytes
    share = f" ({percent_text(used / limit)})" if used is not None and limit else ""
    return f"of {memory_text(limit)}{share}"


def _pacing_note(snapshot: Snapshot) -> str:
    wait_seconds = snapshot.gauges.get(Gauge.PACING_WAIT_SECONDS, 0)
    return f"next waits {milliseconds_text(wait_seconds)}" if wait_seconds else "nothing waits"


CARDS: Final = (
    Card(
        name="latency",
        label="Gateway latency",
        unit="",
        track="latency_seconds",
        text=milliseconds_text,
        value=lambda s: s.latency_seconds,
        note=_latency_note,
    ),
    Card(
        name="duration",
        label="Command time",
        unit="p95",
        track="command_seconds",
        text=milliseconds_text,
        value=lambda s: s.command_percentiles.p95,
        note=_percentiles_note,
    ),
    Card(
        name="commands",
        label="Commands",
        unit="/min",
        track="commands_per_minute",
        text=rate_text,
        value=lambda s: s.commands_per_minute,
        note=lambda s: f"{count_text(sum(s.totals.commands.values()))} in all",
    ),
    Card(
        name="errors",
        label="Errors",
        unit="",
        track="errors_per_minute",
        text=rate_text,
        value=lambda s: s.error_ratio,
        note=_errors_note,
    ),
    Card(
        name="lag",
        label="Event loop lag",
        unit="",
        track="loop_lag_seconds",
        text=milliseconds_text,
        value=lambda s: s.loop_lag_seconds,
        note=lambda _: "in the last second",
    ),
    Card(
        name="memory",
        label="Memory",
        unit="",
        track="memory_bytes",
        text=memory_text,
        value=lambda s: s.memory.used_bytes,
        note=_memory_note,
    ),
    Card(
        name="rest",
        label="REST requests",
        unit="/min",
        track="rest_per_minute",
        text=rate_text,
        value=lambda s: s.rest_per_minute,
        note=lambda s: f"{count_text(s.recent_rate_limits)} \N{MULTIPLICATION SIGN} 429 in 10 min",
    ),
    Card(
        name="pacing",
        label="Pacing queue",
        unit="",
        track="pacing_queue",
        text=count_text,
        value=lambda s: s.gauges.get(Gauge.PACING_QUEUE, 0),
        note=_pacing_note,
    ),
)
"""In the order of the page."""
