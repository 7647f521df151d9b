"""A roll that is edited within two minutes is rolled anew, in the same answer."""

from datetime import timedelta
from typing import Final

import discord
from discord.ext import commands

from modules.cogs.support.answered import Answered, AnsweredRolls, first_result
from modules.cogs.support.asker import by
from modules.cogs.support.roller import Roller
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation
from modules.commands.messages import ROLL
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Reply
from modules.rendering.language import translated
from modules.services.roll_specs import RollSpec, without_secret
from modules.telemetry.snapshot import Status
from modules.ui.answers import card

ROLLED_ANEW_WITHIN: Final = timedelta(minutes=2)

NOTE: Final = "Edited."

EDITED: Final = "edited roll"
"""What it counts as."""


class EditsCog(commands.Cog):
    """Mends a slip in place; the first result stays in sight, so that nobody fishes for a better one."""

    def __init__(self, bot: CommandBot, roller: Roller, answered: AnsweredRolls) -> None:
        self._bot, self._roller, self._answered = bot, roller, answered

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message was changed, or Discord added a preview to it."""
        answered = self._answered.kept.get(payload.message_id)
        if answered is None or payload.message.content == answered.asked:
            return
        message = payload.message
        if message.edited_at is None or message.edited_at - message.created_at > ROLLED_ANEW_WITHIN:
            return
        await self._bot.handling.run(message, EDITED, lambda invocation: self._again(invocation, message, answered))

    async def _again(self, invocation: Invocation, message: discord.Message, answered: Answered) -> Answer:
        # Whatever is still told has a nonce of its own, or Discord would take it for the first answer.
        invocation.reply_count = answered.answer_count
        spec = await self._spec(message)
        if spec is None:
            return None
        # Noted before anything is awaited, so that two edits in a row are not taken for one.
        answered.asked, answered.answer_count = message.content, answered.answer_count + 1
        reply, first = await self._reply(invocation, spec, answered)
        if answered.is_card and reply.content:
            reply = Reply(components=[card(reply.content), *reply.components])
        try:
            await self._show(invocation, reply, answered)
        except discord.NotFound:
            return None  # somebody deleted the answer; nobody asked for another
        answered.first, answered.is_card = answered.first or first, not reply.content
        return None

    async def _show(self, invocation: Invocation, reply: Reply, answered: Answered) -> None:
        """Change the answer where it stands; the first roll after a mistake goes where this server's rolls go."""
        replies, old = self._answered.replies, answered.place
        if reply.elsewhere is not None and reply.elsewhere != old.channel_id and not answered.first:
            new = await replies.post_elsewhere(invocation, reply, reply.elsewhere)
            if new is not None:
                answered.place, reply = new, new.link(invocation.guild_id)
        await replies.edit(invocation, old.message_id, reply, old.channel_id)

    async def _reply(self, invocation: Invocation, spec: RollSpec, answered: Answered) -> tuple[Reply, str]:
        """The new answer, and its result in short; "" where there is none."""
        footer = translated(NOTE)
        if answered.first:
            footer = translated("Edited. First roll: {first}", first=answered.first)
        if answered.place.channel_id != invocation.channel_id or self._roller.requests.results_channel(invocation):
            footer = f"{by('Rolled', invocation)} · {footer}"
        try:
            rolled = await self._roller.roll(invocation, spec)
        except Refusal as refusal:
            invocation.status = Status.REFUSED
            return Reply(f"{refusal.sentence}\n-# {footer}", components=refusal.components), ""
        return self._roller.reply(invocation, spec, rolled, footer), first_result(rolled)

    async def _spec(self, message: discord.Message) -> RollSpec | None:
        """What the message asks for now; None where that is no open roll."""
        ctx = await self._bot.get_context(message)
        if ctx.command is None or ctx.command.name != ROLL:
            return None
        dice, secret = without_secret(ctx.view.buffer[ctx.view.index :].strip())
        return None if secret else RollSpec.of(dice)
