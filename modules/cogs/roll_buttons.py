"""The buttons, menu and modals under a roll. Anyone may press; the answer says who did."""

from functools import partial
from types import MappingProxyType
from typing import Final

from discord.ext import commands

from modules.cogs.support.asker import by
from modules.cogs.support.odds import OddsReplies
from modules.cogs.support.pages import NO_MODIFIER, NOT_KEPT, code_block, explanation
from modules.cogs.support.roller import AGAIN, EDGES, MEND, MODIFIER, MORE, Roller
from modules.cogs.what_if import WhatIfCog
from modules.commands.components import Components, Handler, chosen_values, modal_fields
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Form, Reply
from modules.dice.errors import DiceError
from modules.rendering.language import translated
from modules.services.roll_specs import Edge
from modules.ui.buttons import Option, menu, question

TIMES = (2, 3, 4, 6)
"""Repeats that the menu offers at once."""
MOST_TIMES = 50


class RollButtonsCog(commands.Cog):
    """The next roll, one tap away."""

    def __init__(self, components: Components, roller: Roller, odds: OddsReplies, what_if: WhatIfCog) -> None:
        self._roller, self._odds, self._what_if = roller, odds, what_if
        for name, (edge, _label) in EDGES.items():
            components.register(name, partial(self.with_edge, edge=edge))
        handlers: dict[str, Handler] = {
            AGAIN: self.again,
            MEND: self.mend,
            MODIFIER: self.ask_modifier,
            "modded": self.with_modifier,
            MORE: self.more,
            "menu": self.chosen,
            "times": self.several,
        }
        for name, handler in handlers.items():
            components.register(name, handler)

    async def again(self, invocation: Invocation, payload: str) -> Reply:
        """Roll the same again."""
        return await self._roller.answer(invocation, self._roller.spec_of(payload), by("Again", invocation))

    async def mend(self, invocation: Invocation, payload: str) -> Reply:
        """Roll what a refused notation was meant to be."""
        return await self._roller.answer(invocation, self._roller.spec_of(payload), by("Rolled", invocation))

    async def with_edge(self, invocation: Invocation, payload: str, edge: Edge) -> Reply:
        """Roll it with advantage, disadvantage or neither."""
        spec = self._roller.spec_of(payload).with_edge(edge)
        return await self._roller.answer(invocation, spec, by(_EDGE_WORDS[edge], invocation))

    async def ask_modifier(self, _invocation: Invocation, payload: str) -> Form:
        """Ask what to add."""
        asked = self._roller.id_of("modded", self._roller.spec_of(payload))
        return Form(question("Roll with a modifier", asked, "Modifier", "+2 or -1d4", max_length=40))

    async def with_modifier(self, invocation: Invocation, payload: str) -> Reply:
        """Roll it with what was filled in."""
        spec = self._roller.spec_of(payload)
        modifier = modal_fields(invocation).get("answer", "")
        try:
            notation = self._roller.reader.with_modifier(spec.notation, modifier)
        except (ValueError, DiceError):
            raise Refusal(NO_MODIFIER) from None
        changed = type(spec)(notation, spec.edge)
        return await self._roller.answer(invocation, changed, by("Modified", invocation))

    async def more(self, _invocation: Invocation, payload: str) -> Reply:
        """Show what else can be done with a roll."""
        asked_by, _, packed = payload.partition(".")
        spec = self._roller.spec_of(packed)
        options = [Option(f"times {each}", translated("Roll {count} times", count=each)) for each in TIMES]
        options += [
            Option("times", "Roll more often …"),
            *self._what_if.options(asked_by),
            Option("odds", "Odds of this roll", "How likely each total is"),
            Option("explain", "Explain this roll", "What every step did to the dice"),
            Option("copy", "Copy the notation"),
        ]
        menu_id = self._roller.id_of("menu", spec, f"{asked_by}.")
        return Reply(code_block(spec.text), components=[menu(menu_id, "What next?", options)], ephemeral=True)

    async def chosen(self, invocation: Invocation, payload: str) -> Answer:
        """Do what was chosen from the menu."""
        asked_by, _, packed = payload.partition(".")
        spec = self._roller.spec_of(packed)
        match "".join(chosen_values(invocation)).split(" "):
            case ["keep", what]:
                return await self._what_if.chosen(invocation, spec, asked_by, what)
            case ["times", number]:
                return await self._roller.answer(invocation, spec.repeated(int(number)), by("Rolled", invocation))
            case ["times"]:
                asked = self._roller.id_of("times", spec)
                bounds = translated("1 to {most}", most=MOST_TIMES)
                return Form(question("Roll several times", asked, "How often?", bounds, max_length=2))
            case ["odds"]:
                return await self._odds.told(invocation, spec)
            case ["explain"]:
                return self._explained(asked_by)
            case _:
                return Reply(code_block(spec.text), ephemeral=True)

    async def several(self, invocation: Invocation, payload: str) -> Reply:
        """Roll it as often as was filled in."""
        number = modal_fields(invocation).get("answer", "").strip()
        if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= MOST_TIMES):
            raise Refusal(translated("I can roll it 1 to {most} times.", most=MOST_TIMES))
        spec = self._roller.spec_of(payload).repeated(int(number))
        return await self._roller.answer(invocation, spec, by("Rolled", invocation))

    def _explained(self, asked_by: str) -> Reply:
        rolled = self._roller.recent.get(int(asked_by)) if asked_by.isdecimal() else None
        if rolled is None:
            raise Refusal(NOT_KEPT)
        return explanation(rolled)


_EDGE_WORDS: Final = MappingProxyType(
    {
        Edge.ADVANTAGE: "With advantage",
        Edge.DISADVANTAGE: "With disadvantage",
        Edge.STRAIGHT: "Without advantage or disadvantage",
    }
)
