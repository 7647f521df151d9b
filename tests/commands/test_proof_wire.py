"""The same over real sockets: options, files, buttons, modals and suggestions as Discord's API carries them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modules.commands.components import custom_id
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder
from tests.bots import make_bot
from tests.commands.proof_cog import ProofCog
from tests.discord_standin import DiscordStandin, Settings
from tests.discord_standin.interactions import CHOICES, MESSAGE, OPEN_MODAL
from tests.discord_standin.pointing import pointed_at
from tests.discord_standin.rest_faults import Reset, Status
from tests.discord_standin.world import Channel


@dataclass
class Table:
    discord: DiscordStandin
    channel: Channel
    recorder: Recorder

    async def ended(self, expected: dict[tuple[str, str], int]) -> None:
        def commands() -> dict[tuple[str, ...], int]:
            return dict(self.recorder.publish().totals.commands)

        await self.discord.until(lambda: commands() == expected, what=f"commands {expected}")


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    recorder = Recorder(LatestSnapshot())
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.1)) as discord:
        channel = discord.world.add_guild().channels[0]
        with pointed_at(discord):
            bot = make_bot(tmp_path, recorder)
            await bot.login(discord.token)
            await bot.add_cog(ProofCog(bot))
            connecting = asyncio.create_task(bot.connect())
            await discord.ready()
            yield Table(discord, channel, recorder)
            # In this order, as the supervisor does: a connection that is lost would be made again.
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await bot.close()


async def test_a_slash_command_with_options_is_answered_with_embed_and_file(table: Table) -> None:
    interaction = await table.discord.slash(table.channel, "paint", {"colour": "cobalt", "litres": 2.5})
    message = await interaction.response()
    assert interaction.callback_type == MESSAGE
    assert message.body["embeds"][0]["description"] == "2.5 l, gloss"
    assert [each.filename for each in message.attachments] == ["label.txt"]
    await table.ended({("paint", "ok"): 1})


async def test_a_message_is_answered_with_embed_and_file_once_however_often_it_is_lost(table: Table) -> None:
    table.discord.faults.rest(Reset(after_effect=True), method="POST", path="/channels/*/messages")
    asked = await table.discord.say(table.channel, "!paint cobalt 2.5")
    message = await table.discord.reply_to(asked)
    assert message.body["embeds"][0]["title"] == "cobalt"
    assert [each.content for each in message.attachments] == [b"cobalt 2.5"]
    await table.ended({("paint", "ok"): 1})
    assert len(table.discord.replies_to(asked)) == 1


async def test_a_button_opens_a_modal_and_the_modal_sent_twice_is_answered_twice(table: Table) -> None:
    asked = await table.discord.say(table.channel, "!paint ochre")
    message = await table.discord.reply_to(asked)
    pressed = await table.discord.press(message, custom_id("ask", "ochre"))
    assert await pressed.acknowledged() == OPEN_MODAL
    for _ in range(2):
        sent = await table.discord.submit(pressed, {"litres": "3"})
        assert (await sent.response()).content == "3 l of ochre"


async def test_a_press_whose_answer_was_lost_is_answered_once(table: Table) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    table.discord.faults.rest(Reset(after_effect=True), path="/interactions/*")
    pressed = await table.discord.press(message, custom_id("more", "ochre"))
    await table.ended({("paint", "ok"): 1, ("more", "ok"): 1})
    assert pressed.refused_codes == [40060]


async def test_a_menu_on_a_message_that_is_gone_is_answered_with_a_new_one(table: Table) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    table.discord.faults.rest(Status(404, 10008, "Unknown Message"), path="/interactions/*")
    pressed = await table.discord.press(message, custom_id("pick"), values=["cobalt"])
    assert (await pressed.response()).content == "Changed to cobalt"
    assert pressed.callback_type == MESSAGE


async def test_an_edit_that_is_lost_is_made_again(table: Table) -> None:
    table.discord.faults.rest(Reset(after_effect=True), method="PATCH", path="/channels/*/messages/*")
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!mend"))
    await table.ended({("mend", "ok"): 1})
    assert message.content == "second"
    assert [each.content for each in message.attachments] == [b"because"]


async def test_a_custom_id_from_nowhere_is_answered_kindly(table: Table) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    pressed = await table.discord.press(message, "gone:for good")
    assert "earlier version" in (await pressed.response()).content
    await table.ended({("paint", "ok"): 1, ("unknown component", "refused"): 1})


async def test_suggestions_are_answered(table: Table) -> None:
    interaction = await table.discord.autocomplete(table.channel, "paint", {"colour": "co"}, "colour")
    assert await interaction.acknowledged() == CHOICES
    assert interaction.callback_data["choices"][0]["name"] == "cobalt 0"
