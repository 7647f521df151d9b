"""States of the bot to look at, each reached by the calls that the real bot makes."""

import math
import random
from collections.abc import Callable
from datetime import timedelta

from modules.telemetry import Count, Gauge, Phase
from modules.telemetry.snapshot import Memory
from tests.telemetry.fakes import MEBIBYTE, Bench

DICE = ((20, 40), (6, 30), (8, 9), (10, 8), (12, 4), (4, 5), (100, 2), (7, 1))


def live(bench: Bench, seconds: int, seed: int = 7) -> None:
    """Let an evening pass in which people play."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a game
    recorder = bench.recorder
    recorder.set_phase(Phase.CONNECTING)
    recorder.connected()
    recorder.set_phase(Phase.READY)
    recorder.guild_count(128)
    recorder.gauge(Gauge.PACING_QUEUE, 0)
    for second in range(seconds):
        crowd = 1.2 + math.sin(second / 5000) + 0.4 * math.sin(second / 97)
        if second % 41 == 0:
            recorder.gateway_latency(0.038 + chance.random() * 0.02)
        for _ in range(max(0, round(chance.gauss(crowd, 0.8)))):
            play(bench, chance)
        bench.memory = Memory(int((84 + 6 * math.sin(second / 7000)) * MEBIBYTE), 512 * MEBIBYTE)
        bench.second()


def play(bench: Bench, chance: random.Random) -> None:
    """One command of one player."""
    recorder = bench.recorder
    recorder.gateway_event("MESSAGE_CREATE")
    recorder.rolled({chance.choices(*zip(*DICE, strict=True))[0]: chance.randint(1, 6)}, "ok")
    recorder.rest_request("POST", 200)
    failed = chance.random() < 0.002
    status = "error" if failed else "ok"
    kind = chance.choice(["Forbidden", "TimeoutError"]) if failed else None
    recorder.command_finished("roll", status, chance.lognormvariate(-3.6, 0.5), kind=kind, incident="4F2A")


def operational(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)


def degraded(bench: Bench) -> None:
    for _ in range(40):
        bench.recorder.command_finished("roll", "error", 0.3, kind="DatabaseError", incident="77C1")
    bench.recorder.rest_request("POST", 429)
    bench.recorder.count(Count.MALFORMED_EVENTS)


def starting(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.LOGGING_IN)


def waiting(bench: Bench) -> None:
    bench.recorder.disconnected()
    until_at = bench.time.now() + timedelta(minutes=12, seconds=4)
    bench.recorder.set_phase(Phase.WAITING, reason="rate-limited by Cloudflare", until_at=until_at)
    bench.recorder.gauge(Gauge.BACKOFF_SECONDS, 724)


def standby(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.STANDBY)


def draining(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.DRAINING)


def disconnected(bench: Bench) -> None:
    bench.recorder.disconnected()


SCENES: dict[str, Callable[[Bench], None]] = {
    "operational": operational,
    "degraded": degraded,
    "starting": starting,
    "waiting": waiting,
    "standby": standby,
    "draining": draining,
    "disconnected": disconnected,
}
