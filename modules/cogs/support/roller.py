"""Rolls for a player, and makes the answer with its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from modules.cogs.support.answers import roll_reply
from modules.cogs.support.asker import by
from modules.cogs.support.requests import Requests, fixed
from modules.commands.components import CUSTOM_ID_LENGTH, custom_id
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.dice.errors import DiceError
from modules.rendering.errors import render_error
from modules.rendering.language import translated
from modules.services.bounded_map import BoundedMap
from modules.services.odds_lines import OddsLines
from modules.services.readings import Reader
from modules.services.roll_specs import Edge, RollSpec, SpecStore
from modules.services.rolls import Rolled, RollService
from modules.ui.buttons import Button, button_rows

ROLLS_KEPT: Final = 500
"""Rolls that can still be explained."""
DICE_KEPT: Final = 200
"""Dice of the largest roll that is kept for that."""

AGAIN: Final = "again"
MEND: Final = "mend"
MEND_SECRETLY: Final = "mendsecret"
MODIFIER: Final = "mod"
MORE: Final = "extras"
EDGES: Final = MappingProxyType(
    {
        "adv": (Edge.ADVANTAGE, "Advantage"),
        "dis": (Edge.DISADVANTAGE, "Disadvantage"),
        "flat": (Edge.STRAIGHT, "Without"),
    }
)
"""Names of the components that change a roll's edge → what it becomes, and the button's label."""

FORGOTTEN: Final = (
    "That notation is too long for a button, and I no longer remember it. Please send it again as a command."
)


@dataclass(frozen=True, slots=True)
class Roller:
    """Rolls, and remembers for a while what was rolled.

    Attributes:
        rolls: Rolls and counts.
        requests: Makes requests of what people type.
        reader: Reads notation without rolling for anybody.
        specs: Packs rolls into custom ids.
        recent: The latest rolls, by the id of what asked for them.
        odds: Tells how rolls stand to their odds.
    """

    rolls: RollService
    requests: Requests
    reader: Reader = field(default_factory=Reader)
    specs: SpecStore = field(default_factory=SpecStore)
    recent: BoundedMap[int, Rolled] = field(default_factory=lambda: BoundedMap(ROLLS_KEPT))
    odds: OddsLines = field(default_factory=OddsLines)

    async def roll(self, invocation: Invocation, spec: RollSpec, mend: str = MEND, *, secret: bool = False) -> Rolled:
        """Roll for whoever asked.

        Args:
            invocation: Who asked.
            spec: What for.
            mend: Name of the component that rolls a suggestion in its stead.
            secret: Whether the result is for few to see; the history keeps it from others.

        Raises:
            Refusal: The notation cannot be rolled; with a button for each suggestion.
        """
        try:
            rolled = await self.rolls.roll(request := await self.requests.of(invocation, spec.text, secret=secret))
        except DiceError as error:
            raise self.refusal(RollSpec(request.notation), error, mend) from None
        self.keep(invocation, rolled)
        if self.requests.look(invocation).odds:
            rolled = rolled._replace(odds=await self.odds.beside(rolled.rolls))
        return rolled

    async def answer(self, invocation: Invocation, spec: RollSpec, footer: str = "") -> Reply:
        """Roll, and answer with buttons for the next roll.

        Args:
            invocation: Who asked.
            spec: What for.
            footer: A small line under the roll, in Discord's markup.

        Raises:
            Refusal: The notation cannot be rolled.
        """
        return self.reply(invocation, spec, await self.roll(invocation, spec), footer)

    def reply(
        self, invocation: Invocation, spec: RollSpec, rolled: Rolled, footer: str = "", further: Sequence[Button] = ()
    ) -> Reply:
        """The answer to what was rolled, with buttons for the next roll and `further` ones; else as for `answer`."""
        buttons = [*self._buttons(invocation, fixed(spec, rolled), rolled), *further]
        elsewhere = self.requests.results_channel(invocation)
        footer = footer or ("" if elsewhere is None else by("Rolled", invocation))
        reply = roll_reply(invocation, rolled, self.requests.look(invocation), buttons, [footer] if footer else ())
        return replace(reply, elsewhere=elsewhere)

    def id_of(self, name: str, spec: RollSpec, about: str = "") -> str:
        """The custom id of a component that does something to a roll."""
        return custom_id(name, about + self.specs.pack(spec, CUSTOM_ID_LENGTH - len(name) - len(about) - 1))

    def spec_of(self, payload: str) -> RollSpec:
        """The roll of a component.

        Raises:
            Refusal: Only its key is left.
        """
        spec = self.specs.unpack(payload)
        if spec is None:
            raise Refusal(FORGOTTEN)
        return spec

    def keep(self, invocation: Invocation, rolled: Rolled) -> None:
        """Remember a roll, unless it is large."""
        if sum(len(each.faces) for each in rolled.rolls) <= DICE_KEPT:
            self.recent.put(invocation.source_id, rolled)

    def example(self, notation: str, name: str = MEND, verb: str = "Roll") -> Button:
        """A button that does something with a notation, rolls it if nothing else is said; told as for `refusal`."""
        return Button(f"{translated(verb)} {notation}", self.id_of(name, RollSpec.of(notation)), "🎲")

    def _buttons(self, invocation: Invocation, spec: RollSpec, rolled: Rolled) -> list[Button]:
        buttons = [Button("Roll again", self.id_of(AGAIN, spec), "🎲")]
        if spec.takes_edge(rolled.rolls[0].expression):
            buttons += [
                Button(label, self.id_of(name, spec)) for name, (edge, label) in EDGES.items() if edge is not spec.edge
            ]
        more = self.id_of(MORE, spec, f"{invocation.source_id}.")
        return [*buttons, Button("± Modifier", self.id_of(MODIFIER, spec)), Button("⋯ More", more)]

    def refusal(self, spec: RollSpec, error: DiceError, mend: str, verb: str = "Roll") -> Refusal:
        """Why a notation is refused, with a button for each that may have been meant.

        Args:
            spec: What was asked for.
            error: What is wrong with it.
            mend: Name of the component that takes a suggestion.
            verb: What that does with it.
        """
        offers = self.reader.mended(spec.text, error)
        buttons = [self.example(each, mend, verb) for each in offers]
        return Refusal(render_error(error, spec.text), components=button_rows(buttons))
