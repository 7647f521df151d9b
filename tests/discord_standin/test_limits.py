import asyncio
from dataclasses import dataclass

import pytest

from .clock import ManualClock
from .conftest import EchoBot
from .errors import RateLimitError
from .identify import IdentifyBudget, Verdict
from .limits import MESSAGE_SENDS, Rate, RateLimits
from .standin import DiscordStandin
from .test_messages import target
from .world import Channel


@dataclass
class Request:
    route: str = MESSAGE_SENDS
    major: str = "1"
    exempt_from_global: bool = False


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1000.0)


def test_headers_tell_the_exact_state_of_the_bucket(clock: ManualClock) -> None:
    limits = RateLimits(clock, {MESSAGE_SENDS: Rate(5, 5.0)})
    limits.charge(Request())
    clock.advance(1.25)
    headers = limits.charge(Request())
    assert headers.pop("X-RateLimit-Bucket")
    assert headers == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "3",
        "X-RateLimit-Reset": "1005.000",
        "X-RateLimit-Reset-After": "3.750",
    }


def test_the_sixth_of_five_is_refused_until_the_window_closes(clock: ManualClock) -> None:
    limits = RateLimits(clock, {MESSAGE_SENDS: Rate(5, 5.0)})
    for _ in range(5):
        limits.charge(Request())
    clock.advance(0.6)
    with pytest.raises(RateLimitError) as refused:
        limits.charge(Request())
    assert refused.value.retry_after_seconds == pytest.approx(4.4)
    assert refused.value.headers["Retry-After"] == "5"
    assert refused.value.headers["X-RateLimit-Scope"] == "user"
    assert limits.charge(Request(major="2"))["X-RateLimit-Remaining"] == "4", "another channel has its own"
    clock.advance(4.4)
    assert limits.charge(Request())["X-RateLimit-Remaining"] == "4"


def test_routes_have_different_buckets_and_channels_share_the_name(clock: ManualClock) -> None:
    limits = RateLimits(clock)
    names = [
        limits.charge(request)["X-RateLimit-Bucket"]
        for request in (Request(), Request(major="2"), Request(route="GET /channels/{channel_id}"))
    ]
    assert names[0] == names[1] != names[2]


def test_the_global_limit_counts_all_but_interactions(clock: ManualClock) -> None:
    limits = RateLimits(clock, global_rate=Rate(2, 1.0))
    limits.charge(Request(major="1"))
    limits.charge(Request(major="2"))
    with pytest.raises(RateLimitError) as refused:
        limits.charge(Request(major="3"))
    assert refused.value.scope == "global"
    assert refused.value.body()["global"] is True
    limits.charge(Request(exempt_from_global=True))
    clock.advance(1.0)
    limits.charge(Request(major="3"))


async def test_discord_py_waits_before_a_bucket_runs_dry(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    discord.limits.rates[MESSAGE_SENDS] = Rate(2, 0.2)
    await asyncio.gather(*(target(bot, channel).send(str(number)) for number in range(6)))
    sends = discord.journal.requests_to("POST", "/channels/*/messages")
    assert [request.status for request in sends] == [200] * 6


@pytest.mark.usefixtures("bot")
async def test_discord_py_learns_of_the_global_limit_by_running_into_it(discord: DiscordStandin) -> None:
    discord.limits.global_rate = Rate(10, 0.2)
    (guild,) = discord.world.guilds.values()
    channels = [discord.world.add_channel(guild, f"c{number}") for number in range(30)]
    messages = [await discord.say(channel, "!echo x") for channel in channels]
    for message in messages:
        await discord.reply_to(message)
    scopes = {request.scope for request in discord.requests if request.status == 429}
    assert scopes == {"global"}


def test_the_identify_budget_refills_when_its_day_is_over(clock: ManualClock) -> None:
    budget = IdentifyBudget(clock, total=3, remaining=1, reset_after_seconds=100.0)
    assert budget.admit(0) is Verdict.ADMITTED
    clock.advance(40)
    assert budget.payload() == {"total": 3, "remaining": 0, "reset_after": 60_000, "max_concurrency": 1}
    assert budget.admit(0) is Verdict.SPENT
    clock.advance(60)
    assert budget.payload()["remaining"] == 3
    assert budget.admit(0) is Verdict.ADMITTED


def test_the_identify_window_is_kept_for_each_concurrency_bucket(clock: ManualClock) -> None:
    budget = IdentifyBudget(clock, window_seconds=5.0, max_concurrency=2)
    assert [budget.admit(shard) for shard in (0, 1, 2)] == [Verdict.ADMITTED, Verdict.ADMITTED, Verdict.TOO_SOON]
    clock.advance(5)
    assert budget.admit(2) is Verdict.ADMITTED


async def test_a_manual_clock_wakes_its_sleepers_in_order(clock: ManualClock) -> None:
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (3, 1, 2)]
    await asyncio.sleep(0)
    clock.advance(2)
    await asyncio.gather(tasks[1], tasks[2])
    assert woken == [1, 2]
    clock.advance(1)
    await tasks[0]
    assert clock.now() == 1003.0
