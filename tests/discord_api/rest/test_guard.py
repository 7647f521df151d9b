"""The guard in front of every request, with a clock in the test's hands and real answers' headers."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import yarl

from modules.discord_api.failures import EDGE_BAN_SECONDS
from modules.discord_api.rest.blocked import RequestBlocked
from modules.discord_api.rest.breaker import INVALID_LIMIT, RECOVERY_SECONDS
from modules.discord_api.rest.guard import RestGuard
from modules.discord_api.rest.readiness import Readiness
from modules.discord_api.rest.route import RestRoute, route_of
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Gauge, Snapshot
from tests.fake_clock import FakeClock

SEND = RestRoute(7, is_send=True)
ELSEWHERE = RestRoute(8, is_send=True)
INTERACTION = RestRoute(answers_interaction=True)
TOKEN_CHECK = RestRoute(checks_token=True)
JSON = {"Content-Type": "application/json", "Via": "1.1 google"}


@dataclass
class Answer:
    """As much of an aiohttp answer as the guard reads."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    body: bytes = b"{}"

    async def read(self) -> bytes:
        return self.body


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(LatestSnapshot())


@pytest.fixture
def guard(recorder: Recorder, clock: FakeClock) -> RestGuard:
    return RestGuard(recorder, 1_000.0, clock)


async def exchange(guard: RestGuard, target: RestRoute = SEND, **answer: Any) -> None:
    """One request and its answer."""
    assert isinstance(guard.clock, FakeClock)
    guard.clock.pass_by(0.01)
    await guard.settle(await guard.admit(target), Answer(**answer))  # type: ignore[arg-type] # all that is read


async def is_let_go(guard: RestGuard, target: RestRoute) -> bool:
    try:
        guard.abandon(await guard.admit(target))
    except RequestBlocked:
        return False
    return True


def seen(guard: RestGuard, recorder: Recorder) -> Snapshot:
    Readiness(guard).report()
    return recorder.publish()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("wss://gateway.discord.gg/?v=10&encoding=json", None),
        ("https://discord.com/api/v10/channels/123/messages", RestRoute(123, is_send=True)),
        ("https://discord.com/api/v10/channels/123/messages/456", RestRoute(123, is_send=True)),
        ("https://discord.com/api/v10/channels/123/typing", RestRoute(123)),
        ("https://discord.com/api/v10/channels/123", RestRoute(123)),
        ("https://discord.com/api/v10/interactions/1/tok-en_/callback", INTERACTION),
        ("https://discord.com/api/v10/webhooks/1/tok-en_/messages/@original", INTERACTION),
        ("https://discord.com/api/v10/webhooks/1", RestRoute()),
        ("https://discord.com/api/v10/oauth2/applications/@me", TOKEN_CHECK),
        ("https://discord.com/api/v10/users/@me", RestRoute()),
        ("http://127.0.0.1:1/proxy/api/v10/channels/5/messages", RestRoute(5, is_send=True)),
    ],
)
def test_the_address_tells_what_a_request_is_for(address: str, target: RestRoute | None) -> None:
    assert route_of(yarl.URL(address)) == target


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Content-Type": "text/html", "Retry-After": "120"}, 120.0),
        ({"Content-Type": "text/html"}, EDGE_BAN_SECONDS),
        ({"Content-Type": "application/json", "Retry-After": "30"}, 30.0),
        ({"Content-Type": "text/html", "Retry-After": "soon"}, EDGE_BAN_SECONDS),
        ({"Content-Type": "text/html", "Retry-After": "nan"}, EDGE_BAN_SECONDS),
    ],
)
async def test_a_ban_at_the_edge_holds_everything_back_until_it_is_over(
    guard: RestGuard, clock: FakeClock, recorder: Recorder, headers: dict[str, str], seconds: float
) -> None:
    await exchange(guard, status=429, headers=headers)
    clock.pass_by(seconds - 1)
    for target in (SEND, INTERACTION, TOKEN_CHECK):
        assert not await is_let_go(guard, target)
    assert any(fault.component == "edge-ban" and fault.blocking for fault in seen(guard, recorder).faults)
    clock.pass_by(2)
    assert await is_let_go(guard, SEND)
    assert not seen(guard, recorder).faults


async def test_a_channels_own_limit_is_no_ban(guard: RestGuard) -> None:
    await exchange(guard, status=429, headers={**JSON, "Retry-After": "5", "X-RateLimit-Scope": "user"})
    assert await is_let_go(guard, SEND)


async def test_the_global_limit_pauses_everything_but_interactions(guard: RestGuard) -> None:
    await exchange(guard, status=429, headers={**JSON, "Retry-After": "2", "X-RateLimit-Global": "true"})
    assert guard.wait_seconds(99) >= 2
    assert await is_let_go(guard, INTERACTION)


async def test_a_short_global_limit_is_waited_out_and_a_long_one_holds_everything_back_but_interactions(
    guard: RestGuard, clock: FakeClock
) -> None:
    await exchange(guard, status=429, headers={**JSON, "Retry-After": "10", "X-RateLimit-Global": "true"})
    waiting = asyncio.create_task(guard.admit(SEND))
    await asyncio.sleep(0)
    assert not waiting.done()
    await exchange(guard, INTERACTION, status=429, headers={**JSON, "Retry-After": "387", "X-RateLimit-Global": "true"})
    with pytest.raises(RequestBlocked, match="global rate limit") as held:
        await waiting
    assert held.value.retry_after == 387
    assert not await is_let_go(guard, SEND)
    assert not await is_let_go(guard, RestRoute())
    assert await is_let_go(guard, INTERACTION)
    assert guard.blocked_by(7) is not None
    assert guard.blocked_by() is None
    clock.pass_by(388)
    assert await is_let_go(guard, SEND)


async def test_one_bound_holds_for_the_answers_of_a_channel_and_for_all(guard: RestGuard) -> None:
    limit = {"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "5", "X-RateLimit-Reset-After": "5"}
    await exchange(guard, headers={**JSON, **limit})
    with ExitStack() as pending:
        for _ in range(15):
            assert guard.has_room(7)
            pending.enter_context(guard.pending.answering(7))
        assert guard.wait_seconds(7) == pytest.approx(15, abs=0.1)
        assert not guard.has_room(7), "the sixteenth is for the window after three"
        assert guard.has_room(8), "a flooded channel delays itself alone"
        for channel_id in range(100, 100 + round(guard.rate * guard.max_wait_seconds)):
            pending.enter_context(guard.pending.answering(channel_id))
        assert not guard.has_room(8), "all channels together send at the rate"
    assert guard.has_room(7)
    assert guard.has_room(8)


async def test_a_channels_limit_that_is_too_long_to_wait_out_draws_no_second_429(
    guard: RestGuard, clock: FakeClock
) -> None:
    await exchange(guard, status=429, headers={**JSON, "Retry-After": "31", "X-RateLimit-Scope": "user"})
    assert not await is_let_go(guard, SEND)
    assert await is_let_go(guard, ELSEWHERE)
    clock.pass_by(60)
    assert await is_let_go(guard, SEND)


async def test_the_longest_ban_is_a_day(guard: RestGuard) -> None:
    await exchange(guard, status=429, headers={"Content-Type": "text/html", "Retry-After": "1e13"})
    assert guard.ban_seconds == 86_400


async def test_refused_requests_open_the_breaker_for_all_to_see(
    guard: RestGuard, clock: FakeClock, recorder: Recorder
) -> None:
    for _ in range(INVALID_LIMIT - 1):
        await exchange(guard, RestRoute(), status=403)
    assert await is_let_go(guard, SEND)
    await exchange(guard, RestRoute(), status=403)
    for target in (SEND, INTERACTION):
        assert not await is_let_go(guard, target)
    shown = seen(guard, recorder)
    assert [fault.component for fault in shown.faults if fault.blocking] == ["invalid-requests"]
    assert shown.gauges[Gauge.INVALID_REQUESTS] == INVALID_LIMIT
    clock.pass_by(RECOVERY_SECONDS)
    await exchange(guard)
    assert await is_let_go(guard, SEND)
    assert not seen(guard, recorder).faults


async def test_a_shared_limit_is_nobodys_fault(guard: RestGuard) -> None:
    await exchange(guard, status=429, headers={**JSON, "Retry-After": "1", "X-RateLimit-Scope": "shared"})
    assert guard.breaker.refused_count == 0


@pytest.mark.parametrize(
    "body", [b'{"code": 50001}', b'{"code": 99}', b'{"code": null}', b"", b"<html>", b"[]", b"[" * 9_999]
)
async def test_a_channel_where_the_bot_may_not_speak_is_left_alone_whatever_the_reason(
    guard: RestGuard, clock: FakeClock, recorder: Recorder, body: bytes
) -> None:
    await exchange(guard, status=403, body=body)
    assert not await is_let_go(guard, SEND)
    assert await is_let_go(guard, ELSEWHERE)
    assert await is_let_go(guard, INTERACTION)
    assert guard.blocked_by(7) is not None
    assert guard.blocked_by() is None
    assert seen(guard, recorder).gauges[Gauge.MUTED_CHANNELS] == 1
    clock.pass_by(600)
    assert await is_let_go(guard, SEND)


async def test_a_reply_that_can_do_without_its_reference_starts_no_cooldown(guard: RestGuard) -> None:
    await exchange(guard, status=403, body=b'{"code": 160002}')
    assert await is_let_go(guard, SEND)


async def test_requests_that_waited_in_a_channel_meanwhile_muted_are_not_sent(
    guard: RestGuard, clock: FakeClock
) -> None:
    permits = [await guard.admit(SEND) for _ in range(3)]
    waiting = asyncio.create_task(guard.admit(SEND))
    await asyncio.sleep(0)
    clock.pass_by(1)
    await guard.settle(permits[0], Answer(403, body=b'{"code": 50013}'))  # type: ignore[arg-type] # all that is read
    with pytest.raises(RequestBlocked):
        await waiting
    clock.pass_by(600)
    for permit in permits[1:]:
        guard.abandon(permit)
    assert await is_let_go(guard, SEND)


@pytest.mark.parametrize(
    "refusal",
    [{"status": 401}, {"status": 400, "body": b'{"code": 40001}'}, {"status": 403, "body": b'{"code": 40001}'}],
    ids=str,
)
async def test_a_refused_token_lets_nothing_pass_but_the_question(guard: RestGuard, refusal: dict[str, Any]) -> None:
    await exchange(guard, **refusal)
    assert guard.token_doubted.is_set()
    assert not await is_let_go(guard, SEND)
    assert not await is_let_go(guard, INTERACTION)
    assert await is_let_go(guard, TOKEN_CHECK)


async def test_other_refusals_say_nothing_of_the_token(guard: RestGuard) -> None:
    await exchange(guard, status=400, body=b'{"code": 50035}')
    await exchange(guard, status=403, body=b'{"code": 50013}')
    assert not guard.token_doubted.is_set()


async def test_an_expired_interactions_401_says_nothing_of_our_token(guard: RestGuard) -> None:
    await exchange(guard, INTERACTION, status=401)
    assert not guard.token_doubted.is_set()


def test_held_back_says_why_and_how_long() -> None:
    held = RequestBlocked("banned at Discord's edge", 12.5)
    assert held.retry_after == 12.5
    assert str(held) == "not sent: banned at Discord's edge"
