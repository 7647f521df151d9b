"""Sending again: what is worth it, how often, and with how long a wait."""

import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.messages import UnconfirmedSendError
from modules.discord_api.rest.retry import LAST_ATTEMPT_SECONDS, WAIT_CEILINGS_SECONDS, Sender, is_outage
from modules.discord_api.rest.send_health import SendHealth
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count
from tests.fake_clock import FakeClock


def answer(kind: type[discord.HTTPException], status: int) -> discord.HTTPException:
    return kind(cast("Any", SimpleNamespace(status=status, reason="")), None)


RESET = aiohttp.ClientOSError(104, "Connection reset by peer")
WORTH_IT = [
    RESET,
    ConnectionResetError(104, "Connection reset by peer"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientPayloadError("cut off"),
    TimeoutError(),
    json.JSONDecodeError("broken", "{", 1),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "broken"),
    answer(discord.DiscordServerError, 503),
    answer(discord.DiscordServerError, 520),
    answer(discord.HTTPException, 304),
    UnconfirmedSendError(),
]
POINTLESS = [
    answer(discord.HTTPException, 400),
    answer(discord.HTTPException, 429),
    answer(discord.Forbidden, 403),
    answer(discord.NotFound, 404),
    answer(discord.DiscordServerError, 500),
    answer(discord.DiscordServerError, 502),
    answer(discord.DiscordServerError, 504),
    RequestBlocked("banned", 60),
    ValueError("ours"),
]


def failing(*errors: Exception) -> tuple[Callable[[], Awaitable[str]], list[Exception]]:
    """An attempt that raises these, one after the other, and then succeeds; and what is still to be raised."""
    left = list(errors)

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "sent"

    return attempt, left


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(LatestSnapshot())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sender(recorder: Recorder, clock: FakeClock) -> Sender:
    async def sleep(seconds: float) -> None:
        clock.pass_by(seconds)

    return Sender(recorder, sleep=sleep, uniform=lambda _low, high: high, clock=clock)


def retries(recorder: Recorder) -> int:
    return recorder.publish().totals.counts[Count.SEND_RETRIES]


@pytest.mark.parametrize("error", WORTH_IT, ids=repr)
async def test_what_was_lost_on_the_way_is_sent_again(error: Exception, sender: Sender, recorder: Recorder) -> None:
    attempt, _ = failing(error, error)
    assert await sender.send(attempt) == "sent"
    assert retries(recorder) == 2
    assert is_outage(error)


@pytest.mark.parametrize("error", POINTLESS, ids=repr)
async def test_what_was_refused_is_not(error: Exception, sender: Sender, recorder: Recorder) -> None:
    attempt, _ = failing(error, error)
    with pytest.raises(type(error)):
        await sender.send(attempt)
    assert retries(recorder) == 0


async def test_it_gives_up_in_the_end_with_what_went_wrong(sender: Sender, clock: FakeClock) -> None:
    begun_at = clock.now
    attempt, left = failing(*[RESET] * 20)
    with pytest.raises(aiohttp.ClientOSError):
        await sender.send(attempt)
    assert 20 - len(left) == len(WAIT_CEILINGS_SECONDS) + 1
    assert clock.now - begun_at == sum(WAIT_CEILINGS_SECONDS)


async def test_after_half_a_minute_it_does_not_begin_again(sender: Sender, clock: FakeClock) -> None:
    calls: list[float] = []

    async def attempt() -> None:
        calls.append(clock.now)
        clock.pass_by(LAST_ATTEMPT_SECONDS + 1)
        raise RESET

    with pytest.raises(aiohttp.ClientOSError):
        await sender.send(attempt)
    assert len(calls) == 1


async def test_outages_and_successes_are_told_and_refusals_are_neither(sender: Sender) -> None:
    failing_now: list[float] = []
    health = sender.health = SendHealth(sender.clock)

    async def attempt() -> None:
        assert isinstance(sender.clock, FakeClock)
        sender.clock.pass_by(1)
        failing_now.append(health.failing_seconds)
        if len(failing_now) < 3:
            raise RESET

    await sender.send(attempt)
    assert failing_now[0] == 0
    assert failing_now[2] > failing_now[1] > 0
    assert health.failing_seconds == 0
    refused, _ = failing(POINTLESS[0])
    with pytest.raises(discord.HTTPException):
        await sender.send(refused)
    assert isinstance(sender.clock, FakeClock)
    sender.clock.pass_by(1)
    assert health.failing_seconds == 0


async def test_waits_are_jittered_between_half_their_ceiling_and_all_of_it(recorder: Recorder) -> None:
    drawn: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.0

    attempt, _ = failing(RESET, RESET)
    await Sender(recorder, uniform=uniform).send(attempt)
    assert drawn == [(ceiling / 2, ceiling) for ceiling in WAIT_CEILINGS_SECONDS[:2]]
