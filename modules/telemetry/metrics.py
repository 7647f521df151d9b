"""What Prometheus scrapes: the Recorder's counters, and gauges read off the newest snapshot."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from modules.telemetry.counters import label_text
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.snapshot import Gauge, Phase, Snapshot


class SnapshotCollector(Collector):
    """Turns the newest snapshot into gauges whenever someone scrapes."""

    def __init__(self, latest: LatestSnapshot) -> None:
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """All families, in the order in which people read them."""
        snapshot = self._latest.read()
        yield _info(snapshot)
        yield from _by_label(snapshot)
        yield _gauge("discord_guilds", "Guilds the bot is a member of.", snapshot.guild_count)
        unready = "Seconds of the current attempt to become ready."
        yield _gauge("nazh_unready_seconds", unready, snapshot.unready_seconds)
        yield _gauge("nazh_uptime_seconds", "Uptime of the process, in seconds.", snapshot.uptime_seconds)
        yield _gauge("nazh_memory_limit_bytes", "Memory limit of the container, in bytes.", snapshot.memory.limit_bytes)
        for gauge in Gauge:
            yield _gauge(f"nazh_{gauge}", gauge.text, snapshot.gauges.get(gauge))


class Metrics:
    """A registry of our own; each snapshot is rendered once, however often it is scraped.

    Args:
        latest: Where the snapshots and the counters come from.
    """

    def __init__(self, latest: LatestSnapshot) -> None:
        self._latest = latest
        self.registry = CollectorRegistry()
        self.registry.register(SnapshotCollector(latest))
        self.registry.register(latest.counters)
        ProcessCollector(registry=self.registry)
        self._rendered: dict[str, tuple[Snapshot, bytes]] = {}

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """The exposition that a client with this `Accept` header wants, and its content type."""
        if "application/openmetrics-text" in accept:
            return self._cached(openmetrics.CONTENT_TYPE_LATEST), openmetrics.CONTENT_TYPE_LATEST
        return self._cached(CONTENT_TYPE_PLAIN_0_0_4), CONTENT_TYPE_PLAIN_0_0_4

    def _cached(self, content_type: str) -> bytes:
        snapshot = self._latest.read()
        known = self._rendered.get(content_type)
        if known is not None and known[0] is snapshot:
            return known[1]
        is_openmetrics = content_type == openmetrics.CONTENT_TYPE_LATEST
        render = openmetrics.generate_latest if is_openmetrics else generate_latest
        body: bytes = render(self.registry)
        self._rendered[content_type] = (snapshot, body)
        return body


def _info(snapshot: Snapshot) -> Metric:
    build = snapshot.build
    info = InfoMetricFamily("discord_bot", "What is running.")
    info.add_metric(
        [], {"version": build.version, "commit": build.commit, "python": build.python, "discord_py": build.discord_py}
    )
    return info


def _by_label(snapshot: Snapshot) -> Iterator[Metric]:
    shard, is_ready = str(snapshot.shard_id), float(snapshot.phase is Phase.READY)
    yield _labelled("discord_connected", "1 while the shard is ready to answer commands.", "shard", {shard: is_ready})
    latency = {shard: snapshot.latency_seconds}
    yield _labelled("discord_latency_seconds", "Round trip of the last heartbeat.", "shard", latency)
    phases = {phase.value: float(phase is snapshot.phase) for phase in Phase}
    yield _labelled("nazh_phase", "1 for the phase the process is in, 0 for the others.", "phase", phases)
    faults = {label_text(fault.component): 1.0 for fault in snapshot.faults}
    yield _labelled("nazh_fault", "1 for each active fault.", "component", faults)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float | None]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        if value is not None:
            family.add_metric([key], value)
    return family


def _gauge(name: str, text: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, text)
    # An unknown value has no sample: a zero would be taken for a measurement.
    if value is not None:
        family.add_metric([], value)
    return family
