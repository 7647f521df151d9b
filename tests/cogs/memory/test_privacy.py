"""A person's data: all of it in the file, none of it afterwards, and the chain still holds."""

import json
from collections.abc import Callable

import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.services.personal_data import packed
from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from modules.storage.records import Owner, UserSettings
from modules.storage.verification import verify


async def fill(actor: MemberActor, channel: ChannelHandle, memory: Memory) -> None:
    await actor.send(channel, "!save attack 1d20+7")
    await actor.send(channel, "!roll 1d20 secret plan")
    await actor.send(channel, "!roll 1d6")
    await memory.settings.change_user(actor.id, {"style": "plain"})
    await memory.characters.add(actor.id, None, "Mira", {"str": "3"})


async def test_an_export_has_everything_and_only_ones_own(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await fill(alice, channel, memory)
    await gamemaster.send(channel, "!roll 1d8")
    result = await alice.slash(channel, "mydata export")
    assert result.ephemeral
    assert result.response is not None
    data = json.loads(await result.response.attachments[0].read())
    assert data["preferences"]["style"] == "plain"
    assert data["saved_rolls"] == [{"name": "attack", "notation": "1d20+7", "use_count": 0}]
    assert data["characters"] == [{"name": "Mira", "values": {"str": "3"}}]
    assert [(each["canonical"], each["faces"], each["user_id"]) for each in data["rolls"]] == [
        ("1d6", "3", alice.id),
        ("1d20", "5", alice.id),
    ]


async def test_by_message_it_comes_as_a_private_message(simcord_env: Env, channel: ChannelHandle) -> None:
    user = simcord_env.create_user("zoe")
    zoe = simcord_env.guild.add_member(user)
    await zoe.send(channel, "!mydata")
    assert channel.last_message is not None
    assert channel.last_message.content == "I have sent it to you as a private message."
    assert channel.last_message.attachments == []
    assert user.dm_channel.last_message is not None
    assert user.dm_channel.last_message.attachments[0].filename == "mydata.json"


async def test_deleted_is_deleted_and_the_chain_holds(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await fill(alice, channel, memory)
    await gamemaster.send(channel, "!roll 1d8")
    await alice.send(channel, "!mydata delete")
    question = channel.last_message
    assert question is not None
    refused = await gamemaster.click(question, label="Delete everything")
    assert refused.response is not None
    assert "Only the person who asked" in refused.response.content
    done = await alice.click(question, label="Delete everything")
    assert done.response is not None
    assert "1 saved rolls, 1 characters, and the record of 2 rolls" in done.response.content
    assert await memory.saved_rolls.of(Owner("user", alice.id)) == ()
    assert await memory.characters.of(alice.id) == ()
    assert await memory.settings.of_user(alice.id) == UserSettings()
    assert await memory.ledger.page(HistoryQuery(user_id=alice.id), 10) == ()
    assert len(await memory.ledger.page(HistoryQuery(user_id=gamemaster.id), 10)) == 1
    async with memory.database.reading() as connection:
        checked = await verify(connection)
    assert (checked.rows, checked.breaks) == (3, [])


def test_a_large_file_is_compressed() -> None:
    name, content = packed("mydata", {"rolls": [{"canonical": "1d20+7"}] * 50_000})
    assert name == "mydata.zip"
    assert len(content) < 100_000


@pytest.mark.parametrize("command", ["!mydata", "!mydata delete"])
async def test_in_private_messages(
    simcord_env: Env, channel: ChannelHandle, command: str, raised: Callable[[], list[str]]
) -> None:
    assert channel
    user = simcord_env.create_user("zoe")
    await user.send_dm(command)
    assert user.dm_channel.last_message is not None
    assert user.dm_channel.last_message.author.bot
    assert raised() == []


@pytest.mark.parametrize("faces", [[5, 3, 2]])
async def test_what_is_typed_beside_dice_is_kept_nowhere(
    alice: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    await alice.send(channel, "!roll 2d6[dragonslayer] and 1d4 x for the dragonslayer")
    await memory.ledger.flush()
    (*rows,) = await memory.ledger.page(HistoryQuery(user_id=alice.id), 5)
    assert rows
    assert "dragonslayer" not in repr(rows)
    assert "'x'" not in repr(rows)
    assert '"x"' not in repr(rows)
