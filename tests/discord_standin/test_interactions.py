import io
from collections.abc import AsyncIterator, Awaitable, Callable

import discord as dpy
import pytest

from .clock import ManualClock
from .conftest import EchoBot, running
from .core import Settings
from .interactions import Interaction
from .journal import Pulse
from .pointing import pointed_at
from .standin import DiscordStandin
from .world import Channel

Act = Callable[[dpy.Interaction[EchoBot]], Awaitable[object]]


class ActingBot(EchoBot):
    """Its `/act` does what the test says; what that raised is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.act: Act = lambda interaction: interaction.response.defer()
        self.raised: dpy.HTTPException | None = None
        self.done = Pulse()
        self.acts_done = 0
        self.tree.command(name="act", description="Act")(self.run_act)
        self.view: dpy.ui.View | None = None

    async def run_act(self, interaction: dpy.Interaction[EchoBot]) -> None:
        try:
            await self.act(interaction)
        except dpy.HTTPException as error:
            self.raised = error
        self.acts_done += 1
        self.done.beat()

    async def until_done(self) -> None:
        await self.done.until(lambda: self.acts_done > 0, 5, lambda: "the act is not over")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def discord(clock: ManualClock) -> AsyncIterator[DiscordStandin]:
    async with DiscordStandin(Settings(heartbeat_interval_seconds=0.1), clock=clock) as standin:
        standin.world.add_guild()
        with pointed_at(standin):
            yield standin


@pytest.fixture
async def bot(discord: DiscordStandin) -> AsyncIterator[ActingBot]:
    acting = ActingBot()
    async with running(acting, discord):
        await discord.ready()
        yield acting


async def perform(discord: DiscordStandin, bot: ActingBot, channel: Channel, act: Act) -> Interaction:
    """Use `/act` and wait until the bot is done with it."""
    bot.act = act
    interaction = await discord.slash(channel, "act")
    await bot.until_done()
    return interaction


async def test_an_answer_can_be_for_one_pair_of_eyes(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    interaction = await perform(
        discord, bot, channel, lambda i: i.response.send_message("psst", ephemeral=True, embed=dpy.Embed(title="t"))
    )
    answer = await interaction.response()
    assert (answer.content, answer.ephemeral, answer.embeds[0]["title"]) == ("psst", True, "t")


async def test_whoever_uses_a_command_may_see_and_write_there(
    discord: DiscordStandin, bot: ActingBot, channel: Channel
) -> None:
    seen: list[dpy.Permissions] = []

    async def act(i: dpy.Interaction[EchoBot]) -> None:
        seen.append(i.permissions)
        await i.response.defer()

    await perform(discord, bot, channel, act)
    assert seen[0].view_channel
    assert seen[0].send_messages
    assert not seen[0].kick_members


async def test_a_deferred_answer_is_awaited(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    async def act(i: dpy.Interaction[EchoBot]) -> None:
        await i.response.defer(thinking=True, ephemeral=True)
        assert discord.interactions[-1].loading
        await i.edit_original_response(content="thought about it")

    interaction = await perform(discord, bot, channel, act)
    answer = await interaction.response()
    assert (interaction.callback_type, answer.content, answer.ephemeral) == (5, "thought about it", True)
    assert not interaction.loading


async def test_the_first_follow_up_takes_the_place_of_a_deferral(
    discord: DiscordStandin, bot: ActingBot, channel: Channel
) -> None:
    async def act(i: dpy.Interaction[EchoBot]) -> None:
        await i.response.defer(thinking=True)
        await i.followup.send("first")
        second = await i.followup.send("second", wait=True)
        await second.edit(content="second thoughts")

    interaction = await perform(discord, bot, channel, act)
    assert (await interaction.response()).content == "first"
    assert [message.content for message in interaction.followups] == ["second thoughts"]


async def test_after_three_seconds_an_answer_is_too_late(
    discord: DiscordStandin, bot: ActingBot, channel: Channel, clock: ManualClock
) -> None:
    async def act(i: dpy.Interaction[EchoBot]) -> None:
        clock.advance(3.1)
        await i.response.send_message("too late")

    interaction = await perform(discord, bot, channel, act)
    assert isinstance(bot.raised, dpy.NotFound)
    assert bot.raised.code == 10062
    assert (interaction.refused_codes, interaction.callback_type) == ([10062], None)


async def test_an_answer_is_taken_once(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    async def act(i: dpy.Interaction[EchoBot]) -> None:
        await i.response.send_message("once")
        i.response._response_type = None
        await i.response.send_message("twice")

    interaction = await perform(discord, bot, channel, act)
    assert bot.raised is not None
    assert (bot.raised.status, bot.raised.code) == (400, 40060)
    assert interaction.refused_codes == [40060]
    assert len(channel.messages) == 1


async def test_the_webhook_opens_with_the_answer_and_closes_after_a_quarter_of_an_hour(
    discord: DiscordStandin, bot: ActingBot, channel: Channel, clock: ManualClock
) -> None:
    async def too_early(i: dpy.Interaction[EchoBot]) -> None:
        await i.followup.send("before the answer")

    await perform(discord, bot, channel, too_early)
    assert bot.raised is not None
    assert bot.raised.code == 10015

    async def too_late(i: dpy.Interaction[EchoBot]) -> None:
        await i.response.send_message("in time")
        clock.advance(15 * 60 + 1)
        await i.edit_original_response(content="out of time")

    bot.acts_done = 0
    await perform(discord, bot, channel, too_late)
    assert (bot.raised.status, bot.raised.code) == (401, 50027)


@pytest.mark.parametrize(("content", "code"), [("", 50006), ("x" * 2001, 50035)])
async def test_answers_are_validated_too(
    discord: DiscordStandin, bot: ActingBot, channel: Channel, content: str, code: int
) -> None:
    interaction = await perform(discord, bot, channel, lambda i: i.response.send_message(content))
    assert bot.raised is not None
    assert bot.raised.code == code
    assert interaction.callback_type is None


async def test_files_come_with_an_answer(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    interaction = await perform(
        discord, bot, channel, lambda i: i.response.send_message("see", file=dpy.File(io.BytesIO(b"png"), "odds.png"))
    )
    (attachment,) = (await interaction.response()).attachments
    assert (attachment.filename, attachment.content) == ("odds.png", b"png")


async def test_an_answer_can_be_fetched_and_deleted(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    async def act(i: dpy.Interaction[EchoBot]) -> None:
        await i.response.send_message("here")
        assert (await i.original_response()).content == "here"
        await i.delete_original_response()

    interaction = await perform(discord, bot, channel, act)
    assert bot.raised is None
    assert interaction.original is not None
    assert interaction.original.deleted


async def test_a_button_edits_the_message_it_stands_under(
    discord: DiscordStandin, bot: ActingBot, channel: Channel
) -> None:
    class Again(dpy.ui.View):
        @dpy.ui.button(label="again", custom_id="again")
        async def again(self, i: dpy.Interaction, _: dpy.ui.Button["Again"]) -> None:
            await i.response.edit_message(content="rolled again")

    view = Again()
    first = await perform(discord, bot, channel, lambda i: i.response.send_message("rolled", view=view))
    message = await first.response()
    second = await discord.press(message, "again")
    assert await second.response() is message
    assert (second.callback_type, message.content, message.edit_count) == (7, "rolled again", 1)


async def test_a_form_is_opened_and_filled_in(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    class Form(dpy.ui.Modal, title="Save"):
        name: dpy.ui.TextInput["Form"] = dpy.ui.TextInput(label="Name", custom_id="name")

        async def on_submit(self, i: dpy.Interaction) -> None:
            await i.response.send_message(f"saved as {self.name.value}")

    opened = await perform(discord, bot, channel, lambda i: i.response.send_modal(Form()))
    assert await opened.acknowledged() == 9
    sent = await discord.submit(opened, {"name": "fireball"})
    assert (await sent.response()).content == "saved as fireball"


async def test_choices_are_offered_while_typing(discord: DiscordStandin, bot: ActingBot, channel: Channel) -> None:
    async def suggest(_: dpy.Interaction, current: str) -> list[dpy.app_commands.Choice[str]]:
        return [dpy.app_commands.Choice(name=f"{current}6", value=f"{current}6")]

    command = bot.tree.get_command("echo")
    assert isinstance(command, dpy.app_commands.Command)
    command.autocomplete("text")(suggest)
    interaction = await discord.autocomplete(channel, "echo", {"text": "2d"}, focused="text")
    assert await interaction.acknowledged() == 8
    assert interaction.callback_data["choices"][0]["value"] == "2d6"


async def test_subcommands_reach_their_depth_with_the_types_registered(
    discord: DiscordStandin, bot: ActingBot, channel: Channel
) -> None:
    group = dpy.app_commands.Group(name="saved", description="Saved rolls")
    inner = dpy.app_commands.Group(name="deep", description="Deeper", parent=group)

    @inner.command(name="add", description="Add")
    async def add(interaction: dpy.Interaction, count: int, factor: float) -> None:
        await interaction.response.send_message(f"{count!r} {factor!r}")

    bot.tree.add_command(group)
    await bot.tree.sync()
    interaction = await discord.slash(channel, "saved deep add", {"count": 3, "factor": 2})
    assert (await interaction.response()).content == "3 2.0"
    assert interaction.payload["data"]["id"] == next(
        command["id"] for command in discord.world.commands[None] if command["name"] == "saved"
    )


async def test_private_channels_have_users_in_place_of_members(
    discord: DiscordStandin, bot: ActingBot, channel: Channel
) -> None:
    private = discord.world.dm(discord.world.player)
    users: list[dpy.User | dpy.Member] = []

    async def act(i: dpy.Interaction[EchoBot]) -> None:
        users.append(i.user)
        await i.response.send_message("hello")

    await perform(discord, bot, private, act)
    await perform(discord, bot, channel, act)
    await discord.until(lambda: len(users) == 2)
    assert [type(user) for user in users] == [dpy.User, dpy.Member]
