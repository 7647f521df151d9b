"""Details for the signed-in operator: build, settings, faults, gauges and counters."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from modules.telemetry.durations import duration_text
from modules.telemetry.snapshot import Fault, Gauge, Snapshot
from modules.web.words import count_text

ROWS_SHOWN: Final = 20

GAUGES: Final = (
    (Gauge.BACKOFF_SECONDS, "length of the wait", duration_text),
    (Gauge.INVALID_REQUESTS, "refused requests in 10 min", count_text),
    (Gauge.IDENTIFY_REMAINING, "session starts left", count_text),
    (Gauge.PACING_QUEUE, "requests in the queue", count_text),
    (Gauge.MUTED_CHANNELS, "muted channels", count_text),
    (Gauge.LEDGER_QUEUE, "rolls to be recorded", count_text),
)

Row = dict[str, str]


def details_of(snapshot: Snapshot, configuration: Mapping[str, str]) -> dict[str, list[Row]]:
    """The rows of every panel of details, by the panel's name.

    Args:
        snapshot: The newest.
        configuration: The settings in force, secrets masked.
    """
    totals = snapshot.totals
    counted: dict[str, Mapping[str, int]] = {
        "commands": {" ".join(label): count for label, count in totals.commands.items()},
        "requests": {" ".join(label): count for label, count in totals.rest_requests.items()},
        "events": totals.gateway_events,
        "counts": {kind.replace("_", " "): count for kind, count in totals.counts.items()},
    }
    return {
        "faults": _rows((fault.component, _fault_text(fault)) for fault in snapshot.faults),
        "state": _rows(_state(snapshot)),
        "running": _rows(_running(snapshot)),
        **{name: _ranked(counts) for name, counts in counted.items()},
        "settings": _rows(configuration.items()),
    }


def _fault_text(fault: Fault) -> str:
    until = f" until {fault.until_at:%H:%M} UTC" if fault.until_at else ""
    return f"{fault.reason}{until} (nobody is answered)" if fault.blocking else f"{fault.reason}{until}"


def _state(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    yield "phase", snapshot.phase.replace("_", " ")
    yield "for", duration_text(snapshot.phase_seconds)
    yield "tried in vain for", duration_text(snapshot.unready_seconds)
    for gauge, name, text in GAUGES:
        if gauge in snapshot.gauges:
            yield name, text(snapshot.gauges[gauge])


def _running(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    build = snapshot.build
    yield "version", build.version
    yield "commit", build.commit
    yield "Python", build.python
    yield "discord.py", build.discord_py
    yield "started", f"{snapshot.started_at:%Y-%m-%d %H:%M:%S}"


def _rows(pairs: Iterable[tuple[str, str]]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in pairs]


def _ranked(counts: Mapping[str, int]) -> list[Row]:
    most = sorted(counts.items(), key=lambda pair: -pair[1])[:ROWS_SHOWN]
    return _rows((label, count_text(count)) for label, count in most)
