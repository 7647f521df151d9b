"""Saved rolls: saved, rolled by name, by button and in notation, shared, carried in and out."""

import json
from collections.abc import Callable

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.services.services import Memory
from modules.storage.records import Owner
from tests.cogs.reading import said


def told(channel: ChannelHandle) -> str:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return said(message)


async def ask(actor: MemberActor, channel: ChannelHandle, text: str) -> str:
    await actor.send(channel, text)
    return told(channel)


async def test_a_saved_roll_is_rolled_by_its_name(alice: MemberActor, channel: ChannelHandle) -> None:
    saved = await ask(alice, channel, "!save attack 1d20+7")
    assert "`attack`: `1d20+7`" in saved
    assert "`!attack`" in saved
    rolled = await ask(alice, channel, "!attack")
    assert "12" in rolled
    assert "attack" in rolled, "its name is the title"
    assert "12" in await ask(alice, channel, "!roll $attack+2")
    assert "goblin" in await ask(alice, channel, "!Attack goblin")


@pytest.mark.parametrize("faces", [[5, 3, 8, 2, 6, 4, 4]])
async def test_modifiers_advantage_and_arguments_behind_a_name(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!save attack 1d20+$1=7")
    await alice.send(channel, "!save bolt $1d6 # fire bolt")
    assert "14" in await ask(alice, channel, "!attack +2")
    assert "15" in await ask(alice, channel, "!attack adv"), "the higher of 3 and 8, and 7"
    assert "4" in await ask(alice, channel, "!attack 2")
    assert "14" in await ask(alice, channel, "!roll $bolt(3)")
    assert "fire bolt" in told(channel)
    assert "needs a value" in await ask(alice, channel, "!bolt")
    assert "^" in told(channel)


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("!save attack 1d20+", "^"),
        ("!save attack $nope+1", "no saved roll"),
        ("!save loop $loop+1", "back to itself"),
        ("!save roll 1d20", "command of mine"),
        ("!save R 1d20", "command of mine"),
        ("!save d20 1d20", "reads as dice"),
        ("!save 2x 1d20", "begins with a letter"),
        ("!save a.b 1d20", "begins with a letter"),
        ("!saved delete nothing", "no saved roll called"),
        ("!saved edit nothing 1d6", "no saved roll called"),
        ("!saved share nothing", "no saved roll called"),
        ("!save attack", "Write it like this"),
    ],
)
async def test_what_cannot_be_saved_is_refused_with_a_reason(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, command: str, word: str, raised: Callable[[], list[str]]
) -> None:
    assert word in await ask(alice, channel, command)
    assert await memory.saved_rolls.of(Owner("user", alice.id)) == ()
    assert raised() in ([], ["MissingRequiredArgument"])


async def test_a_loop_over_two_names_is_refused(alice: MemberActor, channel: ChannelHandle, memory: Memory) -> None:
    await alice.send(channel, "!save one 1d6")
    await alice.send(channel, "!save two $one+1")
    assert "back to itself" in await ask(alice, channel, "!save one $two+1")
    (one, _two) = await memory.saved_rolls.of(Owner("user", alice.id))
    assert one.notation == "1d6"


async def test_saving_again_says_what_it_was_and_editing_renames(
    alice: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await alice.send(channel, "!save attack 1d20+7")
    assert "It was `1d20+7`" in await ask(alice, channel, "!save Attack 1d20+8")
    await alice.slash(channel, "saved edit", name="attack", rename="strike")
    assert [(each.name, each.notation) for each in await memory.saved_rolls.of(Owner("user", alice.id))] == [
        ("strike", "1d20+8")
    ]
    assert "Deleted `strike`" in await ask(alice, channel, "!saved delete strike")


async def test_the_list_has_buttons_and_a_panel_stays(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env, memory: Memory
) -> None:
    empty = await alice.slash(channel, "saved list")
    assert empty.response is not None
    assert "`!save attack 1d20+7`" in empty.response.content
    assert "no saved rolls to put on a panel" in await ask(alice, channel, "!panel")
    await alice.send(channel, "!save attack 1d20+7")
    await alice.send(channel, "!save fire 2d6")
    listed = await alice.slash(channel, "saved list")
    assert listed.ephemeral
    assert listed.response is not None
    assert "**attack** `1d20+7`" in listed.response.content
    await alice.slash(channel, "panel")
    panel = channel.last_message
    assert panel is not None
    bob = simcord_env.guild.add_member(simcord_env.create_user("bob"))
    pressed = await bob.click(panel, label="attack")
    assert pressed.response is not None
    assert "12" in said(pressed.response)
    assert f"<@{bob.id}>" in said(pressed.response)
    await memory.saved_rolls.remove(Owner("user", alice.id), "attack")
    gone = await bob.click(panel, label="attack")
    assert gone.ephemeral
    assert gone.response is not None
    assert "deleted" in gone.response.content


async def test_a_server_has_rolls_of_its_own_that_its_managers_change(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    refused = await alice.slash(channel, "saved add", name="init", dice="1d20", server=True)
    assert refused.response is not None
    assert "Manage Server" in refused.response.content
    await gamemaster.slash(channel, "saved add", name="init", dice="1d20+1", server=True)
    assert "6" in await ask(alice, channel, "!init"), "everybody can roll it"
    await alice.send(channel, "!save init 1d6")
    assert "3" in await ask(alice, channel, "!init"), "one's own goes first"


async def test_a_shared_roll_is_rolled_and_kept_by_others(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await alice.send(channel, "!save attack 1d20+7")
    await alice.slash(channel, "saved share", name="attack")
    shown = channel.last_message
    assert shown is not None
    kept = await gamemaster.click(shown, label="Save it")
    assert kept.ephemeral
    assert len(await memory.saved_rolls.of(Owner("user", gamemaster.id))) == 1
    again = await gamemaster.click(shown, label="Save it")
    assert again.response is not None
    assert "already" in again.response.content
    refused = await alice.click(shown, label="Save it for the server")
    assert refused.response is not None
    assert "Manage Server" in refused.response.content
    await gamemaster.click(shown, label="Save it for the server")
    assert channel.guild is not None
    assert len(await memory.saved_rolls.of(Owner("guild", channel.guild.id))) == 1


async def test_lists_of_other_bots_are_read_and_what_is_none_is_named(
    alice: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    form = await alice.slash(channel, "saved import")
    lines = [
        "attack = 1d20+7",
        '!snippet sneak -d "3d6[sneak]"',
        "!alias hit roll 1d20+%1%",
        "!alias smart {{ 1+1 }}",
        "cod: 4d10 e10",
        "hello there",
        "roll = 1d20",
        "bad = 1d20+",
    ]
    answer = await alice.submit_modal(form, {"answer": "\n".join(lines)})
    assert answer.response is not None
    text = answer.response.content
    assert "Saved 4" in text
    for line in ("smart", "hello there", "roll = 1d20", "bad = 1d20+"):
        assert line in text.partition("Not saved")[2]
    notations = {each.name: each.notation for each in await memory.saved_rolls.of(Owner("user", alice.id))}
    assert notations == {"attack": "1d20+7", "sneak": "3d6[sneak]", "hit": "1d20+$1", "cod": "4d10!10"}


async def test_an_export_is_imported_by_somebody_else(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await alice.send(channel, "!save attack 1d20+7 to hit")
    await alice.send(channel, "!save bolt $1=2d6")
    exported = await alice.slash(channel, "saved export")
    assert exported.ephemeral
    assert exported.response is not None
    (file,) = exported.response.attachments
    content = await file.read()
    assert json.loads(content)["rolls"][0] == {"name": "attack", "notation": "1d20+7 to hit"}
    await gamemaster.send(channel, "!saved import", attachments=[("rolls.json", content)])
    assert "Saved 2" in told(channel)
    assert len(await memory.saved_rolls.of(Owner("user", gamemaster.id))) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[[[", b'{"a": {"b": 1}}', b"", b"[1, 2, null]"])
async def test_a_file_that_is_none_saves_nothing(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, content: bytes
) -> None:
    await alice.send(channel, "!saved import", attachments=[("rolls.json", content)])
    assert told(channel)
    assert await memory.saved_rolls.of(Owner("user", alice.id)) == ()


async def test_names_are_suggested(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!save attack 1d20+7")
    choices = await alice.autocomplete(channel, "saved delete", "name", "TT")
    assert [each["value"] for each in choices] == ["attack"]


async def test_there_is_a_most(alice: MemberActor, channel: ChannelHandle, memory: Memory) -> None:
    await memory.saved_rolls.add_all(Owner("user", alice.id), [(f"roll{each}", "1d6") for each in range(100)])
    assert "At most 100 rolls" in await ask(alice, channel, "!save attack 1d20+7")
    listed = await alice.slash(channel, "saved list")
    assert listed.response is not None
    assert len(listed.response.content) <= 2_000


async def test_buttons_under_a_named_roll_roll_the_same_for_everybody(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!save attack 1d20+7")
    await alice.send(channel, "!roll $attack+2")
    rolled = channel.last_message
    assert rolled is not None
    again = await gamemaster.click(rolled, label="Roll again")
    assert again.response is not None
    assert "12" in said(again.response)


async def test_in_private_messages_too(simcord_env: Env, channel: ChannelHandle) -> None:
    assert channel
    user = simcord_env.create_user("zoe")
    await user.send_dm("!save attack 1d20+7")
    await user.send_dm("!attack")
    answer = user.dm_channel.last_message
    assert isinstance(answer, discord.Message)
    assert "12" in said(answer)


async def test_without_the_database_rolls_go_on(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, raised: Callable[[], list[str]]
) -> None:
    memory.database.away = "the database does not answer"
    assert "cannot reach my database" in await ask(alice, channel, "!save attack 1d20+7")
    assert "5" in await ask(alice, channel, "!roll 1d20")
    assert "cannot reach my database" in await ask(alice, channel, "!roll $attack")
    memory.database.away = None
    assert set(raised()) <= {"DatabaseAway"}
