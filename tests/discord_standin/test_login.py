import asyncio

import aiohttp
import discord as dpy
import pytest

from .conftest import EchoBot, running
from .payloads import MESSAGE_CONTENT_INTENT_ON
from .standin import DiscordStandin
from .world import Channel


async def test_a_bot_logs_in_and_hears_of_its_guilds(discord: DiscordStandin, bot: EchoBot) -> None:
    await bot.wait_until_ready()
    (guild,) = discord.world.guilds.values()
    assert bot.user is not None
    assert bot.user.id == discord.world.bot.id
    assert [known.name for known in bot.guilds] == [guild.name]
    assert bot.guilds[0].me.id == discord.world.bot.id
    assert bot.guilds[0].default_role.id == guild.id
    assert bot.guilds[0].text_channels[0].permissions_for(bot.guilds[0].me).send_messages


@pytest.mark.usefixtures("discord")
async def test_a_wrong_token_is_refused_by_the_api() -> None:
    bot = EchoBot()
    with pytest.raises(dpy.LoginFailure):
        await bot.login("not the token")
    await bot.close()


async def test_a_token_revoked_after_login_is_refused_by_the_gateway(discord: DiscordStandin) -> None:
    async with running(EchoBot(), discord) as connecting:
        discord.revoke_token()
        with pytest.raises(dpy.ConnectionClosed) as closed:
            await connecting
    assert closed.value.code == 4004


async def test_the_application_tells_whether_message_content_is_on(discord: DiscordStandin) -> None:
    async with running(EchoBot(), discord) as connecting:
        discord.settings.application_flags = 0
        with pytest.raises(dpy.PrivilegedIntentsRequired):
            await connecting
    (connection,) = discord.connections
    assert (connection.close_code, connection.closed_by) == (4014, "server")
    assert discord.journal.requests_to("GET", "/oauth2/applications/@me")[0].status == 200


async def test_application_flags_reach_the_client(discord: DiscordStandin) -> None:
    discord.settings.application_flags = MESSAGE_CONTENT_INTENT_ON
    bot = EchoBot()
    await bot.login(discord.token)
    assert bot.application_flags.gateway_message_content_limited
    await bot.close()


async def test_every_answer_is_exactly_application_json(discord: DiscordStandin) -> None:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        for path in ("/users/@me", "/gateway", "/gateway/bot", "/applications/@me", "/nowhere"):
            async with client.get(discord.api_url + path) as answer:
                assert answer.headers["Content-Type"] == "application/json"


async def test_each_identify_is_taken_off_the_budget(discord: DiscordStandin, bot: EchoBot) -> None:
    shards, url, limit = await bot.http.get_bot_gateway()
    assert (shards, url) == (1, discord.gateway_url)
    assert limit["remaining"] == limit["total"] - 1
    assert 0 < limit["reset_after"] <= 24 * 3600 * 1000
    assert limit["max_concurrency"] == 1


async def test_registered_commands_come_back_with_ids_that_stay(discord: DiscordStandin, bot: EchoBot) -> None:
    (command,) = await bot.tree.sync()
    (again,) = await bot.tree.sync()
    assert (command.id, command.name) == (again.id, "echo")
    assert [each["name"] for each in discord.world.commands[None]] == ["echo"]


async def test_commands_of_one_guild_are_kept_apart(discord: DiscordStandin, bot: EchoBot) -> None:
    guild = bot.guilds[0]
    bot.tree.copy_global_to(guild=guild)
    (command,) = await bot.tree.sync(guild=guild)
    assert command.guild_id == guild.id
    assert (await bot.tree.fetch_commands(), len(await bot.tree.fetch_commands(guild=guild))) == ([], 1)
    assert discord.world.commands[None] == []


async def test_a_private_channel_is_opened_and_answered_in(discord: DiscordStandin, bot: EchoBot) -> None:
    user = await bot.fetch_user(discord.world.player.id)
    sent = await user.send("psst")
    channel = discord.world.dm(discord.world.player)
    assert channel.messages[sent.id].content == "psst"
    message = await discord.say(channel, "!echo and you")
    assert (await discord.reply_to(message)).content == "and you"


async def test_shards_hear_only_their_guilds(discord: DiscordStandin) -> None:
    for number in range(2, 5):
        discord.world.add_guild(f"Tavern {number}")
    bots = [EchoBot(shard_id, 2) for shard_id in (0, 1)]
    async with running(bots[0], discord), running(bots[1], discord):
        await discord.ready(sessions=2)
        await asyncio.gather(*(bot.wait_until_ready() for bot in bots))
        guilds = [{guild.id for guild in bot.guilds} for bot in bots]
        assert all(guild % (2 << 22) == shard << 22 for shard, ids in enumerate(guilds) for guild in ids)
        assert [len(ids) for ids in guilds] == [2, 2]
        assert guilds[0] | guilds[1] == set(discord.world.guilds)
        messages = [await discord.say(guild.channels[0], "!echo here") for guild in discord.world.guilds.values()]
        for message in messages:
            await discord.reply_to(message)
        assert [len(discord.replies_to(message)) for message in messages] == [1, 1, 1, 1]


async def test_two_processes_with_one_token_both_hear_everything(discord: DiscordStandin, channel: Channel) -> None:
    async with running(EchoBot(), discord), running(EchoBot(), discord):
        await discord.ready(sessions=2)
        message = await discord.say(channel, "!echo twice")
        await discord.until(lambda: len(discord.replies_to(message)) == 2)


async def test_a_guild_joined_and_left_is_announced(discord: DiscordStandin, bot: EchoBot) -> None:
    await bot.wait_until_ready()
    guild = discord.world.add_guild("Newcomers")
    joined = asyncio.create_task(bot.wait_for("guild_join", timeout=5))
    left = asyncio.create_task(bot.wait_for("guild_remove", timeout=5))
    await asyncio.sleep(0)
    await discord.announce_guild(guild)
    assert (await joined).id == guild.id
    await discord.remove_guild(guild)
    assert (await left).id == guild.id
