"""Replies over a real wire: deferred in time, once, and quiet where nobody can be told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from discord.ext import commands

from modules.bot import NazhBot
from modules.commands.command import command
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Count
from tests.bots import make_bot
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.interactions import DEFERRED_MESSAGE, MESSAGE, Interaction
from tests.discord_standin.pointing import pointed_at
from tests.discord_standin.rest_faults import Reset, Slow, Status
from tests.discord_standin.world import Channel


@dataclass
class SlowCog(commands.Cog):
    """Commands that answer when the test says so, and more than once."""

    bot: NazhBot
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __hash__(self) -> int:
        return id(self)

    @command("slow", usage="slow", description="Waits")
    async def slow(self, _invocation: Invocation) -> Reply:
        await self.may_answer.wait()
        return Reply("at last")

    @command("refused", usage="refused", description="Waits, and says no")
    async def refused(self, _invocation: Invocation) -> Reply:
        await self.may_answer.wait()
        raise Refusal("no")

    @command("twice", usage="twice", description="Answers twice")
    async def twice(self, invocation: Invocation) -> Reply:
        await self.bot.handling.replies.send(invocation, Reply("first"))
        return Reply("second")


@dataclass
class Scene:
    """A bot on the wire, and what it counts."""

    discord: DiscordStandin
    bot: NazhBot
    recorder: Recorder
    slow: SlowCog
    channel: Channel

    def counted(self, count: Count) -> int:
        return self.recorder.publish().totals.counts[count]

    def commands(self) -> dict[tuple[str, ...], int]:
        return dict(self.recorder.publish().totals.commands)

    async def commands_are(self, expected: dict[tuple[str, str], int]) -> None:
        await self.discord.until(lambda: self.commands() == expected, what=f"commands {expected}")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    recorder = Recorder(LatestSnapshot())
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.1)) as discord:
        channel = discord.world.add_guild().channels[0]
        with pointed_at(discord):
            bot = make_bot(tmp_path, recorder, REST_TIMEOUT_SECONDS="1")
            bot.handling.defer_after_seconds = 0.05
            await bot.login(discord.token)
            slow = SlowCog(bot)
            await bot.add_cog(slow)
            connecting = asyncio.create_task(bot.connect())
            await discord.ready()
            yield Scene(discord, bot, recorder, slow, channel)
            # In this order, as the supervisor does: a connection that is lost would be made again.
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await bot.close()


def bots_messages(scene: Scene) -> list[Any]:
    return [each for each in scene.channel.messages.values() if each.author is scene.discord.world.bot]


async def acknowledge_elsewhere(scene: Scene, interaction: Interaction) -> None:
    """Answer it as another process with the same token would."""
    url = f"{scene.discord.api_url}/interactions/{interaction.id}/{interaction.token}/callback"
    async with aiohttp.ClientSession() as session:
        answer = {"type": MESSAGE, "data": {"content": "the other's"}}
        async with session.post(url, json=answer) as response:
            assert response.status == 204


async def test_a_send_that_hangs_is_repeated_and_appears_once(scene: Scene) -> None:
    rule = scene.discord.faults.rest(Slow(3600), method="POST", path="/channels/*/messages")
    scene.slow.may_answer.set()
    message = await scene.discord.say(scene.channel, "!slow")
    await scene.discord.reply_to(message)
    assert rule.hit_count == 1
    assert scene.counted(Count.SEND_RETRIES) == 1
    assert len(bots_messages(scene)) == 1


async def test_a_quick_answer_is_not_deferred(scene: Scene) -> None:
    scene.slow.may_answer.set()
    interaction = await scene.discord.slash(scene.channel, "slow")
    assert (await interaction.response()).content == "at last"
    assert interaction.callback_type == MESSAGE
    await scene.commands_are({("slow", "ok"): 1})


async def test_a_slow_answer_is_deferred_and_takes_the_place_of_thinking(scene: Scene) -> None:
    interaction = await scene.discord.slash(scene.channel, "slow")
    assert await interaction.acknowledged() == DEFERRED_MESSAGE
    scene.slow.may_answer.set()
    assert (await interaction.response()).content == "at last"
    assert len(bots_messages(scene)) == 1
    assert not interaction.followups


async def test_a_refusal_takes_the_place_of_thinking_too(scene: Scene) -> None:
    interaction = await scene.discord.slash(scene.channel, "refused")
    assert await interaction.acknowledged() == DEFERRED_MESSAGE
    scene.slow.may_answer.set()
    assert (await interaction.response()).content == "no"
    await scene.commands_are({("refused", "refused"): 1})


async def test_a_deferral_whose_answer_was_lost_is_still_ours(scene: Scene) -> None:
    scene.discord.faults.rest(Reset(after_effect=True), path="/interactions/*")
    interaction = await scene.discord.slash(scene.channel, "slow")
    await scene.discord.until(lambda: interaction.refused_codes == [40060], what="the repeated deferral")
    scene.slow.may_answer.set()
    assert (await interaction.response()).content == "at last"
    assert len(bots_messages(scene)) == 1
    await scene.commands_are({("slow", "ok"): 1})


async def test_an_edit_that_is_lost_is_made_again(scene: Scene) -> None:
    interaction = await scene.discord.slash(scene.channel, "slow")
    await interaction.acknowledged()
    scene.discord.faults.rest(Reset(), method="PATCH", path="/webhooks/*")
    scene.slow.may_answer.set()
    assert (await interaction.response()).content == "at last"
    assert scene.counted(Count.SEND_RETRIES) == 1


async def test_an_interaction_that_expired_is_counted_and_quiet(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    scene.slow.may_answer.set()
    scene.discord.faults.rest(Status(404, 10062, "Unknown interaction"), path="/interactions/*", times=None)
    await scene.discord.slash(scene.channel, "slow")
    await scene.commands_are({("slow", "refused"): 1})
    assert scene.counted(Count.INTERACTIONS_EXPIRED) == 1
    assert len(scene.discord.journal.requests_to("POST", "/interactions/*")) == 1
    assert "expired" in caplog.text
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_an_interaction_that_another_process_answered_is_counted_and_quiet(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    interaction = await scene.discord.slash(scene.channel, "slow")
    await acknowledge_elsewhere(scene, interaction)
    await scene.discord.until(lambda: bool(interaction.refused_codes), what="a deferral that came too late")
    scene.slow.may_answer.set()
    await scene.commands_are({("slow", "ok"): 1})
    assert scene.counted(Count.DUPLICATES_AVOIDED) == 1
    assert [message.content for message in bots_messages(scene)] == ["the other's"]
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


@pytest.mark.parametrize("by_slash", [False, True], ids=["message", "slash"])
async def test_two_replies_of_one_command_both_appear(scene: Scene, by_slash: bool) -> None:
    if by_slash:
        await scene.discord.slash(scene.channel, "twice")
    else:
        await scene.discord.say(scene.channel, "!twice")
    await scene.commands_are({("twice", "ok"): 1})
    assert [message.content for message in bots_messages(scene)] == ["first", "second"]


async def test_an_answers_name_is_made_of_the_message_alone_so_that_two_processes_give_the_same(scene: Scene) -> None:
    scene.slow.may_answer.set()
    message = await scene.discord.say(scene.channel, "!slow")
    await scene.discord.reply_to(message)
    (post,) = scene.discord.journal.requests_to("POST", "/channels/*/messages")
    assert isinstance(post.body, dict)
    assert post.body["nonce"] == f"{message.id}.0"
    assert post.body["enforce_nonce"] is True
