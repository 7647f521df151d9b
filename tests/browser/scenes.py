"""States of the bot to look at, each reached by the calls that the real bot makes."""

import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from modules.telemetry.snapshot import Count, Gauge, Memory, Phase
from tests.telemetry.fakes import MEBIBYTE, Bench, FakeTime

DICE = ((20, 40), (6, 30), (8, 9), (10, 8), (12, 4), (4, 5), (100, 2), (7, 1))
A_DAY_SECONDS = 25 * 3600
BEGUN_AFTER_NOON_SECONDS = 7 * 3600 + 20 * 60
"""In the evening, when a day later players are busy again."""
BUSIEST_HOUR = 21
LOST_EVERY_SECONDS = 9 * 3600
LIMITED_EVERY_SECONDS = 11 * 3600


def live(bench: Bench, seconds: int, seed: int = 7) -> None:
    """Let so much time pass in which people play, most of them in the evening."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a game
    recorder = bench.recorder
    if bench.latest.read().phase is not Phase.READY:
        recorder.set_phase(Phase.CONNECTING)
        recorder.connected()
        recorder.set_phase(Phase.READY)
    recorder.guild_count(128)
    for second in range(1, seconds + 1):
        crowd = crowd_of(bench.time.now())
        if second % 41 == 1:
            recorder.gateway_latency(0.036 + 0.02 * crowd * chance.random() + 0.004 * chance.random())
        if second % LOST_EVERY_SECONDS == 0:
            lose_and_resume(bench, chance)
        if second % LIMITED_EVERY_SECONDS == 0:
            recorder.rest_request("POST", 429)
        for _ in range(max(0, round(chance.gauss(1.3 * crowd, 0.6)))):
            play(bench, chance)
        recorder.gauge(Gauge.PACING_QUEUE, chance.randint(1, 3) if chance.random() < 0.003 * crowd else 0)
        bench.memory = Memory(int((82 + 9 * crowd + 4 * second / A_DAY_SECONDS) * MEBIBYTE), 512 * MEBIBYTE)
        pass_second(bench, lag=chance.expovariate(600) + (0.04 * chance.random() if chance.random() < 0.003 else 0))
    recorder.gauge(Gauge.PACING_QUEUE, 0)


def full_day() -> Bench:
    """A bot that has been up for more than a day."""
    time = FakeTime()
    time.started -= BEGUN_AFTER_NOON_SECONDS
    bench = Bench(time)
    live(bench, A_DAY_SECONDS)
    return bench


def crowd_of(now: datetime) -> float:
    """How many play at a time of day, from 0.04 before dawn to 1 in the evening."""
    hour = now.hour + now.minute / 60
    return 0.04 + 0.96 * ((1 + math.cos((hour - BUSIEST_HOUR) * math.tau / 24)) / 2) ** 2


def pass_second(bench: Bench, lag: float) -> None:
    """One second, whose third beat comes late and whose fourth makes up for it."""
    for seconds in (0.25, 0.25, 0.25 + lag, 0.25 - lag):
        bench.time.seconds += seconds
        bench.recorder.beat()
    bench.recorder.publish()


def lose_and_resume(bench: Bench, chance: random.Random) -> None:
    """Discord restarts a gateway: the connection is lost, and resumed within seconds."""
    bench.recorder.disconnected()
    bench.second(chance.randint(2, 6))
    bench.recorder.resumed()


def play(bench: Bench, chance: random.Random) -> None:
    """One command of one player, and what else is said meanwhile."""
    recorder = bench.recorder
    for _ in range(chance.randint(1, 5)):
        recorder.gateway_event("MESSAGE_CREATE")
    recorder.rolled({chance.choices(*zip(*DICE, strict=True))[0]: chance.randint(1, 6)}, "ok")
    recorder.rest_request("POST", 200)
    failed = chance.random() < 0.0004
    status = "error" if failed else "ok"
    kind = chance.choice(["Forbidden", "TimeoutError"]) if failed else None
    recorder.command_finished("roll", status, chance.lognormvariate(-3.6, 0.5), kind=kind, incident="4F2A")


def operational(bench: Bench) -> None:
    bench.recorder.set_phase(Phase.READY)


def degraded(bench: Bench) -> None:
    for _ in range(40):
        bench.recorder.command_finished("roll", "error", 0.3, kind="DiscordServerError", incident="77C1")
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
