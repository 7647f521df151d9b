"""What-if: a roll is changed after it has fallen. Its dice stay, and the answer says which are new."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from discord.ext import commands

from modules.cogs.support.asker import by, request_of
from modules.cogs.support.pages import NO_MODIFIER, NOT_KEPT
from modules.cogs.support.roller import Roller
from modules.commands.components import Components, modal_fields
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Form, Reply
from modules.dice.errors import DiceError
from modules.dice.rolling.result import Roll
from modules.rendering.errors import plain_error
from modules.rendering.language import translated
from modules.services.roll_specs import Edge, RollSpec
from modules.services.what_if import WhatIf, with_added, with_edge, with_ones_rerolled
from modules.ui.buttons import Option, question

KEEP: Final = "keep"
"""Begins the values of the menu's lines."""
KEEP_ADD: Final = "keepadd"
FACES_TOLD: Final = 12
EDGES: Final = MappingProxyType({"adv": Edge.ADVANTAGE, "dis": Edge.DISADVANTAGE})


class WhatIfCog(commands.Cog):
    """The same dice, read otherwise."""

    def __init__(self, components: Components, roller: Roller) -> None:
        self._roller = roller
        components.register(KEEP_ADD, self.added)

    def options(self, asked_by: str) -> list[Option]:
        """What can be changed about a roll; nothing where its dice are forgotten or it is several rolls."""
        roll = self._kept(asked_by)
        if roll is None:
            return []
        offered = [Option(f"{KEEP} add", translated("Keep the dice and add …"))]
        if with_edge(roll, Edge.ADVANTAGE) is not None:
            offered += [
                Option(f"{KEEP} adv", translated("Keep the die, with advantage")),
                Option(f"{KEEP} dis", translated("Keep the die, with disadvantage")),
            ]
        if with_ones_rerolled(roll) is not None:
            offered.append(Option(f"{KEEP} ones", translated("Keep the dice, reroll the 1s")))
        return offered

    async def chosen(self, invocation: Invocation, spec: RollSpec, asked_by: str, what: str) -> Answer:
        """Change what was chosen from the menu.

        Raises:
            Refusal: The dice are forgotten.
        """
        if what == "add":
            asked = self._roller.id_of(KEEP_ADD, spec, f"{asked_by}.")
            return Form(question(translated("Keep the dice and add"), asked, "Modifier", "+2 or +1d4", max_length=40))
        roll = self._kept_or_refused(asked_by)
        changed = with_edge(roll, EDGES[what]) if what in EDGES else with_ones_rerolled(roll)
        if changed is None:
            raise Refusal(NOT_KEPT)
        if what in EDGES:
            told = "With advantage" if what == "adv" else "With disadvantage"
            return await self._resumed(invocation, changed, spec.with_edge(EDGES[what]), told)
        return await self._resumed(invocation, changed, RollSpec.of(changed.notation), "1s rerolled")

    async def added(self, invocation: Invocation, payload: str) -> Reply:
        """Add what was filled in."""
        asked_by, _, packed = payload.partition(".")
        spec = self._roller.spec_of(packed)
        modifier = modal_fields(invocation).get("answer", "").strip()
        try:
            changed = with_added(self._kept_or_refused(asked_by), modifier, self._roller.reader)
            notation = self._roller.reader.with_modifier(spec.notation, modifier)
        except (ValueError, DiceError):
            raise Refusal(NO_MODIFIER) from None
        return await self._resumed(invocation, changed, RollSpec(notation, spec.edge), "Changed")

    async def _resumed(self, invocation: Invocation, changed: WhatIf, spec: RollSpec, what: str) -> Reply:
        """Roll with the dice that stay, and tell them from those that are new."""
        try:
            request = request_of(invocation, changed.notation)
            resumed = await self._roller.rolls.resume(request, changed.script)
        except DiceError as error:
            raise Refusal(plain_error(error, "")) from None
        self._roller.keep(invocation, resumed.rolled)
        kept = translated("kept {faces}", faces=_faces_text(resumed.rolled.kept))
        fresh = translated("new {faces}", faces=_faces_text(resumed.fresh) or translated("nothing"))
        footer = f"{by(what, invocation)} · {kept} · {fresh}"
        return self._roller.reply(invocation, spec, resumed.rolled, footer)

    def _kept(self, asked_by: str) -> Roll | None:
        rolled = self._roller.recent.get(int(asked_by)) if asked_by.isdecimal() else None
        return rolled.rolls[0] if rolled is not None and len(rolled.rolls) == 1 else None

    def _kept_or_refused(self, asked_by: str) -> Roll:
        roll = self._kept(asked_by)
        if roll is None:
            raise Refusal(NOT_KEPT)
        return roll


def _faces_text(faces: Sequence[int]) -> str:
    more = f" … {len(faces) - FACES_TOLD:,}" if len(faces) > FACES_TOLD else ""
    return ", ".join(map(str, faces[:FACES_TOLD])) + more
