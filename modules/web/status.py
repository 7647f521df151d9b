"""`/api/status`: facts for programs, and the texts, paths and rows that the page shows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from modules.telemetry.durations import duration_text
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.snapshot import Snapshot
from modules.telemetry.status import STALE_SECONDS, summary_of
from modules.web.view import Page, page_of


class StatusView:
    """Builds the status document; each snapshot is turned into a page once, however often it is requested.

    Args:
        latest: Where the loop publishes its snapshots.
        configuration: The settings in force, secrets masked; for the operator alone.
    """

    def __init__(self, latest: LatestSnapshot, configuration: Mapping[str, str] = MappingProxyType({})) -> None:
        self._latest, self._configuration = latest, configuration
        self._pages: dict[bool, tuple[Snapshot, Page]] = {}

    def status(self, *, is_operator: bool) -> dict[str, Any]:
        """The document: counts and times only, no name or id of anyone."""
        # The summary is no part of the page that is kept: it also changes while no new snapshot comes.
        snapshot, summary = self._latest.read(), summary_of(self._latest)
        page = self._page(snapshot, is_operator=is_operator)
        until = summary.until_at
        left = f"Next try in {duration_text((until - snapshot.taken_at).total_seconds())}." if until else ""
        answer = f"{summary.answer} {left}" if until and until > snapshot.taken_at else summary.answer
        texts = {"headline": summary.headline, "reason": summary.reason or "", "answer": answer, **page.texts}
        return {
            "verdict": summary.text,
            "tone": summary.tone,
            "is_stale": self._latest.snapshot_age_seconds() >= STALE_SECONDS,
            **_facts(snapshot),
            "texts": texts,
            "paths": page.paths,
            "rows": page.rows,
        }

    def _page(self, snapshot: Snapshot, *, is_operator: bool) -> Page:
        known = self._pages.get(is_operator)
        if known is None or known[0] is not snapshot:
            page = page_of(snapshot, is_operator=is_operator, configuration=self._configuration)
            known = self._pages[is_operator] = (snapshot, page)
        return known[1]


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    until_at, lag = snapshot.until_at, snapshot.loop_lag_seconds
    percentiles = snapshot.command_percentiles
    return {
        "taken_at": snapshot.taken_at.isoformat(timespec="seconds"),
        "phase": snapshot.phase.value,
        "until_at": until_at.isoformat(timespec="seconds") if until_at else None,
        "version": snapshot.build.version,
        "commit": snapshot.build.commit,
        "uptime_seconds": round(snapshot.uptime_seconds, 1),
        "guild_count": snapshot.guild_count,
        "latency_seconds": snapshot.latency_seconds,
        "loop_lag_seconds": None if lag is None else round(lag, 4),
        "command_seconds": {"p50": percentiles.p50, "p95": percentiles.p95, "p99": percentiles.p99},
        "command_count": sum(snapshot.totals.commands.values()),
        "commands_per_minute": round(snapshot.commands_per_minute, 2),
        "error_ratio": snapshot.error_ratio,
        "rest_per_minute": round(snapshot.rest_per_minute, 2),
        "rate_limit_count": snapshot.recent_rate_limits,
        "memory_bytes": snapshot.memory.used_bytes,
        "memory_limit_bytes": snapshot.memory.limit_bytes,
        "dice_count": sum(snapshot.totals.dice.values()),
    }
