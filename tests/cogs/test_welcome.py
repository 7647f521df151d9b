"""A server the bot was just added to is greeted once, where it may be."""

from datetime import timedelta

import discord
import pytest
from simcord import Env
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.cogs.welcome import JUST_NOW, WelcomeCog


def joined(bot: NazhBot, env: Env, channel: ChannelHandle | None) -> discord.Guild:
    """The guild, whose own messages go to this channel."""
    guild = bot.get_guild(env.guild.id)
    assert guild is not None
    guild._system_channel_id = channel.id if channel is not None else None
    return guild


async def test_a_new_server_hears_three_things_to_try(
    simcord_bot: NazhBot, simcord_env: Env, channel: ChannelHandle
) -> None:
    cog = WelcomeCog(simcord_bot, simcord_env.now)
    await cog.on_guild_join(joined(simcord_bot, simcord_env, channel))
    (message,) = channel.history()
    assert message.content.count("`") == 6
    for tried in ("`/roll`", "`!roll 2d6+3 fire`", "`!help`"):
        assert tried in message.content


async def test_a_server_that_comes_back_is_not_greeted_again(
    simcord_bot: NazhBot, simcord_env: Env, channel: ChannelHandle
) -> None:
    guild = joined(simcord_bot, simcord_env, channel)
    later = guild.me.joined_at
    assert later is not None
    later += JUST_NOW + timedelta(seconds=1)
    await WelcomeCog(simcord_bot, lambda: later).on_guild_join(guild)
    assert channel.history() == []


async def test_where_it_may_not_write_or_has_no_place_to_it_stays_silent(
    simcord_bot: NazhBot, simcord_env: Env, channel: ChannelHandle
) -> None:
    cog = WelcomeCog(simcord_bot, simcord_env.now)
    await cog.on_guild_join(joined(simcord_bot, simcord_env, None))
    quiet = discord.PermissionOverwrite(send_messages=False)
    closed = simcord_env.guild.create_text_channel("closed", overwrites={simcord_env.guild.default_role: quiet})
    await cog.on_guild_join(joined(simcord_bot, simcord_env, closed))
    assert [*channel.history(), *closed.history()] == []
    assert not [each for each in simcord_env.http_requests if each.method == "POST"]


async def test_a_refusal_harms_nothing(
    simcord_bot: NazhBot, simcord_env: Env, channel: ChannelHandle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    simcord_env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)
    await WelcomeCog(simcord_bot, simcord_env.now).on_guild_join(joined(simcord_bot, simcord_env, channel))
    assert any("welcome could not be sent" in each.message for each in caplog.records)
