"""Makes requests of what people type: in their dialect, with the names they gave, for the place where they stand."""

from dataclasses import dataclass

from modules.cogs.support.asker import request_of
from modules.commands.invocation import Door, Invocation
from modules.dice.notation.dialects import NAZH
from modules.services.answer_look import AnswerLook
from modules.services.names import Names
from modules.services.players import Place, Players
from modules.services.readings import Reader, Reading
from modules.services.roll_specs import RollSpec
from modules.services.rolls import Rolled, RollRequest
from modules.storage.errors import DatabaseAway


@dataclass(frozen=True, slots=True)
class Requests:
    """What players chose, as their invocations need it.

    Attributes:
        players: Knows it; None where nobody can choose.
    """

    players: Players | None = None

    async def of(self, invocation: Invocation, text: str, *, secret: bool = False) -> RollRequest:
        """What to roll for whoever asked.

        Args:
            invocation: Who asked.
            text: Notation as typed.
            secret: Whether the result is for few to see.

        Raises:
            DatabaseAway: There are saved rolls in it, and nobody knows what they are.
        """
        request = request_of(invocation, text)
        if self.players is None:
            return request._replace(is_secret=secret)
        place = place_of(invocation)
        dialect, meant = await self.players.dialect(place), await self.players.meant(place, text)
        if invocation.door in {Door.COMPONENT, Door.MODAL}:
            dialect = NAZH.name  # which is what buttons carry
        return request._replace(
            notation=meant.text,
            dialect=dialect,
            saved=meant.saved,
            is_secret=secret,
            known_labels=frozenset(meant.labels),
        )

    async def names(self, invocation: Invocation) -> Names:
        """What names mean to whoever asked; nothing while that cannot be read."""
        try:
            return await self.players.names(place_of(invocation)) if self.players is not None else Names()
        except DatabaseAway:
            return Names()

    async def default_roll(self, invocation: Invocation) -> str:
        """What a bare command rolls for whoever asked; "" for what everybody rolls."""
        return await self.players.default_roll(place_of(invocation)) if self.players is not None else ""

    def look(self, invocation: Invocation) -> AnswerLook:
        """How answers look to whoever asked."""
        return self.players.look(place_of(invocation)) if self.players is not None else AnswerLook()

    def results_channel(self, invocation: Invocation) -> int | None:
        """Where the answers of this place go, if that is another channel."""
        guild = self.players.settings.of_guild(invocation.guild_id) if self.players is not None else None
        return guild.results_channel_id if guild and guild.results_channel_id != invocation.channel_id else None


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
