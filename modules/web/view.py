"""The page as plain values: texts, paths and rows, rendered by the template and then updated by the script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from modules.telemetry.durations import duration_text
from modules.telemetry.phases import WORDS
from modules.telemetry.snapshot import Count, Phase, Snapshot
from modules.web.cards import CARDS
from modules.web.details import Row, details_of
from modules.web.drawing import area_path, bars_path, line_path
from modules.web.failures import failure_rows
from modules.web.words import (
    UNKNOWN_TEXT,
    clock_text,
    count_text,
    milliseconds_text,
    moment_text,
    percent_text,
)

SHORT_POINTS: Final = 60
LONG_POINTS: Final = 96
FULLY: Final = 0.999
MOSTLY: Final = 0.9
DICE_ORDER: Final = ("2", "3", "4", "6", "8", "10", "12", "20", "100", "other")
TIMELINE_SHOWN: Final = 12
DAY_SHOWN_FROM_SECONDS: Final = 3600
"""With a shorter uptime the line of the day shows no more than that of ten minutes."""

TIMELINE_TONES: Final[Mapping[str, str]] = {
    "ready": "good",
    "resumed": "good",
    "connected": "good",
    "disconnected": "bad",
    "waiting": "warn",
    "rate_limit": "warn",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page that changes.

    Attributes:
        texts: By the name of the place where each stands.
        paths: SVG path data, likewise.
        rows: Tables and lists, each row by the names of its cells.
    """

    texts: Mapping[str, str]
    paths: Mapping[str, str]
    rows: Mapping[str, list[Row]]


def page_of(
    snapshot: Snapshot, *, is_operator: bool = False, configuration: Mapping[str, str] = MappingProxyType({})
) -> Page:
    """The page of one snapshot; only a signed-in operator sees the rows of `details`, and with them `configuration`."""
    rows = {
        "shards": [_shard(snapshot)],
        "dice": _dice(snapshot),
        "failures": failure_rows(snapshot, is_operator=is_operator),
        "happenings": list(_timeline(snapshot)),
    }
    if is_operator:
        rows |= details_of(snapshot, configuration)
    texts, paths = dict(_texts(snapshot)), dict(_availability_paths(snapshot))
    _draw(snapshot, texts, paths)
    return Page(texts, paths, rows)


def _texts(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    yield "uptime", duration_text(snapshot.uptime_seconds)
    yield "guilds", count_text(snapshot.guild_count)
    yield "taken", clock_text(snapshot.taken_at)
    yield "availability", percent_text(_availability(snapshot))
    yield "dice-thrown", count_text(sum(snapshot.totals.dice.values()))
    for card in CARDS:
        number, _, unit = card.text(card.value(snapshot)).partition(" ")
        yield card.name, number
        yield f"{card.name}-unit", f"{unit} {card.unit}".strip() if number != UNKNOWN_TEXT else ""
        yield f"{card.name}-note", card.note(snapshot)


def _draw(snapshot: Snapshot, texts: dict[str, str], paths: dict[str, str]) -> None:
    for card in CARDS:
        track = snapshot.history[card.track]
        recent = track.recent(SHORT_POINTS)
        day = track.busiest(LONG_POINTS) if snapshot.uptime_seconds >= DAY_SHOWN_FROM_SECONDS else ()
        top = _highest(recent)
        # The last ten minutes are part of the day, and of its minutes the one under way is not over yet.
        day_top = max(top, _highest(day)) if day else 0.0
        for span, values, peak in (("short", recent, top), ("long", day, day_top)):
            rate = card.unit if card.unit.startswith("/") else ""
            texts[f"{card.name}-{span}-peak"] = f"peak {card.text(peak)}{rate}" if peak else ""
            paths[f"{card.name}-{span}"] = line_path(values, peak)
        paths[f"{card.name}-area"] = area_path(paths[f"{card.name}-short"])


def _highest(values: Sequence[float | None]) -> float:
    return max((value for value in values if value is not None), default=0.0)


def _availability(snapshot: Snapshot) -> float | None:
    track = snapshot.history["ready"]
    (day,) = track.average(1)
    # In its first minute a process has no minute to show yet.
    return track.recent_average() if day is None else day


def _availability_paths(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    track = snapshot.history["ready"]
    shares = track.average(LONG_POINTS)
    known = [-1.0 if share is None else share for share in shares]
    # A path has one colour, so each kind of bar is a path of its own.
    yield "ready-good", bars_path([1.0 if share >= FULLY else None for share in known])
    yield "ready-warn", bars_path([0.7 if MOSTLY <= share < FULLY else None for share in known])
    yield "ready-bad", bars_path([0.4 if 0 <= share < MOSTLY else None for share in known])
    yield "ready-none", bars_path([0.08 if share < 0 else None for share in known])


def _shard(snapshot: Snapshot) -> Row:
    words, of_all = WORDS[snapshot.phase], f" of {snapshot.shard_count}" if snapshot.shard_count > 1 else ""
    return {
        "shard": f"{snapshot.shard_id}{of_all}",
        "state": words.word if snapshot.phase is not Phase.READY else "Ready",
        "tone": words.tone,
        "latency": milliseconds_text(snapshot.latency_seconds),
        "guilds": count_text(snapshot.guild_count),
        "events": count_text(snapshot.events_per_minute),
        "resumes": count_text(snapshot.totals.counts[Count.RESUMES]),
        "last": clock_text(snapshot.last_event_at),
    }


def _dice(snapshot: Snapshot) -> list[Row]:
    dice = snapshot.totals.dice
    most = max(dice.values(), default=1)
    return [
        {
            "die": f"d{sides}" if sides.isdecimal() else sides,
            "count": count_text(dice[sides]),
            # At least a sliver: a few throws beside thousands would have no bar at all.
            "width": f"{max(dice[sides] / most * 100, 0.5):.1f}",
        }
        for sides in DICE_ORDER
        if sides in dice
    ]


def _timeline(snapshot: Snapshot) -> Iterator[Row]:
    for entry in snapshot.timeline[:TIMELINE_SHOWN]:
        times = f"\N{MULTIPLICATION SIGN} {entry.count}" if entry.count > 1 else ""
        tone = TIMELINE_TONES.get(entry.kind, "calm")
        yield {
            "time": moment_text(entry.at, snapshot.taken_at),
            "text": entry.text,
            "times": times,
            "tone": tone,
        }
