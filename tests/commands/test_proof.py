"""The command layer carries what comes: options, embeds, files, buttons, menus, modals, suggestions, either way."""

from collections.abc import Callable
from pathlib import Path

import discord
import pytest
import simcord
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from modules.bot import NazhBot
from modules.commands.components import custom_id
from modules.telemetry.recorder import Recorder
from modules.ui.answers import text_of
from tests.bots import make_bot
from tests.commands.proof_cog import ProofCog


@pytest.fixture
async def cog(simcord_bot: NazhBot, simcord_env: Env) -> ProofCog:
    assert simcord_env is not None, "the bot has started"
    cog = ProofCog(simcord_bot)
    await simcord_bot.add_cog(cog)
    await simcord_bot.tree.sync()
    return cog


def answer(channel: ChannelHandle) -> discord.Message:
    message = channel.last_message
    assert message is not None
    assert message.author.bot, "the bot did not answer"
    return message


def ended(recorder: Recorder) -> dict[tuple[str, ...], int]:
    return dict(recorder.publish().totals.commands)


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_three_typed_options_an_embed_and_a_file(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder, slash: bool
) -> None:
    if slash:
        await alice.slash(channel, "paint", colour="cobalt", litres=2.5, matt=True)
    else:
        await alice.send(channel, "!paint cobalt 2.5 yes")
    message = answer(channel)
    assert message.content == "Ordered by alice"
    assert [(embed.title, embed.description) for embed in message.embeds] == [("cobalt", "2.5 l, matt")]
    assert [(file.filename, file.description) for file in message.attachments] == [("label.txt", "the label")]
    assert ended(recorder) == {("paint", "ok"): 1}
    assert cog.ran == ["paint"]


@pytest.mark.parametrize(
    ("text", "options"),
    [("!paint cobalt much", None), ("", {"colour": "cobalt", "litres": "much"})],
    ids=["message", "slash"],
)
async def test_an_option_that_cannot_be_converted_is_refused_with_the_usage(
    cog: ProofCog,
    alice: MemberActor,
    channel: ChannelHandle,
    recorder: Recorder,
    raised: Callable[[], list[str]],
    text: str,
    options: dict[str, str] | None,
) -> None:
    if options is not None:
        with pytest.raises(simcord.SetupError):  # Discord itself takes nothing but a number there
            await alice.slash(channel, "paint", **options)
        return
    await alice.send(channel, text)
    assert raised() == ["BadArgument"]
    assert "`!paint <colour> [litres] [matt]`" in answer(channel).content
    assert ended(recorder) == {("paint", "refused"): 1}
    assert not cog.ran


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
@pytest.mark.parametrize("name", ["secret", "bans"])
async def test_what_is_disabled_or_not_permitted_is_so_by_either_door(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, raised: Callable[[], list[str]], name: str, slash: bool
) -> None:
    if slash:
        result = await alice.slash(channel, name)
        assert result.ephemeral
    else:
        await alice.send(channel, f"!{name}")
        assert answer(channel).content
    assert len(raised()) == 1
    assert not cog.ran


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_the_check_of_a_cog_is_asked_by_either_door(
    cog: ProofCog, simcord_env: Env, channel: ChannelHandle, raised: Callable[[], list[str]], slash: bool
) -> None:
    mallory = simcord_env.guild.add_member(simcord_env.create_user("mallory"))
    if slash:
        await mallory.slash(channel, "paint", colour="cobalt")
    else:
        await mallory.send(channel, "!paint cobalt")
    assert raised() == ["CheckFailure"]
    assert not cog.ran


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_a_cooldown_holds_by_either_door(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, raised: Callable[[], list[str]], slash: bool
) -> None:
    for _ in range(2):
        if slash:
            await alice.slash(channel, "rare")
        else:
            await alice.send(channel, "!rare")
    assert set(raised()) == {"CommandOnCooldown"}
    assert cog.ran == ["rare"]


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_a_bug_ends_in_one_incident_by_either_door(
    cog: ProofCog,
    alice: MemberActor,
    channel: ChannelHandle,
    recorder: Recorder,
    raised: Callable[[], list[str]],
    slash: bool,
) -> None:
    if slash:
        result = await alice.slash(channel, "fail")
        assert result.response is not None
        text = result.response.content
    else:
        await alice.send(channel, "!fail")
        text = answer(channel).content
    assert cog is not None
    assert raised()
    assert "incident" in text
    assert "inner secret" not in text
    assert ended(recorder) == {("fail", "error"): 1}


@pytest.mark.parametrize("slash", [False, True], ids=["message", "slash"])
async def test_an_earlier_answer_is_changed_as_a_whole(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder, slash: bool
) -> None:
    if slash:
        await alice.slash(channel, "mend")
    else:
        await alice.send(channel, "!mend")
    message = answer(channel)
    assert cog is not None
    assert message.content == "second"
    assert [file.filename for file in message.attachments] == ["why.txt"]
    assert not message.components
    assert ended(recorder) == {("mend", "ok"): 1}


async def test_a_button_answers_its_presser_and_survives_a_restart(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!paint ochre")
    pressed = await alice.click(answer(channel), custom_id=custom_id("more", "ochre"))
    assert cog is not None
    assert pressed.response is not None
    assert pressed.response.content == "alice wants more ochre"
    assert pressed.ephemeral
    assert ended(recorder) == {("paint", "ok"): 1, ("more", "ok"): 1}


async def test_nothing_is_kept_of_a_view_that_was_sent(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot
) -> None:
    await alice.slash(channel, "paint", colour="ochre")
    assert cog is not None
    assert not simcord_bot.persistent_views
    assert not simcord_bot._connection._view_store._views


async def test_a_modal_is_opened_filled_in_and_answered_each_time_it_is_sent(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!paint ochre")
    message = answer(channel)
    assert cog is not None
    for litres, expected in (("3", "3 l of ochre"), ("3", "3 l of ochre"), ("lots", "lots is no number of litres.")):
        shown = await alice.click(message, custom_id=custom_id("ask", "ochre"))
        result = await alice.submit_modal(shown, {"litres": litres})
        assert result.response is not None
        assert result.response.content == expected
    assert ended(recorder) == {("paint", "ok"): 1, ("ask", "ok"): 3, ("asked", "ok"): 2, ("asked", "refused"): 1}


async def test_a_menu_may_change_the_message_it_is_on(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle
) -> None:
    await alice.send(channel, "!paint ochre")
    message = answer(channel)
    await alice.select(message, ["cobalt", "ochre"], custom_id=custom_id("pick"))
    assert cog is not None
    changed = answer(channel)
    assert changed.id == message.id
    assert changed.content == "Changed to cobalt, ochre"
    assert not changed.embeds, "an edit states the whole message"


async def test_a_bug_behind_a_button_ends_in_one_incident(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!paint ochre")
    result = await alice.click(answer(channel), custom_id=custom_id("break", "ochre"))
    assert cog is not None
    assert result.ephemeral
    assert result.response is not None
    assert "incident" in result.response.content
    assert ended(recorder)["break", "error"] == 1


async def test_suggestions_come_while_typing_and_stop_at_25(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    choices = await alice.autocomplete(channel, "paint", "colour", "c")
    assert cog is not None
    assert len(choices) == 25
    assert choices[0]["name"] == "crimson 0"
    assert ended(recorder) == {}


async def test_a_bug_in_suggestions_is_counted_and_suggests_nothing(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    assert await alice.autocomplete(channel, "paint", "colour", "explode") == []
    assert cog is not None
    assert ended(recorder) == {("paint", "error"): 1}


async def test_a_context_menu_is_answered(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    said = await alice.send(channel, "I have a plan")
    result = await alice.context_menu(channel, "Quote this", said)
    assert cog is not None
    assert result.response is not None
    assert result.response.content == "> I have a plan"
    assert ended(recorder) == {("Quote this", "ok"): 1}


async def test_a_component_from_an_earlier_version_is_answered_kindly(
    cog: ProofCog, alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, recorder: Recorder
) -> None:
    await alice.send(channel, "!paint ochre")
    simcord_bot.handling.components._handlers.pop("more")
    result = await alice.click(answer(channel), custom_id=custom_id("more", "ochre"))
    assert cog is not None
    assert result.ephemeral
    assert result.response is not None
    assert "earlier version" in result.response.content
    assert ended(recorder)["unknown component", "refused"] == 1


def test_a_name_has_one_handler_and_an_id_fits_discord() -> None:
    from modules.commands.components import Components

    components = Components()

    async def nothing(*_: object) -> None: ...

    components.register("one", nothing)
    for name in ("one", "with:colon"):
        with pytest.raises(ValueError, match="component"):
            components.register(name, nothing)
    with pytest.raises(ValueError, match="100"):
        custom_id("one", "x" * 97)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("!r2d6", "# 8"),
        ("!roll2d6", "# 8"),
        ("!roll(2d6)", "# 8"),
        ("!R2D6+1", "# 9"),
        ("<@{me}> 2d6", "# 8"),
        ("<@{me}>2d6 fire", "# 8"),
    ],
)
async def test_dice_right_behind_the_command_or_a_mention_roll(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, text: str, total: str
) -> None:
    assert simcord_bot.user is not None
    await alice.send(channel, text.format(me=simcord_bot.user.id))
    assert total in text_of(answer(channel)).splitlines()


@pytest.mark.parametrize("text", ["!roll help", "!r help", "!ROLL HELP", "<@{me}> roll help"])
async def test_help_behind_roll_helps(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, text: str
) -> None:
    assert simcord_bot.user is not None
    await alice.send(channel, text.format(me=simcord_bot.user.id))
    assert "rolls dice" in answer(channel).content


async def test_a_misspelt_command_with_dice_is_answered_with_one_line(
    alice: MemberActor, channel: ChannelHandle, recorder: Recorder
) -> None:
    await alice.send(channel, "!rol 2d6+3")
    assert answer(channel).content == "I don't know that command. Did you mean `!roll 2d6+3`?"
    assert ended(recorder) == {("unknown", "refused"): 1}


@pytest.mark.parametrize("text", ["!rol me up", "!play 2d6", "!roll20", "!rules", "<@{me}> you rock"])
async def test_what_may_belong_to_another_bot_stays_unanswered(
    alice: MemberActor, channel: ChannelHandle, simcord_bot: NazhBot, raised: Callable[[], list[str]], text: str
) -> None:
    assert simcord_bot.user is not None
    said = await alice.send(channel, text.format(me=simcord_bot.user.id))
    raised()
    assert channel.last_message is not None
    assert channel.last_message.id == said.id


async def test_a_button_sent_before_a_restart_works_after_it(tmp_path: Path) -> None:
    async def with_cog(bot: NazhBot) -> None:
        await bot.add_cog(ProofCog(bot))

    bot = make_bot(tmp_path)
    async with simcord.run(bot) as env:
        await with_cog(bot)
        table = env.create_guild().create_text_channel("table")
        alice = env.guild.add_member(env.create_user("alice"))
        await alice.send(table, "!paint ochre")
        message = table.last_message
        await bot.remove_cog("ProofCog")
        bot.handling.components._handlers.clear()
        # As after a restart: another cog object, registered anew, that never saw the message.
        await with_cog(bot)
        assert message is not None
        pressed = await alice.click(message, custom_id=custom_id("more", "ochre"))
        assert pressed.response is not None
        assert pressed.response.content == "alice wants more ochre"
