"""`!build` and `/build`: a roll put together with buttons."""

import re
from datetime import timedelta
from typing import Final

from discord.ext import commands

from modules.cogs.secret_rolls import SecretRollsCog
from modules.cogs.support.asker import by
from modules.cogs.support.roller import Roller
from modules.commands.command import command
from modules.commands.components import Components, chosen_values, custom_id, modal_fields
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer, Form, Reply
from modules.rendering.language import translated
from modules.rendering.odds_text import outlook
from modules.services.built_roll import BuiltRoll
from modules.services.roll_specs import RollSpec
from modules.ui.builder import Press, builder_rows, builder_text
from modules.ui.buttons import Button, button_rows, question

BUILD: Final = "build"
OPEN_BUILDER: Final = custom_id(BUILD, f"{Press.OPEN}.0.")
"""The custom id of a button that opens a new panel for whoever presses it."""

CLOSED_AFTER: Final = timedelta(hours=1)
"""How long an unused panel stays open."""

NOT_YOURS: Final = "That panel is somebody else's; `/build` opens your own."
TOO_LONG: Final = "This roll cannot grow any longer here: roll it, or undo something. `/roll` takes longer notation."
NO_MODIFIER: Final = "A modifier is a whole number of at most four digits, like `+2` or `-1`."
CLOSED: Final = "This panel was not used for an hour, so it was closed. **Go on** opens it again as it was."

_MODIFIER: Final = re.compile(r"([-+]?)(\d{1,4})")


class BuilderCog(commands.Cog):
    """A panel of buttons for its owner alone. All its state is in its custom ids, so it outlives a restart."""

    def __init__(self, components: Components, roller: Roller, secrets: SecretRollsCog) -> None:
        self._roller, self._secrets = roller, secrets
        components.register(BUILD, self.press)
        components.register("buildmod", self.with_modifier)

    @command("build", usage="build", description="Put a roll together with buttons")
    async def build(self, invocation: Invocation) -> Reply:
        """Put a roll together with buttons."""
        return self._panel(invocation, BuiltRoll(), is_shared=invocation.type is InvocationType.MESSAGE)

    async def press(self, invocation: Invocation, payload: str) -> Answer:
        """Take one more step, or roll."""
        step, owner, packed = payload.split(".", 2)
        if step == Press.OPEN:
            return self._panel(invocation, BuiltRoll(), is_shared=False)
        self._check_owner(invocation, owner)
        built = BuiltRoll.unpack(packed)
        if step != Press.REOPEN and _is_closed(invocation):
            return _closed(owner, built)
        match step:
            case Press.ROLL:
                return await self._roller.answer(invocation, RollSpec.of(built.notation), by("Rolled", invocation))
            case Press.SECRET:
                return await self._secrets.answer(invocation, RollSpec.of(built.notation))
            case Press.MODIFIER:
                asked = custom_id("buildmod", f"{owner}.{packed}")
                return Form(question("Modifier", asked, "Modifier", "+2", max_length=6))
        return self._changed(invocation, self._after(invocation, built, step))

    async def with_modifier(self, invocation: Invocation, payload: str) -> Reply:
        """Add what was filled in."""
        owner, packed = payload.split(".", 1)
        self._check_owner(invocation, owner)
        typed = modal_fields(invocation).get("answer", "").replace("\N{MINUS SIGN}", "-").replace(" ", "")
        found = _MODIFIER.fullmatch(typed)
        if found is None or not typed.isascii():
            raise Refusal(NO_MODIFIER)
        return self._changed(invocation, BuiltRoll.unpack(packed).with_step(f"{found[1] or '+'}{found[2]}"))

    def _after(self, invocation: Invocation, built: BuiltRoll, step: str) -> BuiltRoll | None:
        match step:
            case Press.UNDO:
                return built.undone()
            case Press.CLEAR:
                return BuiltRoll()
            case Press.REOPEN:
                return built
            case Press.COUNT | Press.SHAPE:
                return built.with_step("".join(chosen_values(invocation)))
        return built.with_step(step)

    def _check_owner(self, invocation: Invocation, owner: str) -> None:
        if str(invocation.actor.id) != owner:
            raise Refusal(NOT_YOURS)

    def _changed(self, invocation: Invocation, built: BuiltRoll | None) -> Reply:
        if built is None:
            raise Refusal(TOO_LONG)
        message = invocation.interaction.message if invocation.interaction is not None else None
        is_shared = message is not None and not message.flags.ephemeral
        return self._panel(invocation, built, is_shared=is_shared, replaces=True)

    def _panel(self, invocation: Invocation, built: BuiltRoll, *, is_shared: bool, replaces: bool = False) -> Reply:
        owner = invocation.actor.id
        odds = self._roller.reader.outlook(built.notation) if built.notation else None
        text = builder_text(built, outlook(odds) if odds is not None else "")
        if is_shared:
            text += f"\n-# {translated('Only {owner} can use these buttons.', owner=f'<@{owner}>')}"
        rows = builder_rows(built, lambda step: custom_id(BUILD, f"{step}.{owner}.{built.packed}"))
        return Reply(text, components=rows, ephemeral=not is_shared, replaces=replaces)


def _is_closed(invocation: Invocation) -> bool:
    """Whether the panel was left alone for long."""
    interaction = invocation.interaction
    if interaction is None or interaction.message is None:
        return False
    used_at = interaction.message.edited_at or interaction.message.created_at
    return interaction.created_at - used_at > CLOSED_AFTER


def _closed(owner: str, built: BuiltRoll) -> Reply:
    text = translated(CLOSED) + (f"\n`{built.notation}`" if built.notation else "")
    button = Button("Go on", custom_id(BUILD, f"{Press.REOPEN}.{owner}.{built.packed}"))
    return Reply(text, components=button_rows([button]), ephemeral=True, replaces=True)
