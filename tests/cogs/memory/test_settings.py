"""What a server chooses holds at once; who may choose, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.services.services import Memory
from modules.ui.answers import outcome_of_card
from tests.cogs.reading import said


def answers(channel: ChannelHandle) -> list[str]:
    return [said(each) for each in channel.history() if each.author.bot]


def guild_id_of(channel: ChannelHandle) -> int:
    assert channel.guild is not None
    return channel.guild.id


async def choose(actor: MemberActor, channel: ChannelHandle, field: str, value: object = None) -> str:
    """Change a setting as people do; the panel afterwards."""
    panel = await actor.slash(channel, "settings")
    assert panel.response is not None
    shown = await actor.select(panel.response, [field], custom_id="settings:")
    if shown.modal is not None:
        shown = await actor.submit_modal(shown, {"answer": value})
    elif value is not None:
        assert shown.response is not None
        values = value if isinstance(value, list) else [value]
        shown = await actor.select(shown.response, values, custom_id=f"settingsset:{field}")
    assert shown.response is not None
    return shown.response.content


async def test_everybody_sees_the_settings_and_nobody_else_changes_them(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    panel = await alice.slash(channel, "settings")
    assert panel.ephemeral
    assert panel.response is not None
    assert "**Prefix**" in panel.response.content
    assert panel.response.components == []


async def test_a_menu_of_somebody_else_is_refused(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await gamemaster.send(channel, "!settings")
    panel = channel.last_message
    assert panel is not None
    pressed = await alice.select(panel, ["inline_rolls"])
    assert pressed.ephemeral
    assert pressed.response is not None
    assert "Manage Server" in pressed.response.content
    assert memory.settings.of_guild(guild_id_of(channel)).inline_rolls is None


async def test_a_new_prefix_holds_at_once_and_a_mention_always(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    assert "`?`" in await choose(gamemaster, channel, "prefix", " ? ")
    await alice.send(channel, "!roll 1d6")
    assert answers(channel) == []
    await alice.send(channel, "?roll 1d6")
    assert "5" in answers(channel)[0]
    bot_user = simcord_env.bot.user
    assert bot_user is not None
    await alice.send(channel, f"<@{bot_user.id}> 1d6")
    assert len(answers(channel)) == 2


@pytest.mark.parametrize("prefix", ["toolong", "a b", "/", "<@1", "@", "`", "\u200b"])
async def test_a_prefix_that_nobody_could_type_is_refused(
    gamemaster: MemberActor, channel: ChannelHandle, memory: Memory, prefix: str
) -> None:
    await gamemaster.send(channel, f"!prefix {prefix}")
    assert "1 to 5 characters" in answers(channel)[0]
    assert memory.settings.of_guild(guild_id_of(channel)).prefix is None


async def test_the_prefix_command_tells_and_changes(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!prefix")
    assert "`!`" in answers(channel)[-1]
    await alice.send(channel, "!prefix ?")
    assert "Manage Server" in answers(channel)[-1]
    await gamemaster.slash(channel, "prefix", new="nz!")
    await alice.send(channel, "nz!prefix")
    assert "`nz!roll 2d6`" in answers(channel)[-1]


async def test_settings_outlive_the_bot(
    gamemaster: MemberActor, channel: ChannelHandle, memory: Memory, tmp_path: Path
) -> None:
    assert tmp_path
    await choose(gamemaster, channel, "prefix", "?")
    await memory.settings.read_all()
    assert memory.settings.of_guild(guild_id_of(channel)).prefix == "?"


async def test_private_messages_have_no_server_settings(
    simcord_env: Env, channel: ChannelHandle, raised: Callable[[], list[str]]
) -> None:
    assert channel
    user = simcord_env.create_user("zoe")
    await user.send_dm("!settings")
    assert user.dm_channel.last_message is not None
    assert "only in a server" in user.dm_channel.last_message.content
    assert raised() == ["NoPrivateMessage"]


@pytest.mark.parametrize("faces", [[5, 6, 3, 5, 5, 5]])
async def test_the_dialect_of_the_server_and_of_the_player(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, faces: list[int]
) -> None:
    assert faces
    await choose(gamemaster, channel, "dialect", "avrae")
    await alice.send(channel, "!roll 2d6k5")
    assert "5" in answers(channel)[-1]
    mine = await alice.slash(channel, "preferences")
    assert mine.response is not None
    menu = await alice.select(mine.response, ["dialect"])
    assert menu.response is not None
    changed = await alice.select(menu.response, ["nazh"])
    assert changed.response is not None
    assert "**Dialect**: Nazh" in changed.response.content
    await alice.send(channel, "!roll 2d6k1")
    again = channel.last_message
    assert again is not None
    assert "2d6k" in said(again) or "2d6kh1" in said(again)


@pytest.mark.parametrize("faces", [[3, 5, 3, 5]])
async def test_a_button_rolls_the_same_in_every_dialect(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, faces: list[int]
) -> None:
    assert faces
    await choose(gamemaster, channel, "dialect", "avrae")
    await gamemaster.send(channel, "!roll 2d6k5")
    first = channel.last_message
    assert first is not None
    await choose(gamemaster, channel, "dialect", "nazh")
    again = await alice.click(first, label="Roll again")
    assert again.response is not None
    assert said(again.response).splitlines()[0] == said(first).splitlines()[0]


@pytest.mark.parametrize("style", ["compact", "plain"])
async def test_the_style_of_the_server(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, style: str
) -> None:
    await choose(gamemaster, channel, "style", style)
    await alice.send(channel, "!roll 2d6+3")
    assert channel.last_message is not None
    assert channel.last_message.content.startswith("2d6 (5, 3)+3 = ")


async def test_a_players_own_style_goes_first(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await choose(gamemaster, channel, "style", "compact")
    mine = await alice.slash(channel, "preferences")
    assert mine.response is not None
    menu = await alice.select(mine.response, ["style"])
    assert menu.response is not None
    await alice.select(menu.response, ["rich"])
    await alice.send(channel, "!roll 2d6+3")
    assert channel.last_message is not None
    assert channel.last_message.content == ""
    assert outcome_of_card(channel.last_message)


@pytest.mark.parametrize("faces", [[5, 3]])
async def test_a_default_roll_is_checked_and_rolled(
    alice: MemberActor, channel: ChannelHandle, faces: list[int]
) -> None:
    assert faces
    mine = await alice.slash(channel, "preferences")
    assert mine.response is not None
    form = await alice.select(mine.response, ["default_roll"])
    refused = await alice.submit_modal(form, {"answer": "2d6+bogus"})
    assert refused.response is not None
    assert "^" in refused.response.content
    form = await alice.select(mine.response, ["default_roll"])
    await alice.submit_modal(form, {"answer": "2d6+1"})
    await alice.send(channel, "!roll")
    assert "9" in answers(channel)[-1]


@pytest.mark.parametrize("faces", [[11, 2, 3]])
async def test_inline_rolls_are_answered_once_a_message_where_they_are_wanted(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, faces: list[int]
) -> None:
    assert faces
    await alice.send(channel, "I hit with [[1d20+7]] for [[2d6+4 fire]], see [[the notes]]")
    assert answers(channel) == [], "off by default"
    await choose(gamemaster, channel, "inline_rolls")
    await alice.send(channel, "I hit with [[1d20+7]] for [[2d6+4 fire]], see [[the notes]]")
    (answer,) = answers(channel)
    assert "18" in answer
    assert "9" in answer
    await alice.send(channel, "see [[the notes]]")
    assert len(answers(channel)) == 1
    await alice.send(channel, "I try [[1d20+]]")
    assert "^" in answers(channel)[-1]


@pytest.mark.parametrize("faces", [[5, 3]])
async def test_dice_alone_are_rolled_where_that_is_wanted(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, faces: list[int]
) -> None:
    assert faces
    await alice.send(channel, "2d6+3")
    assert answers(channel) == [], "off by default"
    await choose(gamemaster, channel, "direct_notation")
    for talk in ("2d6 are enough for you", "d20 is my favourite die", "hello", "6", "2d"):
        await alice.send(channel, talk)
    assert answers(channel) == []
    await alice.send(channel, "2d6+3")
    assert "11" in answers(channel)[0]


async def test_only_allowed_channels_are_answered(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    tavern = simcord_env.guild.create_text_channel("tavern")
    await choose(gamemaster, channel, "allowed_channel_ids", [tavern])
    await alice.send(channel, "!roll 1d6")
    assert answers(channel) == []
    refused = await alice.slash(channel, "roll", dice="1d6")
    assert refused.ephemeral
    assert refused.response is not None
    assert f"<#{tavern.id}>" in refused.response.content
    await alice.send(tavern, "!roll 1d6")
    assert "5" in answers(tavern)[0]
    assert "everywhere" in await unset(gamemaster, channel, "allowed_channel_ids")
    await alice.send(channel, "!roll 1d6")
    assert "3" in answers(channel)[0]


async def unset(actor: MemberActor, channel: ChannelHandle, field: str) -> str:
    panel = await actor.slash(channel, "settings")
    assert panel.response is not None
    menu = await actor.select(panel.response, [field], custom_id="settings:")
    assert menu.response is not None
    back = await actor.click(menu.response, label="Use the default")
    assert back.response is not None
    return back.response.content


async def test_answers_go_to_the_results_channel_with_a_link(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env, memory: Memory
) -> None:
    log = simcord_env.guild.create_text_channel("log")
    await choose(gamemaster, channel, "results_channel_id", log)
    await alice.send(channel, "!roll 1d6")
    (result,) = answers(log)
    assert f"<@{alice.id}>" in result
    assert log.last_message is not None
    assert answers(channel) == [f"https://discord.com/channels/{guild_id_of(channel)}/{log.id}/{log.last_message.id}"]
    slashed = await alice.slash(channel, "roll", dice="1d6")
    assert slashed.ephemeral
    assert len(answers(log)) == 2
    await alice.send(log, "!roll 1d6")
    assert len(answers(log)) == 3
    await memory.ledger.flush()
    assert await memory.ledger.of_answer(log.last_message.id), "the ledger knows which message answered"


async def test_an_edited_roll_changes_its_answer_in_the_results_channel(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    log = simcord_env.guild.create_text_channel("log")
    await choose(gamemaster, channel, "results_channel_id", log)
    asked = await alice.send(channel, "!roll 1d6")
    link = answers(channel)
    await alice.edit(asked, "!roll 1d6+10")
    (result,) = answers(log)
    assert "# 13" in result
    assert f"by <@{alice.id}> · Edited. First roll: 1d6 (5) = **5**" in result
    assert answers(channel) == link


async def test_a_mistake_that_is_mended_is_rolled_in_the_results_channel(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    log = simcord_env.guild.create_text_channel("log")
    await choose(gamemaster, channel, "results_channel_id", log)
    asked = await alice.send(channel, "!roll 2d6hk1")
    assert "^" in answers(channel)[0]
    await alice.edit(asked, "!roll 1d6")
    (result,) = answers(log)
    assert "# 5" in result
    assert f"by <@{alice.id}> · Edited." in result
    assert log.last_message is not None
    assert answers(channel) == [f"https://discord.com/channels/{guild_id_of(channel)}/{log.id}/{log.last_message.id}"]
    await alice.edit(asked, "!roll 1d6+1")
    (again,) = answers(log)
    assert "First roll: 1d6 (5) = **5**" in again


async def test_an_edit_whose_answer_can_no_longer_be_reached_is_told(
    alice: MemberActor,
    gamemaster: MemberActor,
    channel: ChannelHandle,
    simcord_env: Env,
    raised: Callable[[], list[str]],
) -> None:
    log = simcord_env.guild.create_text_channel("log")
    await choose(gamemaster, channel, "results_channel_id", log)
    asked = await alice.send(channel, "!roll 1d6")
    simcord_env.backend.delete_channel(log.id)
    await alice.edit(asked, "!roll 1d6+10")
    assert len(answers(channel)) <= 2
    assert raised() == []


async def test_a_results_channel_without_permission_is_refused_and_loses_no_roll(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env, memory: Memory
) -> None:
    closed = discord.PermissionOverwrite(send_messages=False)
    log = simcord_env.guild.create_text_channel("log", overwrites={simcord_env.guild.default_role: closed})
    assert "may not write" in await choose(gamemaster, channel, "results_channel_id", log)
    await memory.settings.change_guild(guild_id_of(channel), {"results_channel_id": log.id})
    await alice.send(channel, "!roll 1d6")
    assert "5" in answers(channel)[0]


async def test_a_roll_for_the_game_master(
    alice: MemberActor,
    gamemaster: MemberActor,
    channel: ChannelHandle,
    simcord_env: Env,
    raised: Callable[[], list[str]],
) -> None:
    refused = await alice.slash(channel, "gmroll", dice="1d6")
    assert refused.response is not None
    assert "no GM channel" in refused.response.content
    den = simcord_env.guild.create_text_channel("den")
    await choose(gamemaster, channel, "secret_channel_id", den)
    rolled = await alice.slash(channel, "gmroll", dice="1d6 stealth")
    assert rolled.ephemeral
    assert rolled.response is not None
    assert "stealth" in said(rolled.response)
    assert "stealth" in answers(den)[0]
    assert f"<@{alice.id}>" in answers(den)[0]
    assert answers(channel) == []
    await alice.send(channel, "!gmroll 1d6 stealth")
    assert answers(channel) == ["Rolled for the game master."]
    assert len(answers(den)) == 2
    assert raised() == []


async def test_while_the_database_is_away_nothing_is_changed_and_that_is_said(
    gamemaster: MemberActor, channel: ChannelHandle, memory: Memory, raised: Callable[[], list[str]]
) -> None:
    memory.database.away = "the database does not answer"
    await gamemaster.send(channel, "!prefix ?")
    assert "nothing was changed" in answers(channel)[0]
    memory.database.away = None
    assert memory.settings.of_guild(guild_id_of(channel)).prefix is None
    assert raised() is not None


async def test_a_thread_of_an_allowed_channel_is_answered(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    await choose(gamemaster, channel, "allowed_channel_ids", [channel])
    room = simcord_bot.get_channel(channel.id)
    assert isinstance(room, discord.TextChannel)
    await room.create_thread(name="ambush", type=discord.ChannelType.public_thread)
    (thread,) = channel.threads
    await alice.send(thread, "!roll 1d6")
    assert "5" in answers(thread)[-1]


async def test_messages_are_answered_in_the_language_of_the_server(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, memory: Memory
) -> None:
    simcord_bot.handling.languages = {"de": {"Pong. Gateway latency: {latency}": "Pong. Verzug: {latency}"}}
    await alice.send(channel, "!ping")
    assert "Gateway latency" in answers(channel)[-1]
    await memory.settings.change_guild(guild_id_of(channel), {"locale": "de"})
    await alice.send(channel, "!ping")
    assert "Verzug" in answers(channel)[-1]
    slash = await alice.slash(channel, "ping")
    assert slash.response is not None
    assert "Gateway latency" in slash.response.content, "whoever asked speaks English"


async def test_the_language_is_chosen_where_there_is_more_than_english(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    shown = await gamemaster.slash(channel, "settings")
    assert shown.response is not None
    assert "Language" not in shown.response.content
    german = {"Pong. Gateway latency: {latency}": "Pong. Verzug: {latency}"}
    simcord_bot.handling.languages = {"de": german, "pt-BR": {"a": "b"}}
    shown = await gamemaster.slash(channel, "settings")
    assert shown.response is not None
    assert "**Language**: that of the server" in shown.response.content
    asked = await gamemaster.select(shown.response, ["locale"])
    assert asked.response is not None
    menu = asked.response.components[0]["components"][0]
    labels = {each["value"]: each["label"] for each in menu["options"]}
    assert labels == {"en-US": "English", "de": "German", "pt-BR": "Brazil Portuguese"}
    assert "**Language**: German" in await choose(gamemaster, channel, "locale", "de")
    await alice.send(channel, "!ping")
    assert "Verzug" in answers(channel)[-1]
    assert "**Language**: that of the server" in await unset(gamemaster, channel, "locale")
