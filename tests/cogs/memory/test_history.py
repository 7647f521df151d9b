"""The ledger as people see it: pages, a file, verified rolls, statistics; and who sees what."""

import csv
import io
from collections.abc import Callable

import discord
import pytest
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.services.services import Memory
from modules.storage.tables import ledger
from tests.cogs.reading import said


@pytest.fixture
def faces() -> list[int]:
    return [20, 5, 1, 17, *([4] * 40)]


def told(channel: ChannelHandle) -> str:
    message = channel.last_message
    assert message is not None
    return said(message)


def lines_of(text: str) -> list[str]:
    """The title of a history, and a line for each roll with its time."""
    title, *rest = text.splitlines()
    return [title, *(f"{roll} {when}" for roll, when in zip(rest[::2], rest[1::2], strict=True))]


async def history(actor: MemberActor, channel: ChannelHandle, /, **options: object) -> str:
    result = await actor.slash(channel, "history", **options)
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


async def test_ones_own_rolls_with_their_dice_newest_first(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    assert "no such roll" in await history(alice, channel)
    await alice.send(channel, "!roll 1d20+5 vs 15")
    await alice.send(channel, "!roll 1d6")
    await gamemaster.send(channel, "!roll 1d8")
    lines = lines_of(await history(alice, channel))
    assert "**5** `1d6` (5)" in lines[1]
    assert "**25** success `1d20+5 vs 15` (20)" in lines[2]
    assert len(lines) == 3
    assert len(lines_of(await history(alice, channel, dice="d20"))) == 2


async def test_a_roll_of_a_game_reads_as_it_was_typed(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll coc 50")
    shown = (await history(alice, channel)).splitlines()[1]
    assert shown == "**20** success `coc 50` = `(1d100) <= 50` (20)"


async def test_rolls_of_some_days_through_both_doors(
    alice: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    for number in range(12):
        await alice.send(channel, f"!roll 1d20+{number}")
    await alice.send(channel, "!roll 1d6")
    latest = channel.last_message
    assert latest is not None
    now = int(latest.created_at.timestamp() * 1000)
    await memory.ledger.flush()
    async with memory.database.writing() as connection:
        # The simulated Discord has a day of its own.
        await connection.execute(ledger.update().values(rolled_at=now - 2 * 86_400_000))
        await connection.execute(ledger.update().where(ledger.c.canonical == "1d6").values(rolled_at=now))
    today = lines_of(await history(alice, channel, since="today"))
    assert len(today) == 2
    assert "`1d6`" in today[1]
    assert today[0].startswith("**Your rolls here · since <t:")
    assert "`1d6`" not in await history(alice, channel, until="yesterday", dice="+3")
    await alice.send(channel, "!history since:today channel")
    assert lines_of(told(channel))[1:] == [today[1].replace("-# <t:", f"-# <@{alice.id}> · <t:", 1)]
    await alice.send(channel, "!history until:yesterday 1d20")
    older = channel.last_message
    assert older is not None
    assert len(lines_of(said(older))) == 11
    turned = await alice.click(older, label="Older")
    assert turned.response is not None
    assert "until <t:" in turned.response.content
    assert "`1d6`" not in turned.response.content
    assert len(lines_of(turned.response.content)) == 3


@pytest.mark.parametrize(
    ("command", "hint"), [("!history since:soon", "`yesterday`"), ("!history since:today until:yesterday", "before")]
)
async def test_a_day_that_cannot_be_read_is_explained(
    alice: MemberActor, channel: ChannelHandle, command: str, hint: str
) -> None:
    await alice.send(channel, command)
    assert hint in told(channel)


async def test_days_are_suggested(alice: MemberActor, channel: ChannelHandle) -> None:
    offered = await alice.autocomplete(channel, "history", "since", "yes")
    assert "yesterday" in [each["value"] for each in offered]


async def test_a_players_and_a_channels_rolls_are_those_of_this_channel(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    den = simcord_env.guild.create_text_channel("den")
    await gamemaster.send(den, "!roll 1d20")
    await gamemaster.send(channel, "!roll 1d6")
    await alice.send(channel, "!roll 1d8")
    theirs = await history(alice, channel, player=gamemaster)
    assert "`1d6`" in theirs
    assert "`1d20`" not in theirs
    everybodys = await history(alice, channel, channel=True)
    assert len(lines_of(everybodys)) == 3
    await alice.send(channel, "!history channel")
    assert len(lines_of(told(channel))) == 3


async def test_secret_rolls_are_seen_by_their_roller_alone(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await alice.slash(channel, "roll", dice="1d20", secret=True)
    assert "`1d20`" in await history(alice, channel)
    assert "no such roll" in await history(gamemaster, channel, player=alice)
    assert "no such roll" in await history(gamemaster, channel, channel=True)
    await alice.send(channel, "!history")
    assert "no such roll" in told(channel), "where others read along"


async def test_pages_are_turned_and_kept_as_a_file(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    for number in range(12):
        await alice.send(channel, f"!roll 1d20+{number}")
    first = await alice.slash(channel, "history")
    assert first.response is not None
    assert len(lines_of(first.response.content)) == 11
    older = await alice.click(first.response, label="Older")
    assert older.response is not None
    assert len(lines_of(older.response.content)) == 3
    assert "`1d20`" in older.response.content or "1d20+0" in older.response.content
    newest = await alice.click(older.response, label="Newest")
    assert newest.response is not None
    assert newest.response.content == first.response.content
    file = await alice.click(newest.response, label="As a file")
    assert file.ephemeral
    assert file.response is not None
    rows = list(csv.reader(io.StringIO((await file.response.attachments[0].read()).decode("utf-8-sig"))))
    assert len(rows) == 13
    assert rows[1][3:6] == ["1d20+11", "4", "15"]
    await alice.send(channel, "!history")
    public = channel.last_message
    assert public is not None
    foreign = await gamemaster.click(public, label="Older")
    assert foreign.response is not None
    assert "somebody else's" in foreign.response.content


@pytest.mark.parametrize("faces", [[4]])
async def test_a_file_has_no_formulas(alice: MemberActor, channel: ChannelHandle) -> None:
    await alice.send(channel, "!roll -1d6+10")
    shown = await alice.slash(channel, "history")
    assert shown.response is not None
    file = await alice.click(shown.response, label="As a file")
    assert file.response is not None
    rows = list(csv.reader(io.StringIO((await file.response.attachments[0].read()).decode("utf-8-sig"))))
    assert rows[1][3] == "'-1d6+10"


async def test_a_roll_is_verified_from_its_menu_by_link_and_from_the_history(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!roll 1d20+5 to hit")
    answer = channel.last_message
    assert answer is not None
    verified = await gamemaster.context_menu(channel, "Verify this roll", answer)
    assert verified.ephemeral
    assert verified.response is not None
    text = verified.response.content
    for part in ("**25** `1d20+5` (20)", f"<@{alice.id}>", "add up to this result", "shows this result"):
        assert part in text
    linked = await gamemaster.slash(channel, "verify", roll=answer.jump_url)
    assert linked.response is not None
    assert linked.response.content == text
    shown = await alice.slash(channel, "history")
    assert shown.response is not None
    chosen = await alice.select(shown.response, [str(await source_of(answer))])
    assert chosen.response is not None
    assert chosen.response.content == text


async def source_of(answer: discord.Message) -> int:
    assert answer.reference is not None
    assert answer.reference.message_id is not None
    return answer.reference.message_id


async def test_a_forged_message_and_a_changed_row_are_told(
    alice: MemberActor, channel: ChannelHandle, memory: Memory
) -> None:
    forged = await alice.send(channel, "1d20 = **20**")
    refused = await alice.context_menu(channel, "Verify this roll", forged)
    assert refused.response is not None
    assert "no record" in refused.response.content
    await alice.send(channel, "!roll 1d20+5")
    answer = channel.last_message
    assert answer is not None
    await memory.ledger.flush()
    async with memory.database.writing() as connection:
        await connection.execute(ledger.update().values(faces="3", total="8"))
    verified = await alice.context_menu(channel, "Verify this roll", answer)
    assert verified.response is not None
    assert "dice do not add up to this result" in verified.response.content
    assert "does not show this result" in verified.response.content


@pytest.mark.parametrize("roll", ["", "nonsense", "12", "https://example.org/99999999999999999999999"])
async def test_what_is_no_message_is_refused(alice: MemberActor, channel: ChannelHandle, roll: str) -> None:
    await alice.send(channel, f"!verify {roll}")
    assert "Verify this roll" in told(channel)


async def test_a_roll_of_a_channel_that_one_cannot_read_stays_unseen(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle, simcord_env: Env
) -> None:
    closed = discord.PermissionOverwrite(view_channel=False)
    role = simcord_env.guild.create_role("inner", permissions=discord.Permissions())
    den = simcord_env.guild.create_text_channel(
        "den", overwrites={simcord_env.guild.default_role: closed, role: discord.PermissionOverwrite(view_channel=True)}
    )
    insider = simcord_env.guild.add_member(simcord_env.create_user("insider"), roles=[role])
    rolled = await insider.slash(den, "roll", dice="1d20")
    assert rolled.response is not None
    refused = await alice.slash(channel, "verify", roll=str(rolled.response.id))
    assert refused.response is not None
    assert "no record" in refused.response.content
    seen = await insider.slash(channel, "verify", roll=str(rolled.response.id))
    assert seen.response is not None
    assert "**20**" in seen.response.content
    assert gamemaster


async def test_the_edited_roll_is_the_one_that_is_verified(alice: MemberActor, channel: ChannelHandle) -> None:
    asked = await alice.send(channel, "!roll 1d20")
    await alice.edit(asked, "!roll 1d6+1")
    answer = channel.last_message
    assert answer is not None
    verified = await alice.context_menu(channel, "Verify this roll", answer)
    assert verified.response is not None
    assert "**6** `1d6+1` (5)" in verified.response.content
    assert "`1d20`" not in verified.response.content


async def test_statistics_count_naturals_and_measure_luck(
    alice: MemberActor, gamemaster: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!stats")
    assert "no such roll" in told(channel)
    await alice.send(channel, "!roll 1d20")
    await alice.send(channel, "!roll 1d6")
    await alice.send(channel, "!roll 1d20")
    await alice.send(channel, "!stats")
    text = told(channel)
    assert "Rolls: 3" in text
    assert "Of 2 d20: natural 20 × 1 (50.0 %), natural 1 × 1 (50.0 %)" in text
    assert "better than 58.3 % of such rolls" in text, "97.5, 2.5 and 75 percent"
    await gamemaster.send(channel, "!roll 1d20")
    whole = await gamemaster.slash(channel, "stats", server=True)
    assert whole.response is not None
    assert "Rolls: 4" in whole.response.content


async def test_while_the_database_is_away_that_is_said(
    alice: MemberActor, channel: ChannelHandle, memory: Memory, raised: Callable[[], list[str]]
) -> None:
    memory.database.away = "the database does not answer"
    for command in ("!history", "!stats", "!verify 123456789012345678"):
        await alice.send(channel, command)
        assert "cannot reach my database" in told(channel)
    memory.database.away = None
    assert set(raised()) <= {"DatabaseAway"}
