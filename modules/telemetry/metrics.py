"""The snapshot as Prometheus and OpenMetrics text. Nothing is counted here: a scrape costs the event loop nothing."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.snapshot import Count, Gauge, Histogram, Phase, Snapshot

GAUGE_HELP: Final[Mapping[Gauge, str]] = MappingProxyType(
    {
        Gauge.BACKOFF_SECONDS: "Length of the wait before the next attempt, 0 when none is on.",
        Gauge.INVALID_REQUESTS: "Requests that Discord refused within the last ten minutes (401, 403, 429).",
        Gauge.IDENTIFY_REMAINING: "Sessions that Discord still lets this bot start today.",
        Gauge.PACING_QUEUE: "Requests that wait for their turn below Discord's rate limit.",
        Gauge.PACING_WAIT_SECONDS: "Expected wait of a request that joins the pacing queue now.",
        Gauge.MUTED_CHANNELS: "Channels left alone for a while because the bot may not speak there.",
    }
)
COUNT_HELP: Final[Mapping[Count, str]] = MappingProxyType(
    {
        Count.LOG_RECORDS_DROPPED: "Log records dropped because the disk was slower than the bot.",
        Count.MALFORMED_EVENTS: "Gateway events that could not be understood and were dropped.",
        Count.RECONNECTS: "Times the gateway connection was lost.",
        Count.RESUMES: "Times a gateway session was resumed.",
        Count.COMMANDS_SHED: "Commands refused kindly because the pacing queue was too long.",
        Count.SEND_RETRIES: "Messages that had to be sent again.",
        Count.DUPLICATES_AVOIDED: "Messages not answered because another process had answered them.",
        Count.INTERACTIONS_EXPIRED: "Interactions that Discord no longer accepted an answer to.",
    }
)


class SnapshotCollector(Collector):
    """Turns the newest snapshot into metric families whenever someone scrapes."""

    def __init__(self, board: LatestSnapshot) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        """All families, in the order in which people read them."""
        snapshot = self._board.read()
        yield from _connection(snapshot)
        yield from _work(snapshot)
        yield from _internals(snapshot)


class Metrics:
    """A registry of our own; each snapshot is rendered once, however often it is scraped.

    Args:
        board: Where the snapshots come from.
    """

    def __init__(self, board: LatestSnapshot) -> None:
        self._board = board
        # The library's global one refuses the same names a second time, and a process may have two applications.
        self.registry = CollectorRegistry()
        self.registry.register(SnapshotCollector(board))
        ProcessCollector(registry=self.registry)
        self._rendered: dict[str, tuple[Snapshot, bytes]] = {}

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """The exposition that a client with this `Accept` header wants, and its content type."""
        if "application/openmetrics-text" in accept:
            return self._cached(openmetrics.CONTENT_TYPE_LATEST), openmetrics.CONTENT_TYPE_LATEST
        return self._cached(CONTENT_TYPE_PLAIN_0_0_4), CONTENT_TYPE_PLAIN_0_0_4

    def _cached(self, content_type: str) -> bytes:
        snapshot = self._board.read()
        known = self._rendered.get(content_type)
        if known is not None and known[0] is snapshot:
            return known[1]
        is_openmetrics = content_type == openmetrics.CONTENT_TYPE_LATEST
        render = openmetrics.generate_latest if is_openmetrics else generate_latest
        body: bytes = render(self.registry)
        self._rendered[content_type] = (snapshot, body)
        return body


def _connection(snapshot: Snapshot) -> Iterator[Metric]:
    build = snapshot.build
    info = InfoMetricFamily("discord_bot", "What is running.")
    info.add_metric(
        [], {"version": build.version, "commit": build.commit, "python": build.python, "discord_py": build.discord_py}
    )
    yield info
    connected = GaugeMetricFamily("discord_connected", "1 while the shard answers commands.", labels=["shard"])
    latency = GaugeMetricFamily("discord_latency_seconds", "Round trip of the last heartbeat.", labels=["shard"])
    for shard in snapshot.shards:
        connected.add_metric([str(shard.shard_id)], float(shard.state is Phase.READY))
        if shard.latency_seconds is not None:
            latency.add_metric([str(shard.shard_id)], shard.latency_seconds)
    yield connected
    yield latency
    yield _gauge("discord_guilds", "Guilds the bot is a member of.", snapshot.guild_count)
    phases = GaugeMetricFamily("nazh_phase", "1 for the phase the process is in, 0 for the others.", labels=["phase"])
    for phase in Phase:
        phases.add_metric([phase.value], float(phase is snapshot.phase))
    yield phases
    yield _gauge(
        "nazh_unready_seconds", "How long the process has tried in vain to become ready.", snapshot.unready_seconds
    )
    yield _gauge("nazh_uptime_seconds", "How long the process has run.", snapshot.uptime_seconds)


def _work(snapshot: Snapshot) -> Iterator[Metric]:
    totals = snapshot.totals
    yield _counter("discord_commands", "Commands finished.", ("command", "status"), totals.commands.items())
    yield _histogram("discord_command_duration_seconds", "From a command to its answer.", totals.command_seconds)
    yield _counter(
        "discord_http_requests",
        "Answers of Discord's REST interface.",
        ("method", "status"),
        totals.rest_requests.items(),
    )
    yield _counter("discord_ratelimits", "Rate limits hit.", ("scope",), _single(totals.rate_limits))
    yield _counter("discord_gateway_events", "Dispatches of the gateway.", ("event",), _single(totals.gateway_events))
    yield _counter("nazh_rolls", "Rolls made.", ("outcome",), _single(totals.rolls))
    yield _counter("nazh_dice", "Dice thrown.", ("sides",), _single(totals.dice))


def _internals(snapshot: Snapshot) -> Iterator[Metric]:
    yield _histogram(
        "discord_event_loop_lag_seconds", "How late the event loop's beats were.", snapshot.totals.loop_lag_seconds
    )
    for gauge, text in GAUGE_HELP.items():
        yield _gauge(f"nazh_{gauge}", text, snapshot.gauges.get(gauge))
    for count, text in COUNT_HELP.items():
        yield CounterMetricFamily(f"nazh_{count}", text, value=snapshot.totals.counts[count])
    yield _gauge("nazh_memory_limit_bytes", "Memory the container may use.", snapshot.memory.limit_bytes)
    faults = GaugeMetricFamily("nazh_fault", "1 for each trouble that some part reports.", labels=["component"])
    for fault in snapshot.faults:
        faults.add_metric([_text(fault.component)], 1.0)
    yield faults


def _text(value: object) -> str:
    """A label's value that can be written: a single bad one would cost the whole page."""
    return str(value).encode(errors="replace").decode()


def _single(counts: Mapping[str, int]) -> Iterable[tuple[tuple[str], int]]:
    return (((label,), count) for label, count in counts.items())


def _gauge(name: str, text: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, text)
    # What is unknown has no sample: a zero would be taken for a measurement.
    if value is not None:
        family.add_metric([], value)
    return family


def _counter(name: str, text: str, labels: tuple[str, ...], counts: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in counts:
        family.add_metric([_text(value) for value in values], count)
    return family


def _histogram(name: str, text: str, histogram: Histogram) -> Metric:
    buckets: list[tuple[str, float]] = []
    seen = 0
    for bound, count in zip((*histogram.bounds, float("inf")), histogram.counts, strict=True):
        # In Prometheus each bucket also holds all that the smaller ones hold.
        seen += count
        buckets.append(("+Inf" if bound == float("inf") else str(bound), seen))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=histogram.total)
