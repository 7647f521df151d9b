"""The same over real sockets: options, files, buttons, modals and suggestions as Discord's API carries them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modules.commands.components import custom_id
from tests.commands.proof_cog import ProofCog
from tests.discord_standin.interactions import CHOICES, MESSAGE, OPEN_MODAL
from tests.discord_standin.rest_faults import Reset, Status
from tests.wire_table import WireTable, wire_table


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[WireTable]:
    async with wire_table(tmp_path) as table:
        await table.bot.add_cog(ProofCog(table.bot))
        yield table


async def test_a_slash_command_with_options_is_answered_with_embed_and_file(table: WireTable) -> None:
    interaction = await table.discord.slash(table.channel, "paint", {"colour": "cobalt", "litres": 2.5})
    message = await interaction.response()
    assert interaction.callback_type == MESSAGE
    assert message.body["embeds"][0]["description"] == "2.5 l, gloss"
    assert [each.filename for each in message.attachments] == ["label.txt"]
    await table.ended({("paint", "ok"): 1})


async def test_a_message_is_answered_with_embed_and_file_once_however_often_it_is_lost(table: WireTable) -> None:
    table.discord.faults.rest(Reset(after_effect=True), method="POST", path="/channels/*/messages")
    asked = await table.discord.say(table.channel, "!paint cobalt 2.5")
    message = await table.discord.reply_to(asked)
    assert message.body["embeds"][0]["title"] == "cobalt"
    assert [each.content for each in message.attachments] == [b"cobalt 2.5"]
    await table.ended({("paint", "ok"): 1})
    assert len(table.discord.replies_to(asked)) == 1


async def test_a_button_opens_a_modal_and_the_modal_sent_twice_is_answered_twice(table: WireTable) -> None:
    asked = await table.discord.say(table.channel, "!paint ochre")
    message = await table.discord.reply_to(asked)
    pressed = await table.discord.press(message, custom_id("ask", "ochre"))
    assert await pressed.acknowledged() == OPEN_MODAL
    for _ in range(2):
        sent = await table.discord.submit(pressed, {"litres": "3"})
        assert (await sent.response()).content == "3 l of ochre"


async def test_a_press_whose_answer_was_lost_is_answered_once(table: WireTable) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    table.discord.faults.rest(Reset(after_effect=True), path="/interactions/*")
    pressed = await table.discord.press(message, custom_id("more", "ochre"))
    await table.ended({("paint", "ok"): 1, ("more", "ok"): 1})
    assert pressed.refused_codes == [40060]


async def test_a_menu_on_a_message_that_is_gone_is_answered_with_a_new_one(table: WireTable) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    table.discord.faults.rest(Status(404, 10008, "Unknown Message"), path="/interactions/*")
    pressed = await table.discord.press(message, custom_id("pick"), values=["cobalt"])
    assert (await pressed.response()).content == "Changed to cobalt"
    assert pressed.callback_type == MESSAGE


async def test_an_edit_that_is_lost_is_made_again(table: WireTable) -> None:
    table.discord.faults.rest(Reset(after_effect=True), method="PATCH", path="/channels/*/messages/*")
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!mend"))
    await table.ended({("mend", "ok"): 1})
    assert message.content == "second"
    assert [each.content for each in message.attachments] == [b"because"]


async def test_a_custom_id_from_nowhere_is_answered_kindly(table: WireTable) -> None:
    message = await table.discord.reply_to(await table.discord.say(table.channel, "!paint ochre"))
    pressed = await table.discord.press(message, "gone:for good")
    assert "earlier version" in (await pressed.response()).content
    await table.ended({("paint", "ok"): 1, ("unknown component", "refused"): 1})


async def test_suggestions_are_answered(table: WireTable) -> None:
    interaction = await table.discord.autocomplete(table.channel, "paint", {"colour": "co"}, "colour")
    assert await interaction.acknowledged() == CHOICES
    assert interaction.callback_data["choices"][0]["name"] == "cobalt 0"
