"""Who is turned away before a command costs anything, and who is told."""

from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any, cast

import pytest

from modules.commands.checks import TOLD_FOR_SECONDS, Admission
from modules.commands.cooldown import PER_SECONDS, UserCooldown
from modules.commands.events import CommandEvents
from modules.commands.invocation import InvocationType
from modules.commands.refusal import Refusal, Unanswerable
from modules.discord_api.rest.guard import RestGuard
from modules.lifecycle.drain import Drain
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count
from tests.fake_clock import FakeClock

MAX_WAIT_SECONDS = 10.0
USER_LIMIT = 10


class Desk:
    """The admission with a guard whose expectations the test sets."""

    def __init__(self) -> None:
        self._answering = ExitStack()
        self.invocations: list[SimpleNamespace] = []
        self.clock = FakeClock()
        self.recorder = Recorder(LatestSnapshot())
        self.guard = RestGuard(self.recorder, clock=self.clock, max_wait_seconds=MAX_WAIT_SECONDS)
        self.drain = Drain()
        cooldown = UserCooldown(USER_LIMIT, self.clock)
        self.admission = Admission(self.drain, self.guard, self.recorder, cooldown, self.clock)

    def expect_a_wait(self, seconds: float) -> None:
        """Let so many answers wait already, one to a channel, that one more would have to wait for so long."""
        for number in range(round(seconds * self.guard.rate)):
            self._answering.enter_context(self.guard.pending.answering(1_000 + number))

    async def ask(self, channel_id: int = 1, *, slash: bool = False, user_id: int = 7) -> str:
        kind, actor = InvocationType.SLASH if slash else InvocationType.MESSAGE, SimpleNamespace(id=user_id)
        invocation = SimpleNamespace(channel_id=channel_id, type=kind, actor=actor, pending=None)
        self.invocations.append(invocation)
        try:
            self.admission.check(cast("Any", invocation))
        except Refusal as refusal:
            self.refusal = refusal
            return "refused"
        except Unanswerable:
            return "dropped"
        return "admitted"

    def shed_count(self) -> int:
        return self.recorder.publish().totals.counts[Count.COMMANDS_SHED]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_normally_everybody_is_admitted(desk: Desk) -> None:
    assert await desk.ask() == "admitted"
    desk.expect_a_wait(MAX_WAIT_SECONDS - 1)
    assert await desk.ask() == "admitted"
    assert desk.shed_count() == 0


async def test_beyond_the_longest_wait_each_channel_is_told_once_and_all_are_counted(desk: Desk) -> None:
    desk.expect_a_wait(MAX_WAIT_SECONDS + 1)
    assert [await desk.ask(channel_id) for channel_id in (1, 1, 2, 1, 2)] == [
        "refused",
        "dropped",
        "refused",
        "dropped",
        "dropped",
    ]
    assert desk.shed_count() == 5
    desk.clock.pass_by(TOLD_FOR_SECONDS)
    assert await desk.ask() == "refused", "a minute later it is news again"


async def test_a_refusal_that_could_not_be_sent_is_made_up_for_by_the_next(desk: Desk) -> None:
    desk.expect_a_wait(MAX_WAIT_SECONDS + 1)
    assert await desk.ask() == "refused"
    assert desk.refusal.unsent is not None
    desk.refusal.unsent()
    assert [await desk.ask() for _ in range(2)] == ["refused", "dropped"]


async def test_whoever_is_admitted_waits_ahead_of_others_until_they_are_answered(desk: Desk) -> None:
    asked = round((MAX_WAIT_SECONDS + 2) * desk.guard.rate)
    first = [await desk.ask(1_000 + number, user_id=number) for number in range(asked)]
    assert first.count("admitted") < asked, "none has been sent yet, and all of them will be"
    for invocation in desk.invocations:
        if invocation.pending is not None:
            invocation.pending.close()
    assert await desk.ask(1, user_id=asked) == "admitted"


async def test_in_a_long_pause_messages_are_dropped_and_slash_commands_admitted(desk: Desk) -> None:
    desk.guard.pacer.pause(MAX_WAIT_SECONDS + 1)
    assert await desk.ask() == "dropped", "no word would leave in time"
    assert await desk.ask(slash=True) == "admitted"


async def test_while_draining_everybody_is_refused_aloud(desk: Desk) -> None:
    desk.drain.draining = True
    assert await desk.ask() == "refused"
    assert await desk.ask(slash=True) == "refused"


async def test_slash_commands_need_no_turn(desk: Desk) -> None:
    desk.expect_a_wait(MAX_WAIT_SECONDS + 1)
    assert await desk.ask(slash=True) == "admitted"


async def test_a_muted_channel_is_dropped_without_a_word_but_its_slash_commands_are_not(desk: Desk) -> None:
    desk.guard.cooldowns.start(1)
    assert await desk.ask(1) == "dropped"
    assert await desk.ask(2) == "admitted"
    assert await desk.ask(1, slash=True) == "admitted"
    assert desk.shed_count() == 0, "it was no crowd that it was dropped for"


async def test_while_nothing_may_be_sent_nobody_is_admitted(desk: Desk) -> None:
    desk.guard.token_doubted.set()
    assert await desk.ask() == "dropped"
    assert await desk.ask(slash=True) == "dropped"


async def test_a_channel_is_tried_again_once_its_permissions_may_have_been_mended(desk: Desk) -> None:
    rooms = [SimpleNamespace(id=number) for number in (1, 2)]
    role = SimpleNamespace(guild=SimpleNamespace(channels=rooms))
    for channel_id in (1, 2, 3):
        desk.guard.cooldowns.start(channel_id)
    events = CommandEvents(cast("Any", SimpleNamespace()), desk.guard.cooldowns)
    await events.on_guild_channel_update(cast("Any", rooms[0]), cast("Any", rooms[0]))
    assert [await desk.ask(each) for each in (1, 2, 3)] == ["admitted", "dropped", "dropped"]
    await events.on_guild_role_update(cast("Any", role), cast("Any", role))
    assert [await desk.ask(each) for each in (1, 2, 3)] == ["admitted", "admitted", "dropped"]


async def test_beyond_its_limit_a_person_is_told_once_and_then_ignored_whatever_they_use(desk: Desk) -> None:
    assert [await desk.ask(slash=turn % 2 == 0) for turn in range(USER_LIMIT)] == ["admitted"] * USER_LIMIT
    desk.clock.pass_by(4.0)
    assert [await desk.ask() for _ in range(3)] == ["refused", "dropped", "dropped"]
    assert "wait 6 s" in desk.refusal.sentence
    assert await desk.ask(slash=True) == "dropped"
    assert await desk.ask(user_id=8) == "admitted", "others go on"
    desk.clock.pass_by(PER_SECONDS)
    assert await desk.ask() == "admitted"
    assert desk.shed_count() == 0


async def test_a_person_who_could_not_be_told_of_the_cooldown_is_told_by_the_next(desk: Desk) -> None:
    for _ in range(USER_LIMIT):
        await desk.ask()
    assert await desk.ask() == "refused"
    assert desk.refusal.unsent is not None
    desk.refusal.unsent()
    assert [await desk.ask() for _ in range(2)] == ["refused", "dropped"]


async def test_a_limit_of_nothing_is_no_limit() -> None:
    cooldown = UserCooldown(0, FakeClock())
    for _ in range(1_000):
        cooldown.check(7)
