"""Everything counted since the process started: prometheus_client's own counters and histograms.

To add one, add a member to `Count`, or for one with labels an attribute to `Counters`: `/metrics` has it from then on.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.samples import Sample

from modules.telemetry.snapshot import Count, Totals

COMMAND_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COMMIT_BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LAG_BOUNDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NAMED_SIDES: Final = frozenset({"2", "3", "4", "6", "8", "10", "12", "20", "100"})
"""Dice with a row of their own; all others share the row `other`."""
SCOPES: Final = frozenset({"user", "shared", "global", "edge"})
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class BoundedCounter:
    """A counter with labels, of which the first becomes `overflow` where it is not among `known`, or the table is full.

    So nothing that Discord or a player sends can make the number of series grow without bound.

    Args:
        counter: Counts.
        capacity: How many label sets it may have.
        overflow: The first label of all others.
        known: What the first label may be; None for anything.
    """

    __slots__ = ("_capacity", "_children", "_counter", "_known", "_overflow")

    def __init__(
        self, counter: Counter, capacity: int, overflow: str = "other", known: Collection[str] | None = None
    ) -> None:
        self._counter, self._capacity, self._overflow, self._known = counter, capacity, overflow, known
        self._children: dict[tuple[str, ...], Counter] = {}

    def add(self, *labels: str, amount: int = 1) -> None:
        """Count `amount` more under these labels."""
        child = self._children.get(labels)
        if child is None:
            is_known = self._known is None or labels[0] in self._known
            if not is_known or len(self._children) >= self._capacity:
                labels = (self._overflow, *labels[1:])
            child = self._children.setdefault(labels, self._counter.labels(*map(label_text, labels)))
        child.inc(amount)

    def frozen(self) -> Mapping[tuple[str, ...], int]:
        """A copy by labels that other threads may read."""
        samples = _totals_of(self._counter)
        return MappingProxyType({tuple(sample.labels.values()): int(sample.value) for sample in samples})

    def frozen_single(self) -> Mapping[str, int]:
        """The same for a counter with one label."""
        return MappingProxyType({label: count for (label,), count in self.frozen().items()})


class Counters:
    """All counters and histograms; see `Totals`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Nobody charts the `_created` series.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=registry)

        self.commands = BoundedCounter(counter("discord_commands", "Commands finished.", "command", "status"), 192)
        self.rest = BoundedCounter(
            counter("discord_http_requests", "Responses of Discord's REST API.", "method", "status"),
            256,
            "OTHER",
            METHODS,
        )
        self.rate_limits = BoundedCounter(counter("discord_ratelimits", "Rate limits hit.", "scope"), 16, known=SCOPES)
        self.events = BoundedCounter(
            counter("discord_gateway_events", "Events received from the gateway.", "event"), 128, "OTHER"
        )
        self.rolls = BoundedCounter(counter("nazh_rolls", "Rolls made.", "outcome"), 16)
        self.dice = BoundedCounter(counter("nazh_dice", "Dice rolled.", "sides"), 16, known=NAMED_SIDES)
        self._counts = {count: counter(f"nazh_{count}", count.text) for count in Count}
        self.command_seconds = Histogram(
            "discord_command_duration_seconds",
            "Time from a command's arrival to its answer, in seconds.",
            buckets=COMMAND_BOUNDS,
            registry=registry,
        )
        self.commit_seconds = Histogram(
            "nazh_ledger_commit_seconds",
            "Time to commit a group of rolls, in seconds.",
            buckets=COMMIT_BOUNDS,
            registry=registry,
        )
        self.lag_seconds = Histogram(
            "discord_event_loop_lag_seconds",
            "Lag of the event loop: how late its heartbeats were, in seconds.",
            buckets=LAG_BOUNDS,
            registry=registry,
        )

    def count(self, count: Count, amount: int = 1) -> None:
        """Count `amount` more of something."""
        self._counts[count].inc(amount)

    def total(self, count: Count) -> int:
        """How many there were."""
        return int(_totals_of(self._counts[count])[0].value)

    def frozen(self) -> Totals:
        """A copy that other threads may read."""
        return Totals(
            commands=self.commands.frozen(),
            rest_requests=self.rest.frozen(),
            rate_limits=self.rate_limits.frozen_single(),
            gateway_events=self.events.frozen_single(),
            rolls=self.rolls.frozen_single(),
            dice=self.dice.frozen_single(),
            counts=MappingProxyType({count: self.total(count) for count in Count}),
        )


def label_text(value: object) -> str:
    """A label's value that can be written: a single bad one would cost the whole page."""
    return str(value).encode(errors="replace").decode()


def _totals_of(counter: Counter) -> list[Sample]:
    return [sample for metric in counter.collect() for sample in metric.samples if sample.name.endswith("_total")]
