"""How answers look: cards, lines, lines without markup; and that nothing is too long to be sent."""

from pathlib import Path

import discord
import pytest
import simcord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.cogs.support.answers import DICE_FILE
from modules.dice.rolling.source import SystemSource
from modules.rendering.answers import Outcome
from modules.services.answer_look import AnswerStyle
from modules.storage.records import GuildSettings
from modules.ui.answers import outcome_of_card, text_of
from tests.bots import make_bot
from tests.cogs.reading import said

HUGE = ["10000d6", "50#200d6", "20#100d6!", "+".join(["1d6"] * 150), "50#10**30+1d6; 10**29+1d6; 10**28+1d6"]


def answer(channel: ChannelHandle) -> discord.Message:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return message


def choose(bot: NazhBot, style: AnswerStyle) -> None:
    """As a server that wants another style."""
    roller = bot.get_cog("RollCog")._roller  # type: ignore[union-attr]
    chosen = GuildSettings(style=style.value, odds_line=False)
    roller.requests.players.settings.of_guild = lambda _guild_id: chosen


@pytest.mark.parametrize(
    ("faces", "outcome"), [([20], Outcome.SUCCESS), ([1], Outcome.FAILURE), ([7], Outcome.PLAIN)], ids=str
)
async def test_a_card_has_the_colour_of_its_outcome(
    alice: MemberActor, channel: ChannelHandle, faces: list[int], outcome: Outcome
) -> None:
    assert faces
    await alice.send(channel, "!roll 1d20")
    assert outcome_of_card(answer(channel)) is outcome
    assert answer(channel).content == ""


@pytest.mark.parametrize(
    ("style", "text"),
    [(AnswerStyle.COMPACT, "fire: 2d6 (5, 3)+3 = **11**"), (AnswerStyle.PLAIN, "fire: 2d6 (5, 3)+3 = 11")],
)
async def test_another_style_is_one_line_of_text(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, style: AnswerStyle, text: str
) -> None:
    choose(simcord_bot, style)
    await alice.send(channel, "!roll 2d6+3 fire")
    assert answer(channel).content == text
    again = await alice.click(answer(channel), label="Roll again")
    assert again.response is not None
    assert f"Again, by <@{alice.id}>" in again.response.content


@pytest.mark.parametrize("style", AnswerStyle)
async def test_a_secret_roll_is_revealed_in_its_own_style(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, style: AnswerStyle
) -> None:
    choose(simcord_bot, style)
    secret = await alice.slash(channel, "roll", dice="2d6+3", label="stealth", secret=True)
    assert secret.response is not None
    revealed = await alice.click(secret.response, label="Reveal")
    assert revealed.response is not None
    shown, hidden = said(revealed.response).splitlines(), said(secret.response).splitlines()
    assert shown[:-1] == hidden[:-1]
    assert "Rolled in secret" in shown[-1]


@pytest.mark.parametrize("style", AnswerStyle)
@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("notation", HUGE)
async def test_nothing_is_too_long_to_be_sent(tmp_path: Path, notation: str, style: AnswerStyle, secret: bool) -> None:
    bot = make_bot(tmp_path, source=SystemSource())
    async with simcord.run(bot) as env:
        channel = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        choose(bot, style)
        result = await alice.slash(channel, "roll", dice=notation, label="x" * 100, secret=secret)
        assert result.response is not None
        (attached,) = result.response.attachments
        assert attached.filename == DICE_FILE
        assert "Every die is in the file" in said(result.response)
        if secret:
            revealed = await alice.click(result.response, label="Reveal")
            assert revealed.response is not None
            assert "Every die" not in said(revealed.response)


@pytest.mark.parametrize("faces", [[5, 3, 6]])
async def test_a_refused_roll_becomes_a_card_when_it_is_mended(
    alice: MemberActor, channel: ChannelHandle, simcord_env: Env, faces: list[int]
) -> None:
    assert faces
    question = await alice.send(channel, "!roll 2d6hk1")
    assert answer(channel).content
    await alice.edit(question, "!roll 2d6kh1")
    mended = simcord_env.http_requests[-1]
    assert mended.json is not None
    assert mended.json["content"] is None
    assert mended.json["flags"] == discord.MessageFlags(components_v2=True).value
    await alice.edit(question, "!roll 2d6hk1")
    refused = answer(channel)
    assert refused.content == ""
    assert "^^" in text_of(refused)
    assert any(isinstance(each, discord.ActionRow) for each in refused.components), "with its suggestion"


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
@pytest.mark.parametrize("style", AnswerStyle)
async def test_where_no_file_may_be_attached_the_total_comes_all_the_same(
    tmp_path: Path, style: AnswerStyle, slash: bool
) -> None:
    bot = make_bot(tmp_path, source=SystemSource())
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        closed = discord.PermissionOverwrite(attach_files=False)
        channel = guild.create_text_channel("table", overwrites={guild.default_role: closed})
        alice = guild.add_member(env.create_user("alice"))
        choose(bot, style)
        for text in ("1000d1", "odds 3d6"):
            if slash:
                command, dice = text.split() if " " in text else ("roll", text)
                await alice.slash(channel, command, dice=dice)
            else:
                await alice.send(channel, f"!{text}" if " " in text else f"!roll {text}")
            shown = answer(channel)
            assert not shown.attachments
            assert "%" in text_of(shown) or "1000" in text_of(shown)
            assert ("Attach Files" in text_of(shown)) is (text == "1000d1")
