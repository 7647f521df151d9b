"""Characters: made, switched, rolled by the names of their values, carried in and out."""

import json
from collections.abc import Callable

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.rendering.text import escape
from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from tests.cogs.reading import said


def told(channel: ChannelHandle) -> str:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return said(message)


async def ask(actor: MemberActor, channel: ChannelHandle, text: str, **more: object) -> str:
    await actor.send(channel, text, **more)  # type: ignore[arg-type]  # attachments
    return told(channel)


async def test_values_are_rolled_for_whoever_is_at_the_table(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    shown = await ask(alice, channel, "!character new Mira str 3, dex -1, prof 2, atk 1d20+str+prof")
    assert "**Mira** · at the table here" in shown
    assert "`atk` 1d20+str+prof" in shown
    await gamemaster.send(channel, "!character new Grog str 5")
    assert "8" in (mine := await ask(alice, channel, "!roll 1d20+str"))
    assert "3[str]" in mine.replace("\\", "")
    assert "8" in (theirs := await ask(gamemaster, channel, "!roll 1d20+str"))
    assert "5[str]" in theirs.replace("\\", "")
    assert "11" in (attack := await ask(alice, channel, "!atk")), "6 and 3 and 2"
    assert "unlabelled" not in attack
    assert " · prof" not in attack, "what a number is called is nothing to sum"
    await memory.ledger.flush()
    rows = await memory.ledger.page(HistoryQuery(user_id=alice.id), 5)
    assert [row.entry.canonical for row in rows if row.entry] == ["1d20+3[str]+2[prof]", "1d20+3[str]"]
    assert "1d20-1[dex]" in (await ask(alice, channel, "!roll 1d20+dex")).replace("\\", "")


async def test_another_character_and_other_values(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!character new Mira str 3")
    await alice.send(channel, "!character new Brak str 5")
    assert "Brak" in await ask(alice, channel, "!character")
    shown = await alice.slash(channel, "character switch", name="mira")
    assert shown.response is not None
    assert "**Mira** · at the table here" in shown.response.content
    chosen = await alice.select(shown.response, [option_of(shown.response.components, "Brak")])
    assert chosen.response is not None
    assert "**Brak** · at the table here" in chosen.response.content
    changed = await ask(alice, channel, "!character set STR 6, con 2")
    assert "`str` 6" in changed
    assert "`con` 2" in changed
    assert "`con`" not in await ask(alice, channel, "!character set con")
    assert "Deleted `Brak`" in await ask(alice, channel, "!character delete brak")
    assert "str" in await ask(alice, channel, "!roll 1d20+str"), "nobody is played: the name means nothing"


def option_of(components: list[dict[str, object]], label: str) -> str:
    options: list[dict[str, str]] = components[0]["components"][0]["options"]  # type: ignore[index]  # of a menu
    return next(each["value"] for each in options if each["label"] == label)


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("!character", "no characters yet"),
        ("!character set str 3", "no characters yet"),
        ("!character export", "no characters yet"),
        ("!character switch Mira", "no characters yet"),
        ("!character new Mira str hello", "neither a number nor dice"),
        ("!character new Mira atk 1d20+wis", "neither a number nor dice"),
        ("!character new Mira kh 3", "means something else"),
        ("!character new Mira foo bar, bar foo", "neither a number nor dice"),
        ("!character new Mira 3 4", "I cannot read"),
        ("!character template str 1..x", "Manage Server"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, command: str, word: str
) -> None:
    assert word in await ask(alice, channel, command)
    assert await memory.characters.of(alice.id) == ()


async def test_a_server_asks_new_characters_for_values_within_bounds(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    assert "I cannot read" in await ask(gamemaster, channel, "!character template str 1..x")
    await gamemaster.slash(channel, "character template", values="str 1..20 = 10, dex 1..20 = 10")
    form = await alice.slash(channel, "character new", name="Mira")
    assert form.modal is not None
    assert "str = 10\\ndex = 10" in json.dumps(form.modal)
    refused = await alice.submit_modal(form, {"name": "Mira", "values": "str = 30\ndex = 12"})
    assert refused.response is not None
    assert "1 to 20" in refused.response.content
    form = await alice.slash(channel, "character new", name="Mira")
    made = await alice.submit_modal(form, {"name": "Mira", "values": "str = 20\ndex = 12"})
    assert made.response is not None
    assert "`str` 20" in made.response.content
    assert "no values are asked for" in await ask(gamemaster, channel, "!character template none")


@pytest.mark.parametrize(("table", "ending"), [(False, "json"), (True, "csv")])
async def test_a_character_is_carried_out_and_in(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory, table: bool, ending: str
) -> None:
    await alice.send(channel, "!character new Mira str 3, atk {1d20+str,1d12}kh1")
    exported = await alice.slash(channel, "character export", table=table)
    assert exported.ephemeral
    assert exported.response is not None
    (file,) = exported.response.attachments
    assert file.filename == f"character.{ending}"
    await gamemaster.send(channel, "!character import", attachments=[(file.filename, await file.read())])
    (mine,), (theirs,) = await memory.characters.of(alice.id), await memory.characters.of(gamemaster.id)
    assert (
        (theirs.name, theirs.values) == (mine.name, mine.values) == ("Mira", {"str": "3", "atk": "{1d20+str,1d12}kh1"})
    )


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b'{"values": [1]}', b"str,hello\n", b"12\n"])
async def test_a_file_that_is_none_changes_nothing(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, content: bytes
) -> None:
    assert await ask(alice, channel, "!character import", attachments=[("x.json", content)])
    assert await memory.characters.of(alice.id) == ()


async def test_in_private_messages_somebody_else_may_be_played(
    simcord_env: Env, channel: ChannelHandle, raised: Callable[[], list[str]]
) -> None:
    assert channel
    user = simcord_env.create_user("zoe")
    await user.send_dm("!character new Mira str 3")
    await user.send_dm("!roll 1d20+str")
    assert user.dm_channel.last_message is not None
    assert "3[str]" in said(user.dm_channel.last_message).replace("\\", "")
    assert raised() == []


async def test_names_are_completed_and_understood_while_they_are_typed(
    alice: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!character new Mira str 3, stealth 1d20+5")
    await alice.send(channel, "!save attack 1d20+7")
    typed = {"1d20+st": ["1d20+str", "1d20+stealth"], "2d6+$at": ["2d6+$attack"]}
    for text, completed in typed.items():
        choices = await alice.autocomplete(channel, "roll", "dice", text)
        assert [each["value"] for each in choices][: len(completed)] == completed
    (meant, *_) = await alice.autocomplete(channel, "roll", "dice", "1d20+str")
    assert meant["name"].startswith("✓ 1d20+3[str]")
    (meant, *_) = await alice.autocomplete(channel, "roll", "dice", "$attack+2")
    assert meant["name"].startswith("✓ (1d20+7)+2")


@pytest.mark.parametrize(
    "name",
    ["[free nitro](https://evil.example)", "# 20", "<@&1>", "@everyone", "**20**", "||20||", "https://evil.example"],
)
async def test_a_name_is_shown_letter_for_letter(alice: MemberActor, channel: ChannelHandle, name: str) -> None:
    shown = await alice.slash(channel, "character new", name=name, values=f"bonus 1d20 # {name}")
    assert shown.response is not None
    title, value = shown.response.content.splitlines()
    assert title.startswith(f"**{escape(name)}**")
    assert value == f"`bonus` {escape(f'1d20 # {name}')}"
