"""`!roll`, `!r` and `/roll`."""

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.builder import OPEN_BUILDER
from modules.cogs.secret_rolls import SecretRollsCog
from modules.cogs.support.answered import AnsweredRolls
from modules.cogs.support.roller import Roller
from modules.cogs.support.suggestions import Suggestions
from modules.commands.command import autocomplete, command
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Answer
from modules.rendering.language import translated
from modules.services.roll_specs import RollSpec, without_secret
from modules.telemetry.snapshot import Status
from modules.ui.buttons import Button


class RollCog(commands.Cog):
    """Dice on demand."""

    def __init__(
        self, roller: Roller, secrets: SecretRollsCog, answered: AnsweredRolls, suggestions: Suggestions
    ) -> None:
        self._roller, self._secrets, self._answered = roller, secrets, answered
        self._suggestions = suggestions

    @command("roll", aliases=["r"], usage="roll 2d6+3", description="Roll dice, like 2d6+3 or 4d6kh3")
    @app_commands.describe(
        dice="What to roll, like 2d6+3 or 4d6kh3; a single d20 if you leave it out",
        label="What the roll is for",
        times="How often to roll it",
        secret="Show the result to you alone",  # noqa: S106 - a description
    )
    async def roll(
        self,
        invocation: Invocation,
        *,
        dice: str = "",
        label: app_commands.Range[str, 1, 100] = "",
        times: app_commands.Range[int, 1, 50] = 1,
        secret: bool = False,
    ) -> Answer:
        """Roll dice."""
        # A message has all its options in one text.
        if invocation.type is InvocationType.MESSAGE:
            dice, secret = without_secret(dice)
        is_bare = not dice.strip()
        if is_bare:
            dice = await self._roller.requests.default_roll(invocation)
        spec = RollSpec.of(dice, label=label, times=times)
        answer = await (
            self._secrets.answer(invocation, spec) if secret else self._open(invocation, spec, is_bare=is_bare)
        )
        if invocation.status is Status.OK:
            self._suggestions.recent.note(invocation.actor.id, spec.text)
        return answer

    @autocomplete(roll, "dice")
    async def suggest(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Say whether what is typed so far can be rolled."""
        names = await self._roller.requests.names(invocation)
        return self._suggestions.choices(invocation.actor.id, current, names)

    async def _open(self, invocation: Invocation, spec: RollSpec, *, is_bare: bool) -> Answer:
        """Roll for all to see; a message may be edited, so where its answer stands is remembered."""
        asked = invocation.source.content if isinstance(invocation.source, discord.Message) else None
        try:
            rolled = await self._roller.roll(invocation, spec)
        except Refusal as refusal:
            if asked is None:
                raise
            await self._answered.refuse(invocation, asked, refusal)
            return None
        # Where nothing was asked for, a roll can be put together.
        further = [Button(translated("Build a roll"), OPEN_BUILDER, "🛠️")] if is_bare else []
        reply = self._roller.reply(invocation, spec, rolled, further=further)
        if asked is None:
            return reply
        await self._answered.send(invocation, asked, rolled, reply)
        return None
