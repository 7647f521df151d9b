import pytest

from .standin import DiscordStandin
from .world import Channel

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_message_is_heard_and_answered(discord: DiscordStandin, channel: Channel) -> None:
    message = await discord.say(channel, "!echo hello")
    reply = await discord.reply_to(message)
    assert (reply.content, reply.author, reply.reference_id) == ("hello", discord.world.bot, message.id)


async def test_a_slash_command_is_answered_within_its_three_seconds(discord: DiscordStandin, channel: Channel) -> None:
    interaction = await discord.slash(channel, "echo", {"text": "hello"})
    assert (await interaction.response()).content == "hello"
    assert interaction.callback_type == 4
