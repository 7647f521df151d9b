"""Which recorded rolls a person may see, and where they look."""

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple, Self

import discord

from modules.cogs.support.dates import Period
from modules.commands.components import custom_id
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.services.rolls import is_secret
from modules.storage.history import HistoryQuery
from modules.storage.ledger import LedgerRow

HISTORY: Final = "history"
"""Name of the components that turn the pages."""
FILTER_LENGTH: Final = 30
"""Characters of a notation looked for; a custom id has room for a hundred in all."""
MINUTE_MILLISECONDS: Final = 60_000
NOT_YOURS: Final = "That is somebody else's history; `/history` shows yours."


class View(NamedTuple):
    """A part of the history: whose, and from where on.

    Attributes:
        kind: `mine` in this place, a `player`'s in this channel, or everybody's in this `channel`.
        user_id: Whose; 0 for everybody.
        before_id: Only earlier rows; 0 for the newest.
        dice: Part of the notation; "" for any.
        since: Its first minute since 1970; 0 for no bound.
        until: The first minute after it; 0 for no bound.
    """

    kind: str
    user_id: int
    before_id: int = 0
    dice: str = ""
    since: int = 0
    until: int = 0

    @classmethod
    def unpack(cls, payload: str) -> Self:
        """What a custom id says.

        Raises:
            Refusal: Nothing that we understand.
        """
        kind, user_id, place, dice = [*payload.split(".", 3), "", "", "", ""][:4]
        # Without times there is no more than the row, as in messages from before there were times.
        before_id, since, until = [*place.split("~"), "0", "0"][:3]
        if kind not in {"mine", "player", "channel"} or not (user_id.isdecimal() and before_id.isdecimal()):
            raise Refusal("That button is from an earlier version of me; please use the command again.")
        return cls(kind, int(user_id), int(before_id), dice, int(since, 16), int(until, 16))

    def id_for(self, before_id: int, name: str = HISTORY) -> str:
        """The custom id of a component that shows the same from another row on."""
        times = f"~{self.since:x}~{self.until:x}" if self.since or self.until else ""
        return custom_id(name, f"{self.kind}.{self.user_id}.{before_id}{times}.{self.dice[:FILTER_LENGTH]}")

    def within(self, period: Period) -> Self:
        """The same of a stretch of time."""
        return self._replace(since=_minute(period.since), until=_minute(period.until))

    def query(self, invocation: Invocation) -> HistoryQuery:
        """The rows that the person may see of it.

        Raises:
            Refusal: It is somebody else's.
        """
        query = HistoryQuery(
            chain_id=invocation.guild_id or invocation.channel_id,
            before_id=self.before_id or None,
            text=self.dice[:FILTER_LENGTH] or None,
            since=self.since * MINUTE_MILLISECONDS or None,
            until=self.until * MINUTE_MILLISECONDS or None,
        )
        if self.kind == "mine":
            if self.user_id != invocation.actor.id:
                raise Refusal(NOT_YOURS)
            # What is secret is shown to its roller, where nobody else reads along.
            return replace(query, user_id=self.user_id, is_open=not is_private(invocation))
        # Others' rolls are seen where one is: whoever reads this channel has seen them.
        query = replace(query, channel_id=invocation.channel_id, is_open=True)
        return replace(query, user_id=self.user_id) if self.kind == "player" else query


def _minute(moment: datetime | None) -> int:
    return int(moment.timestamp()) // 60 if moment is not None else 0


def is_private(invocation: Invocation) -> bool:
    """Whether the answer is for the asker alone."""
    return (
        invocation.guild_id is None
        or invocation.type in {InvocationType.SLASH, InvocationType.CONTEXT_MENU}
        or (
            invocation.interaction is not None
            and invocation.interaction.message is not None
            and invocation.interaction.message.flags.ephemeral
        )
    )


def may_see(invocation: Invocation, row: LedgerRow) -> bool:
    """Whether a person may see one roll: it is of this place, in a channel they read; a secret one is their own."""
    entry = row.entry
    if entry is None or row.chain_id != (invocation.guild_id or invocation.channel_id):
        return False
    is_own = entry.user_id == invocation.actor.id
    if is_secret(entry):
        return is_own and is_private(invocation)
    return is_own or entry.channel_id == invocation.channel_id or _may_read(invocation, entry.channel_id)


def _may_read(invocation: Invocation, channel_id: int) -> bool:
    """Whether a person may read another channel of the guild."""
    guild, actor = invocation.source.guild, invocation.actor
    channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
    return channel is not None and isinstance(actor, discord.Member) and channel.permissions_for(actor).read_messages
