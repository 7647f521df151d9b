"""Collects measurements. Every method is called on the event loop's thread and costs microseconds."""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from modules.telemetry.counters import Counters
from modules.telemetry.history import History
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.memory import open_memory_gauge
from modules.telemetry.phases import PhaseTracker, plain
from modules.telemetry.quantiles import DurationWindow
from modules.telemetry.second import Second
from modules.telemetry.snapshot import Build, Count, Failure, Fault, Gauge, Memory, Phase, Snapshot

BEAT_SECONDS: Final = 0.25
"""How often the loop calls `Recorder.beat`; the delay of a call is the loop's lag."""
FAILURES_KEPT: Final = 50
ERROR_WINDOW_SECONDS: Final = 300


class Recorder:
    """Collects what the bot and the runtime report, and publishes it once a second.

    Args:
        latest: Where the snapshots go; the first is published at once.
        build: What is running.
        shard_id: This process's shard.
        shard_count: Shards of the whole bot.
        clock: Monotonic clock, in seconds.
        now: The time of day, in UTC.
        memory: Tells how much memory is held; by default reads procfs and cgroups.
    """

    def __init__(
        self,
        latest: LatestSnapshot,
        *,
        build: Build | None = None,
        shard_id: int = 0,
        shard_count: int = 1,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        memory: Callable[[], Memory] | None = None,
    ) -> None:
        self._latest, self._clock, self._now = latest, clock, now
        self._memory = memory or open_memory_gauge()
        self.build = build or Build()
        self._shard_id, self._shard_count = shard_id, shard_count
        self._started = self._sampled = clock()
        self._started_at = now()
        self._beat: float | None = None
        self._latency: float | None = None
        self._guild_count: int | None = None
        self._last_event_at: datetime | None = None
        self._phases = PhaseTracker(clock, now)
        self._counters = Counters(latest.counters)
        self._window = DurationWindow()
        self._history = History()
        # Off where somebody else works on the same loop, as in the demo: the lag would be theirs.
        self.measures_lag = True
        self._second = Second()
        self._gauges: dict[Gauge, float] = {Gauge.BACKOFF_SECONDS: 0.0}
        self._faults: dict[str, Fault] = {}
        self._failures = deque[Failure](maxlen=FAILURES_KEPT)
        self.add_to_timeline("started", f"Started version {self.build.version} ({self.build.commit[:7]})")
        self.publish()

    def set_phase(self, phase: Phase, *, reason: str | None = None, until_at: datetime | None = None) -> None:
        """Set the phase of the process.

        Args:
            phase: The new phase.
            reason: Why, in our own words fit for the public page; never an exception's text.
            until_at: When a wait is to end, in UTC.
        """
        self._phases.enter(phase, reason, until_at)

    def gateway_event(self, name: str) -> None:
        """Count one dispatch of the gateway, such as `MESSAGE_CREATE`."""
        self._counters.events.add(name if isinstance(name, str) else "malformed")
        self._second.events += 1
        self._last_event_at = self._now()

    def gateway_latency(self, seconds: float | None) -> None:
        """The last heartbeat's round trip; what is not a finite number counts as unknown."""
        self._latency = seconds if seconds is not None and math.isfinite(seconds) else None

    def guild_count(self, count: int) -> None:
        """How many guilds this shard serves."""
        self._guild_count = count

    def command_finished(
        self,
        command: str,
        status: str,
        duration_seconds: float,
        *,
        kind: str | None = None,
        incident: str | None = None,
    ) -> None:
        """Count one finished command.

        Args:
            command: The registered command's name; never a user's text.
            status: `ok`, `refused` or `error`.
            duration_seconds: From the message's arrival to the answer's.
            kind: Of an error: the name of its class, shown in public.
            incident: Of an error: the id the user was told, shown to a signed-in operator.
        """
        self._counters.commands.add(command, status)
        self._counters.command_seconds.observe(duration_seconds)
        self._window.observe(duration_seconds, self._clock())
        second = self._second
        second.commands += 1
        second.slowest_seconds = max(second.slowest_seconds or 0.0, duration_seconds)
        if status == "error":
            second.errors += 1
            self._failures.appendleft(Failure(self._now(), plain(kind or "error"), command, incident))

    def rest_request(self, method: str, status: int) -> None:
        """Count one answer of Discord's REST interface."""
        self._counters.rest.add(method, str(status) if 100 <= status < 600 else "0")
        self._second.rest += 1
        self._second.rate_limits += status == 429

    def rate_limited(self, scope: str) -> None:
        """Count one rate limit hit; `scope` is `user`, `shared`, `global` or `edge`."""
        self._counters.rate_limits.add(scope)
        if scope == "global":
            self.add_to_timeline("rate_limit", "Discord's global rate limit was reached")

    def connected(self) -> None:
        """The gateway accepted a new session; `Phase.READY` follows once its guilds are known."""
        self.add_to_timeline("connected", "Connected to Discord")
        if self._phases.phase is Phase.DISCONNECTED:
            self._phases.move(Phase.CONNECTING)

    def disconnected(self) -> None:
        """The gateway connection is gone."""
        self._latency = None
        if self._phases.phase is Phase.READY:
            self.count(Count.RECONNECTS)
            self._phases.enter(Phase.DISCONNECTED)

    def resumed(self) -> None:
        """The gateway session was resumed."""
        self.count(Count.RESUMES)
        self.add_to_timeline("resumed", "Session resumed, nothing lost")
        if self._phases.phase in (Phase.DISCONNECTED, Phase.CONNECTING):
            self._phases.move(Phase.READY)

    def rolled(self, sides_counts: Mapping[int, int], outcome: str) -> None:
        """Count one roll: how many dice of which size were thrown, and how it ended."""
        self._counters.rolls.add(outcome)
        for sides, count in sides_counts.items():
            self._counters.dice.add(str(sides), amount=count)

    def rolls_committed(self, count: int, duration_seconds: float) -> None:
        """Count rolls that were recorded together."""
        self.count(Count.ROLLS_RECORDED, count)
        self._counters.commit_seconds.observe(duration_seconds)
        self._second.commit_seconds = max(self._second.commit_seconds or 0.0, duration_seconds)

    def gauge(self, gauge: Gauge, value: float | None) -> None:
        """Set a gauge; None once its value is unknown."""
        if value is None or not math.isfinite(value):
            self._gauges.pop(gauge, None)
        else:
            self._gauges[gauge] = value

    def count(self, count: Count, amount: int = 1) -> None:
        """Count `amount` more of something."""
        self._counters.count(count, amount)

    def count_total(self, count: Count, total: int) -> None:
        """Adopt a total counted elsewhere, such as the log's dropped records."""
        self._counters.count(count, total - self._counters.total(count))

    def fault(
        self, component: str, reason: str | None, *, blocking: bool = False, until_at: datetime | None = None
    ) -> None:
        """Report a fault by name, or clear it with None.

        Args:
            component: Its name.
            reason: Why, in our own words fit for the public page; None once it is over.
            blocking: Whether it keeps commands from being answered, which makes the process unready.
            until_at: When it is to end, in UTC, where that is known.
        """
        if reason is None:
            self._faults.pop(component, None)
        else:
            self._faults[component] = Fault(component, plain(reason), blocking, until_at)

    def add_to_timeline(self, kind: str, text: str) -> None:
        """Add a line to the timeline, in words fit for the public."""
        self._phases.add_to_timeline(kind, text)

    def beat(self) -> None:
        """Note that the loop is alive, and how late it was; called every `BEAT_SECONDS`."""
        now = self._clock()
        if self._beat is not None and self.measures_lag:
            lag = max(0.0, now - self._beat - BEAT_SECONDS)
            self._counters.lag_seconds.observe(lag)
            self._second.lag_seconds = max(self._second.lag_seconds, lag)
        self._beat = now
        self._latest.beat()

    def publish(self) -> Snapshot:
        """Build a snapshot, publish it and return it; called once a second."""
        memory = self._memory()
        # Read before the sample is taken, which begins a new second.
        lag_seconds = self._second.lag_seconds if self.measures_lag else None
        self._sample(memory)
        snapshot = self._freeze(memory, lag_seconds)
        self._latest.publish(snapshot)
        return snapshot

    def _sample(self, memory: Memory) -> None:
        # Rounded to whole seconds, so that a timer that is a little late neither skips a sample nor drifts.
        seconds = int(self._clock() - self._sampled + 0.5)
        if seconds < 1:
            return
        self._sampled += seconds
        second, self._second = self._second, Second()
        rate = 60 / seconds
        samples = {
            "latency_seconds": self._latency,
            "command_seconds": second.slowest_seconds,
            "commands_per_minute": second.commands * rate,
            "errors_per_minute": second.errors * rate,
            "loop_lag_seconds": second.lag_seconds if self.measures_lag else None,
            "memory_bytes": memory.used_bytes,
            "rest_per_minute": second.rest * rate,
            "rate_limits_per_minute": second.rate_limits * rate,
            "pacing_queue": self._gauges.get(Gauge.PACING_QUEUE, 0.0),
            "commit_seconds": second.commit_seconds,
            "events_per_minute": second.events * rate,
            "ready": float(self._phases.phase is Phase.READY),
        }
        self._history.add(samples, seconds)

    def _freeze(self, memory: Memory, lag_seconds: float | None) -> Snapshot:
        phases, now = self._phases, self._clock()
        commands, errors = (
            self._count_within(f"{name}_per_minute", ERROR_WINDOW_SECONDS) for name in ("commands", "errors")
        )
        return Snapshot(
            taken_at=self._now(),
            started_at=self._started_at,
            uptime_seconds=now - self._started,
            build=self.build,
            phase=phases.phase,
            phase_reason=phases.reason,
            until_at=phases.until_at,
            phase_seconds=phases.phase_seconds(),
            was_ready=phases.was_ready,
            unready_seconds=phases.unready_seconds(),
            shard_id=self._shard_id,
            shard_count=self._shard_count,
            guild_count=self._guild_count,
            latency_seconds=self._latency,
            loop_lag_seconds=lag_seconds,
            command_percentiles=self._window.percentiles(now),
            commands_per_minute=self._count_within("commands_per_minute", 60),
            error_ratio=errors / commands if commands else None,
            recent_errors=round(errors),
            rest_per_minute=self._count_within("rest_per_minute", 60),
            recent_rate_limits=round(self._count_within("rate_limits_per_minute", 600)),
            memory=memory,
            gauges=MappingProxyType(self._gauges.copy()),
            totals=self._counters.frozen(),
            events_per_minute=self._count_within("events_per_minute", 60),
            last_event_at=self._last_event_at,
            faults=tuple(self._faults.values()),
            failures=tuple(self._failures),
            timeline=phases.timeline(),
            history=self._history.frozen(),
        )

    def _count_within(self, rate: str, seconds: int) -> float:
        """How many there were within the last `seconds`, from a rate a minute sampled every second."""
        return sum(self._history.last(rate, seconds)) / 60
