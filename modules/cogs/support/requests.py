"""Makes requests of what people type: in their dialect, with the names they gave, for the place where they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import discord

from modules.cogs.support.asker import request_of
from modules.commands.invocation import Invocation, InvocationType
from modules.dice.notation.dialects import NAZH
from modules.services.answer_look import AnswerLook
from modules.services.names import Names
from modules.services.players import Place, Players
from modules.services.readings import Reader, Reading
from modules.services.roll_specs import RollSpec
from modules.services.rolls import Rolled, RollRequest
from modules.storage.errors import DatabaseAway

EMOJI_PREFIX: Final = "nazh_"
"""Begins the names of our emojis: an application may have others."""


@dataclass(slots=True)
class DiceEmojis:
    """The emojis that dice are shown with.

    Attributes:
        known: By die and face (`d20_17`), as Discord writes them; empty until they are looked up.
    """

    known: Mapping[str, str] = field(default_factory=dict)

    def take(self, emojis: Iterable[discord.Emoji]) -> None:
        """Use those of an application that are ours."""
        ours = {
            each.name.removeprefix(EMOJI_PREFIX): str(each) for each in emojis if each.name.startswith(EMOJI_PREFIX)
        }
        self.known = MappingProxyType(ours)


@dataclass(frozen=True, slots=True)
class Requests:
    """What players chose, as their invocations need it.

    Attributes:
        players: Knows it.
        emojis: What dice are shown with.
    """

    players: Players
    emojis: DiceEmojis

    async def of(self, invocation: Invocation, text: str, *, secret: bool = False) -> RollRequest:
        """What to roll for whoever asked.

        Args:
            invocation: Who asked.
            text: Notation as typed.
            secret: Whether the result is for few to see.

        Raises:
            DatabaseAway: There are saved rolls in it, and nobody knows what they are.
        """
        place = place_of(invocation)
        dialect, meant = await self.players.dialect(place), await self.players.meant(place, text)
        if invocation.type in {InvocationType.COMPONENT, InvocationType.MODAL}:
            dialect = NAZH.name  # which is what buttons carry
        return request_of(invocation, text)._replace(
            notation=meant.text,
            dialect=dialect,
            saved=meant.saved,
            is_secret=secret,
            known_labels=frozenset(meant.labels),
        )

    async def names(self, invocation: Invocation) -> Names:
        """What names mean to whoever asked; nothing while that cannot be read."""
        try:
            return await self.players.names(place_of(invocation))
        except DatabaseAway:
            return Names()

    async def default_roll(self, invocation: Invocation) -> str:
        """What a bare command rolls for whoever asked; "" for what everybody rolls."""
        return await self.players.default_roll(place_of(invocation))

    def look(self, invocation: Invocation) -> AnswerLook:
        """How answers look to whoever asked."""
        look = self.players.look(place_of(invocation))
        return replace(look, pictures=self.emojis.known) if look.emojis and self.emojis.known else look

    def results_channel(self, invocation: Invocation) -> int | None:
        """Where the answers of this place go, if that is another channel."""
        channel_id = self.players.settings.of_guild(invocation.guild_id).results_channel_id
        return channel_id if channel_id != invocation.channel_id else None


def place_of(invocation: Invocation) -> Place:
    """Who asks, and where."""
    return Place(invocation.actor.id, invocation.guild_id)


def fixed(spec: RollSpec, rolled: Rolled) -> RollSpec:
    """A roll that is the same for whoever presses a button, whatever their dialect and their names.

    Args:
        spec: What was asked for.
        rolled: What it came to.
    """
    request = rolled.request
    if request.dialect == NAZH.name and request.notation == spec.text and request.saved is None:
        return spec
    return RollSpec.of(Reader.joined([Reading.of(each) for each in rolled.rolls]))
