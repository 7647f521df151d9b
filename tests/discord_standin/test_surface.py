"""The rest of the API: what no test above has asked for yet."""

from urllib.parse import quote

import aiohttp
import discord as dpy
import pytest

from .clock import ManualClock, SystemClock
from .conftest import EchoBot
from .errors import ApiError, Json
from .payloads import message_payload
from .rest_faults import RateLimited, forbidden
from .routes_messages import NONCE_LIVES_SECONDS
from .standin import DiscordStandin
from .test_messages import target
from .validation import LAYOUT_FLAG, check_layout_stays, check_message
from .world import Channel, World

LONG_LAYOUT: Json = {"type": 17, "components": [{"type": 10, "content": "x" * 2001}] * 2}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"nonce": "x" * 26, "content": "x"}, "nonce", id="long nonce"),
        pytest.param({"embeds": [{"title": "x"}] * 11}, "embeds", id="eleven embeds"),
        pytest.param({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds", id="long footer"),
        pytest.param({"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, "embeds", id="26 fields"),
        pytest.param({"components": [{"type": 1, "components": []}] * 6}, "components", id="six rows"),
        pytest.param({"components": [{"type": 1, "components": [{"type": 2}] * 6}]}, "components", id="six buttons"),
        pytest.param({"flags": LAYOUT_FLAG, "content": "x", "components": []}, "content", id="layout with content"),
        pytest.param({"flags": LAYOUT_FLAG, "components": [LONG_LAYOUT]}, "components", id="4,002 characters"),
        pytest.param({"flags": LAYOUT_FLAG, "components": [{"type": 10}] * 41}, "components", id="41 components"),
    ],
)
def test_a_form_is_refused_at_its_faulty_field(body: Json, field: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_message(body)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert list(refused.value.errors or {}) == [field]


def test_a_layout_is_never_edited_into_text() -> None:
    check_layout_stays(LAYOUT_FLAG, {"components": [], "content": None, "embeds": []})
    check_layout_stays(0, {"content": "x"})
    with pytest.raises(ApiError):
        check_layout_stays(LAYOUT_FLAG, {"content": "x"})


async def test_a_nonce_is_forgotten_after_a_while() -> None:
    clock = ManualClock()
    async with DiscordStandin(clock=clock) as discord, aiohttp.ClientSession() as client:
        channel = discord.world.add_guild().channels[0]
        url, headers = f"{discord.api_url}/channels/{channel.id}/messages", {"Authorization": f"Bot {discord.token}"}
        for wait_seconds, count in ((0.0, 1), (NONCE_LIVES_SECONDS, 1), (1.0, 2)):
            clock.advance(wait_seconds)
            body = {"content": "x", "nonce": "1", "enforce_nonce": True}
            async with client.post(url, json=body, headers=headers) as answer:
                assert answer.status == 200
            assert len(channel.messages) == count


def test_ids_grow_and_tell_their_time() -> None:
    clock = ManualClock(1_700_000_000.0)
    world = World(clock)
    ids = [world.mint() for _ in range(3)]
    assert ids == sorted(set(ids))
    assert dpy.utils.snowflake_time(ids[0]).timestamp() == 1_700_000_000.0


async def test_guilds_members_and_channels_can_be_fetched(discord: DiscordStandin, bot: EchoBot) -> None:
    (guild,) = discord.world.guilds.values()
    fetched = await bot.fetch_guild(guild.id, with_counts=False)
    assert fetched.name == guild.name
    assert [channel.name for channel in await fetched.fetch_channels()] == ["general"]
    assert (await fetched.fetch_member(discord.world.player.id)).name == "player"
    for missing, code in ((bot.fetch_guild(1), 10004), (fetched.fetch_member(1), 10007), (bot.fetch_user(1), 10013)):
        with pytest.raises(dpy.NotFound) as unknown:
            await missing
        assert unknown.value.code == code


async def test_commands_are_added_and_removed_one_by_one(discord: DiscordStandin, bot: EchoBot) -> None:
    assert bot.application_id is not None
    post = dpy.http.Route("POST", "/applications/{application_id}/commands", application_id=bot.application_id)
    made = await bot.http.request(post, json={"name": "odds", "description": "Odds"})
    assert [command["name"] for command in discord.world.commands[None]] == ["odds"]
    await bot.http.delete_global_command(bot.application_id, int(made["id"]))
    assert discord.world.commands[None] == []
    with pytest.raises(dpy.NotFound) as unknown:
        await bot.http.delete_global_command(bot.application_id, int(made["id"]))
    assert unknown.value.code == 10063
    with pytest.raises(dpy.NotFound):
        await bot.http.get_global_commands(1)


async def test_messages_are_deleted_in_bulk_and_reactions_cleared(bot: EchoBot, channel: Channel) -> None:
    place = target(bot, channel)
    sent = [await place.send(str(number)) for number in range(3)]
    await sent[0].add_reaction("\N{GAME DIE}")
    (reaction,) = (await place.fetch_message(sent[0].id)).reactions
    assert [user async for user in reaction.users()] == [bot.user]
    await sent[0].clear_reactions()
    assert channel.messages[sent[0].id].reactions == {}
    await place.delete_messages(sent)
    assert all(message.deleted for message in channel.messages.values())


async def test_a_reply_carries_what_it_replies_to(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    message = await discord.say(channel, "!echo x")
    reply = await target(bot, channel).fetch_message((await discord.reply_to(message)).id)
    assert reply.reference is not None
    assert isinstance(reply.reference.resolved, dpy.Message)
    assert reply.reference.resolved.content == "!echo x"


def test_a_long_chain_of_replies_is_quoted_one_level_deep() -> None:
    world = World(SystemClock())
    room = world.add_guild().channels[0]
    last = world.add_message(room, world.player, "0")
    for number in range(1, 2_000):
        body: Json = {"message_reference": {"message_id": str(last.id)}}
        last = world.add_message(room, world.player, str(number), body=body)
    payload = message_payload(last, world)
    quoted = payload["referenced_message"]
    assert (payload["content"], quoted["content"]) == ("1999", "1998")
    assert "message_reference" in quoted
    assert "referenced_message" not in quoted


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("x", id="letter"),
        pytest.param("-1", id="sign"),
        pytest.param("\N{SUPERSCRIPT TWO}", id="superscript"),
        pytest.param("\N{ARABIC-INDIC DIGIT THREE}", id="foreign digit"),
        pytest.param("1" * 21, id="21 digits"),
        pytest.param("1" * 5_000, id="5,000 digits"),
    ],
)
async def test_an_id_that_is_none_is_a_wrong_form(bot: EchoBot, channel: Channel, wrong: str) -> None:
    message = await target(bot, channel).send("x")
    reaction = f"/channels/{channel.id}/messages/{message.id}/reactions/x"
    for method, path in (("GET", f"/channels/{quote(wrong)}"), ("DELETE", f"{reaction}/{quote(wrong)}")):
        with pytest.raises(dpy.HTTPException) as refused:
            await bot.http.request(dpy.http.Route(method, path))
        assert (refused.value.status, refused.value.code) == (400, 50035)


async def test_a_method_that_is_not_there_is_405(bot: EchoBot) -> None:
    with pytest.raises(dpy.HTTPException) as refused:
        await bot.http.request(dpy.http.Route("PATCH", "/gateway"))
    assert refused.value.status == 405


async def test_invalid_requests_are_counted_as_discord_does(
    discord: DiscordStandin, bot: EchoBot, channel: Channel
) -> None:
    for fault in (RateLimited(0.0), RateLimited(0.0, scope="shared"), forbidden()):
        discord.faults.rest(fault, path="/channels/*/messages")
    with pytest.raises(dpy.Forbidden):
        await target(bot, channel).send("x")
        await target(bot, channel).send("x")
    assert [request.status for request in discord.journal.invalid_requests()] == [429, 403]


async def test_a_revoked_token_ends_what_is_running(discord: DiscordStandin, bot: EchoBot) -> None:
    discord.revoke_token()
    await discord.until(lambda: discord.connections[0].close_code == 4004 and not discord.connections[0].open)
    assert discord.sessions == []
    assert bot.is_closed()
