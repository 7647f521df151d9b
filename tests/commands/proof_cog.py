"""A cog that needs everything the command layer carries; the product does not ship it."""

from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from modules.commands.command import autocomplete, command, context_menu
from modules.commands.command_bot import CommandBot
from modules.commands.components import Components, Handler, chosen_values, custom_id, modal_fields
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Attachment, Form, Reply
from modules.discord_api.components import Component, button, menu, option, row, rows

PALETTE = ("crimson", "cobalt", "ochre")


class ProofCog(commands.Cog):
    """Orders paint."""

    def __init__(self, bot: CommandBot) -> None:
        self._bot = bot
        self.ran: list[str] = []
        # discord.py shares a cooldown among all cogs of a class.
        self.rare._buckets._cache.clear()
        handlers: dict[str, Handler] = {
            "more": self.more,
            "ask": self.ask,
            "asked": self.asked,
            "pick": self.pick,
            "break": self.breaks,
        }
        register(bot.handling.components, handlers)

    async def cog_load(self) -> None:
        self._bot.tree.add_command(context_menu("Quote this", self.quote), override=True)

    async def cog_check(self, ctx: commands.Context[CommandBot]) -> bool:  # type: ignore[override]
        return ctx.author.name != "mallory"

    @command("paint", usage="paint <colour> [litres] [matt]", description="Order paint")
    async def paint(self, invocation: Invocation, colour: str, litres: float = 1.5, matt: bool = False) -> Reply:
        """Three typed options, an embed, a file and buttons."""
        self.ran.append("paint")
        embed = discord.Embed(title=colour, description=f"{litres:g} l, {'matt' if matt else 'gloss'}")
        return Reply(
            f"Ordered by {invocation.actor.name}",
            embeds=[embed],
            files=[Attachment("label.txt", f"{colour} {litres:g}".encode(), "the label")],
            components=buttons(colour),
        )

    @autocomplete(paint, "colour")
    async def colours(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        assert invocation.type is InvocationType.AUTOCOMPLETE
        if current == "explode":
            raise RuntimeError("inner secret")
        names = [f"{name} {number}" for number in range(20) for name in PALETTE if name.startswith(current)]
        return [app_commands.Choice(name=name, value=name) for name in names]

    @command("secret", usage="secret", description="Never to be seen", enabled=False)
    async def secret(self, _invocation: Invocation) -> Reply:
        self.ran.append("secret")
        return Reply("seen")

    @command("rare", usage="rare", description="Once a day")
    @commands.cooldown(1, timedelta(days=1).total_seconds(), commands.BucketType.user)
    async def rare(self, _invocation: Invocation) -> Reply:
        self.ran.append("rare")
        return Reply("rarely")

    @command("bans", usage="bans", description="For moderators")
    @commands.has_permissions(ban_members=True)
    async def bans(self, _invocation: Invocation) -> Reply:
        self.ran.append("bans")
        return Reply("banned")

    @command("mend", usage="mend", description="Answers, and changes its answer")
    async def mend(self, invocation: Invocation) -> None:
        replies = self._bot.handling.replies
        message_id = await replies.send(invocation, Reply("first", components=buttons("ochre")))
        assert message_id is not None
        await replies.edit(invocation, message_id, Reply("second", files=[Attachment("why.txt", b"because")]))

    @command("fail", usage="fail", description="Fails")
    async def fail(self, _invocation: Invocation) -> Reply:
        raise RuntimeError("inner secret")

    async def more(self, invocation: Invocation, payload: str) -> Reply:
        return Reply(f"{invocation.actor.name} wants more {payload}", ephemeral=True)

    async def ask(self, _invocation: Invocation, payload: str) -> Form:
        modal = discord.ui.Modal(title="How much?", custom_id=custom_id("asked", payload))
        modal.add_item(discord.ui.TextInput(label="Litres", custom_id="litres"))
        return Form(modal)

    async def asked(self, invocation: Invocation, payload: str) -> Reply:
        litres = modal_fields(invocation)["litres"]
        if not litres.isdecimal():
            raise Refusal(f"{litres} is no number of litres.")
        return Reply(f"{litres} l of {payload}")

    async def pick(self, invocation: Invocation, _payload: str) -> Reply:
        return Reply(f"Changed to {', '.join(chosen_values(invocation))}", replaces=True)

    async def breaks(self, _invocation: Invocation, _payload: str) -> Reply:
        raise RuntimeError("inner secret")

    async def quote(self, invocation: Invocation, message: discord.Message) -> Reply:
        assert invocation.type is InvocationType.CONTEXT_MENU
        return Reply(f"> {message.content}")


def register(components: Components, handlers: dict[str, Handler]) -> None:
    for name, handler in handlers.items():
        components.register(name, handler)


def buttons(colour: str) -> list[Component]:
    pressed = [button(name, custom_id(name, colour)) for name in ("more", "ask", "break")]
    options = [option(name, name) for name in PALETTE]
    return [*rows(pressed), row({**menu(custom_id("pick"), "Which colour?", options), "max_values": 2})]
