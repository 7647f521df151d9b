"""Secret rolls: shown to the roller alone, until they reveal them."""

import secrets
from typing import Final, NamedTuple

import discord
from discord.ext import commands

from modules.cogs.support.answers import roll_reply
from modules.cogs.support.roller import MEND_SECRETLY, Roller
from modules.commands.command_bot import CommandBot
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Reply
from modules.rendering.answers import REST_IN_FILE
from modules.rendering.language import translated
from modules.services.bounded_map import BoundedMap
from modules.services.roll_specs import RollSpec
from modules.services.rolls import Rolled
from modules.ui.answers import card, outcome_of_card, text_of
from modules.ui.buttons import Button, button_rows

UNDELIVERED_KEPT: Final = 500
"""Results kept for people whose private messages are closed."""
REVEALED_KEPT: Final = 5_000
"""Messages known to be revealed already."""
REVEALED_LENGTH: Final = 100
"""Characters of the small line that tells that a roll was secret."""

HINT: Final = "Only you can see this."
MESSAGE_STAYS: Final = HINT + " Your command is still in the channel: to delete it I need Manage Messages."
CLOSED: Final = (
    "I rolled, but your private messages are closed to me. Press the button to see your result; nobody else can. "
    "Next time, `/roll` with `secret` needs no private message."
)
NOT_YOURS: Final = "That roll is somebody else's."
GONE: Final = "I no longer have that roll, and nobody saw it. Please roll again, with `/roll` and `secret`."
REVEALED: Final = "That roll has been revealed already."
CANNOT_REVEAL: Final = "I no longer have permission to write in that channel."


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

        Raises:
            Refusal: The notation cannot be rolled.
        """
        if invocation.type is InvocationType.MESSAGE and invocation.guild_id is None:
            return await self._roller.answer(invocation, spec)  # nobody else reads a private channel
        rolled = await self._roller.roll(invocation, spec, MEND_SECRETLY, secret=True)
        if invocation.type is InvocationType.MESSAGE:
            return await self._deliver(invocation, rolled)
        return self._secret_reply(invocation, rolled, HINT, "")

    async def mend(self, invocation: Invocation, payload: str) -> Answer:
        """Roll secretly what a refused notation was meant to be."""
        return await self.answer(invocation, self._roller.spec_of(payload))

    async def reveal(self, invocation: Invocation, payload: str) -> Answer:
        """Post a secret roll, with its time: here, or in the channel that the payload names."""
        message = invocation.interaction.message if invocation.interaction is not None else None
        if message is None or self._revealed.get(message.id):
            raise Refusal(REVEALED)
        revealed = _revealed(message, invocation.actor.id)
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
        return Reply(translated("Revealed in {channel}.", channel=f"<#{payload}>")) if payload else None

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
                invocation,
                self._secret_reply(
                    invocation, rolled, HINT if may_delete else MESSAGE_STAYS, str(invocation.channel_id)
                ),
            )
        except discord.Forbidden:
            key = secrets.token_hex(8)
            reply = self._secret_reply(invocation, rolled, HINT, "")
            self._undelivered.put(key, _Undelivered(invocation.actor.id, reply))
            button = Button("Show my roll", f"peek:{key}", is_main=True)
            return Reply(translated(CLOSED), components=button_rows([button]))
        if may_delete:
            await self._replies.delete_question(invocation)
        return None

    def _secret_reply(self, invocation: Invocation, rolled: Rolled, hint: str, channel_id: str) -> Reply:
        buttons = [Button("Reveal", f"reveal:{channel_id}", "👁️")]
        look = self._roller.requests.look(invocation)
        return roll_reply(invocation, rolled, look, buttons, [translated(hint)], ephemeral=True, spare=REVEALED_LENGTH)

    async def _reveal_elsewhere(self, invocation: Invocation, channel_id: int, revealed: Reply) -> None:
        try:
            await self._replies.post(invocation, channel_id, revealed)
        except (discord.Forbidden, discord.NotFound):
            raise Refusal(CANNOT_REVEAL) from None


def _revealed(message: discord.Message, actor_id: int) -> Reply:
    """What a secret answer said, for all to see."""
    # Its last line tells who sees it; the file is for the roller alone.
    lines = [line for line in text_of(message).splitlines()[:-1] if translated(REST_IN_FILE) not in line]
    who, when = f"<@{actor_id}>", f"<t:{int(message.created_at.timestamp())}:T>"
    told = translated("Rolled in secret by {who} at {when}, revealed now", who=who, when=when)
    lines.append(f"-# {told}")
    text = "\n".join(lines)
    return Reply(text) if message.content else Reply(components=[card(text, outcome_of_card(message))])
