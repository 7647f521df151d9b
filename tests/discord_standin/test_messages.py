import io

import discord as dpy
import pytest

from .conftest import EchoBot
from .standin import DiscordStandin
from .world import Channel


def target(bot: EchoBot, channel: Channel) -> dpy.TextChannel:
    """The same channel as discord.py knows it."""
    found = bot.get_channel(channel.id)
    assert isinstance(found, dpy.TextChannel)
    return found


async def test_a_nonce_enforced_makes_one_message_of_three_posts(bot: EchoBot, channel: Channel) -> None:
    sent = [await target(bot, channel).send("once", nonce="42") for _ in range(3)]
    assert len({message.id for message in sent}) == 1
    assert len(channel.messages) == 1


async def test_different_nonces_make_different_messages(bot: EchoBot, channel: Channel) -> None:
    for nonce in ("1", "2"):
        await target(bot, channel).send("twice", nonce=nonce)
    assert len(channel.messages) == 2


@pytest.mark.parametrize(
    ("content", "embed", "code"),
    [
        pytest.param("x" * 2001, None, 50035, id="2001 characters"),
        pytest.param("", None, 50006, id="nothing"),
        pytest.param(" \n", None, 50006, id="blanks only"),
        pytest.param("", dpy.Embed(title="x" * 257), 50035, id="long title"),
        pytest.param("", dpy.Embed(description="x" * 4097), 50035, id="long description"),
        pytest.param("", dpy.Embed().add_field(name="n", value=""), 50035, id="empty field"),
        pytest.param("", dpy.Embed().add_field(name="n", value="x" * 1025), 50035, id="long field"),
    ],
)
async def test_discord_s_validation_refuses(
    bot: EchoBot, channel: Channel, content: str, embed: dpy.Embed | None, code: int
) -> None:
    with pytest.raises(dpy.HTTPException) as refused:
        await target(bot, channel).send(content, embed=embed) if embed else await target(bot, channel).send(content)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert not channel.messages


async def test_embeds_are_refused_when_all_together_are_too_long(bot: EchoBot, channel: Channel) -> None:
    with pytest.raises(dpy.HTTPException, match="Embed size exceeds"):
        await target(bot, channel).send(embeds=[dpy.Embed(description="x" * 4000), dpy.Embed(description="x" * 2001)])


async def test_two_thousand_characters_are_let_through(bot: EchoBot, channel: Channel) -> None:
    sent = await target(bot, channel).send("x" * 2000)
    assert len(channel.messages[sent.id].content) == 2000


async def test_messages_are_edited_fetched_and_deleted(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    sent = await target(bot, channel).send("before", embed=dpy.Embed(title="kept"))
    await sent.edit(content="after")
    stored = channel.messages[sent.id]
    assert (stored.content, stored.edit_count, stored.embeds[0]["title"]) == ("after", 1, "kept")
    fetched = await target(bot, channel).fetch_message(sent.id)
    assert (fetched.content, fetched.edited_at is not None) == ("after", True)
    assert [message.id async for message in target(bot, channel).history(limit=5)] == [sent.id]
    await sent.delete()
    assert stored.deleted
    with pytest.raises(dpy.NotFound) as gone:
        await target(bot, channel).fetch_message(sent.id)
    assert gone.value.code == 10008
    assert discord.journal.requests_to("DELETE")[0].status == 204


async def test_another_s_message_cannot_be_edited(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    message = await discord.say(channel, "mine")
    with pytest.raises(dpy.Forbidden) as refused:
        await bot.http.edit_message(channel.id, message.id, params=dpy.http.handle_message_parameters("yours"))
    assert refused.value.code == 50005


async def test_files_arrive_with_their_content(bot: EchoBot, channel: Channel) -> None:
    file = dpy.File(io.BytesIO(b"\x89PNG"), "chart.png", description="A chart")
    sent = await target(bot, channel).send("look", file=file)
    (attachment,) = channel.messages[sent.id].attachments
    assert (attachment.filename, attachment.content, attachment.description) == ("chart.png", b"\x89PNG", "A chart")
    assert (sent.attachments[0].size, sent.attachments[0].content_type) == (4, "image/png")


async def test_reactions_and_typing_are_taken(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    async with target(bot, channel).typing():
        sent = await target(bot, channel).send("react")
    await sent.add_reaction("\N{GAME DIE}")
    assert channel.messages[sent.id].reactions == {"\N{GAME DIE}": {discord.world.bot.id}}
    await sent.remove_reaction("\N{GAME DIE}", dpy.Object(discord.world.bot.id))
    assert channel.messages[sent.id].reactions == {}
    assert discord.journal.requests_to("POST", "/channels/*/typing")[0].status == 204


async def test_unknown_places_have_discord_s_codes(discord: DiscordStandin, bot: EchoBot, channel: Channel) -> None:
    with pytest.raises(dpy.NotFound) as nowhere:
        await bot.fetch_channel(1)
    with pytest.raises(dpy.HTTPException, match="Unknown message"):
        await target(bot, channel).send("re", reference=dpy.MessageReference(message_id=1, channel_id=channel.id))
    assert nowhere.value.code == 10003
    assert not discord.replies_to(await discord.say(channel, "anyone?"))


async def test_without_the_content_intent_only_mentions_can_be_read(discord: DiscordStandin, channel: Channel) -> None:
    deaf = dpy.Client(intents=dpy.Intents(guilds=True, messages=True), guild_ready_timeout=0.02)
    heard: list[str] = []

    @deaf.event
    async def on_message(message: dpy.Message) -> None:
        heard.append(message.content)
        discord.journal.pulse.beat()

    async with deaf:
        import asyncio

        running = asyncio.create_task(deaf.start(discord.token))
        await discord.ready()
        await discord.say(channel, "secret")
        await discord.say(channel, f"<@{discord.world.bot.id}> open")
        await discord.until(lambda: len(heard) == 2)
        await deaf.close()
        await running
    assert heard == ["", f"<@{discord.world.bot.id}> open"]
