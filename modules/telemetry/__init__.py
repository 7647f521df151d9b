"""Telemetry: the event loop records measurements and publishes a frozen snapshot once a second."""

from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.metrics import Metrics
from modules.telemetry.recorder import BEAT_SECONDS, Recorder
from modules.telemetry.snapshot import Build, Count, Gauge, Phase, Snapshot

__all__ = ["BEAT_SECONDS", "Build", "Count", "Gauge", "LatestSnapshot", "Metrics", "Phase", "Recorder", "Snapshot"]
