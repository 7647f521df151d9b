"""Secret rolls: shown to the roller alone, until they reveal them."""

import secrets
from typing import Final, NamedTuple

import discord
from discord.ext import commands

from modules.cogs.support.roller import MEND_SECRETLY, Roller
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Door, Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Reply
from modules.rendering.rolls import MESSAGE_LENGTH, render_rolls
from modules.services.bounded_map import BoundedMap
from modules.services.roll_specs import RollSpec
from modules.services.rolls import Rolled
from modules.ui.buttons import Button, button_view

UNDELIVERED_KEPT: Final = 500
"""Results kept for people whose private messages are closed."""
REVEALED_KEPT: Final = 5_000
"""Messages known to be revealed already."""
FOOTER_LENGTH: Final = 160
"""Characters of the longest small line under a secret roll, before or after it is revealed."""

HINT: Final = "Only you can see this."
MESSAGE_STAYS: Final = f"{HINT} Your command is still in the channel: to delete it I need Manage Messages."
CLOSED: Final = (
    "I rolled, but your private messages are closed to me. Press the button to see your result; nobody else can. "
    "Next time, `/roll` with `secret` needs no private message."
)
NOT_YOURS: Final = "That roll is somebody else's."
GONE: Final = "I no longer have that roll, and nobody saw it. Please roll again, with `/roll` and `secret`."
REVEALED: Final = "That roll has been revealed already."
CANNOT_REVEAL: Final = "I may not write in that channel any more."


class _Undelivered(NamedTuple):
    """A result that waits for its roller."""

    actor_id: int
    reply: Reply


class SecretRollsCog(commands.Cog):
    """Rolls that only the roller sees, with a button that shows them to everybody."""

    def __init__(self, bot: CommandBot, roller: Roller) -> None:
        self._roller, self._replies = roller, bot.handling.replies
        self._undelivered: BoundedMap[str, _Undelivered] = BoundedMap(UNDELIVERED_KEPT)
        self._revealed: BoundedMap[int, bool] = BoundedMap(REVEALED_KEPT)
        components = bot.handling.components
        components.register("reveal", self.reveal)
        components.register("peek", self.peek)
        components.register(MEND_SECRETLY, self.mend)

    async def answer(self, invocation: Invocation, spec: RollSpec) -> Answer:
        """Roll, and show the result to whoever asked and nobody else.

        Args:
            invocation: Who asked.
            spec: What for.

        Raises:
            Refusal: The notation cannot be rolled.
        """
        if invocation.door is Door.MESSAGE and invocation.guild_id is None:
            return await self._roller.answer(invocation, spec)  # nobody else reads a private channel
        rolled = await self._roller.roll(invocation, spec, MEND_SECRETLY)
        if invocation.door is Door.MESSAGE:
            return await self._deliver(invocation, rolled)
        return _secret_reply(rolled, HINT, "")

    async def mend(self, invocation: Invocation, payload: str) -> Answer:
        """Roll secretly what a refused notation was meant to be."""
        return await self.answer(invocation, self._roller.spec_of(payload))

    async def reveal(self, invocation: Invocation, payload: str) -> Answer:
        """Post a secret roll, with its time: here, or in the channel that the payload names."""
        message = invocation.interaction.message if invocation.interaction is not None else None
        if message is None or self._revealed.get(message.id):
            raise Refusal(REVEALED)
        text = message.content.rpartition("\n-# ")[0]
        rolled_at = int(message.created_at.timestamp())
        footer = f"-# Rolled in secret by <@{invocation.actor.id}> at <t:{rolled_at}:T>, revealed now"
        revealed = Reply(f"{text}\n{footer}")
        # Noted before it is sent, so that a second press at once does not show it twice.
        self._revealed.put(message.id, True)
        try:
            if payload:
                await self._reveal_elsewhere(invocation, int(payload), revealed)
            else:
                await self._replies.send(invocation, revealed)
        except BaseException:
            self._revealed.put(message.id, False)
            raise
        return Reply(f"Revealed in <#{payload}>.") if payload else None

    async def peek(self, invocation: Invocation, payload: str) -> Reply:
        """Show a result that no private message could bring."""
        kept = self._undelivered.get(payload)
        if kept is None:
            raise Refusal(GONE)
        if kept.actor_id != invocation.actor.id:
            raise Refusal(NOT_YOURS)
        return kept.reply

    async def _deliver(self, invocation: Invocation, rolled: Rolled) -> Answer:
        may_delete = self._replies.may_delete(invocation)
        try:
            await self._replies.send_privately(
                invocation, _secret_reply(rolled, HINT if may_delete else MESSAGE_STAYS, str(invocation.channel_id))
            )
        except discord.Forbidden:
            key = secrets.token_hex(8)
            self._undelivered.put(key, _Undelivered(invocation.actor.id, _secret_reply(rolled, HINT, "")))
            return Reply(CLOSED, view=button_view([Button("Show my roll", f"peek:{key}", is_main=True)]))
        if may_delete:
            await self._replies.delete_question(invocation)
        return None

    async def _reveal_elsewhere(self, invocation: Invocation, channel_id: int, revealed: Reply) -> None:
        try:
            await self._replies.post(invocation, channel_id, revealed)
        except (discord.Forbidden, discord.NotFound):
            raise Refusal(CANNOT_REVEAL) from None


def _secret_reply(rolled: Rolled, hint: str, channel_id: str) -> Reply:
    text = render_rolls(rolled.rolls, limit=MESSAGE_LENGTH - FOOTER_LENGTH)
    view = button_view([Button("Reveal", f"reveal:{channel_id}", "👁️")])
    return Reply(f"{text}\n-# {hint}", view=view, ephemeral=True)
