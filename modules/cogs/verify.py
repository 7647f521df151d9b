"""`/verify` and "Verify this roll": what really was rolled, by whom and when."""

import re
from collections.abc import Sequence
from fractions import Fraction

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.support.records import may_see
from modules.commands.command import command, context_menu
from modules.commands.command_bot import CommandBot
from modules.commands.components import chosen_values
from modules.commands.invocation import Invocation
from modules.commands.refusal import Refusal
from modules.commands.reply import Reply
from modules.dice.errors import DiceError
from modules.rendering.dice import number_text
from modules.services.ledger import Ledger
from modules.services.rolls import INDICES_AN_ANSWER, replay
from modules.storage.chain import LedgerEntry
from modules.storage.ledger import LedgerRow
from modules.ui.answers import text_of
from modules.ui.history import verified_text

MENU = "Verify this roll"
NO_ROLL = "Give the link of a message with a roll, or use **Verify this roll** in its menu, under *Apps*."
UNKNOWN = (
    "I have no record of a roll in that message here: it is not mine, it is older than what I keep, or its player had "
    "it deleted."
)
SAME = "✅ The message shows this result."
DIFFERENT = "❌ The message does not show this result."
GONE = "The message itself is gone, or I may not read it."

_ID = re.compile(r"(?:\S*/)?(\d{15,20})/?")


class VerifyCog(commands.Cog):
    """Compares what stands in a channel with the ledger."""

    def __init__(self, bot: CommandBot, ledger: Ledger) -> None:
        self._bot, self._ledger = bot, ledger
        bot.handling.components.register("verify", self.chosen)

    async def cog_load(self) -> None:
        """Add the menu."""
        self._bot.tree.add_command(context_menu(MENU, self.message), override=True)

    @command(
        "verify",
        usage="verify <link of a message>",
        description="Check a message: what really was rolled, by whom and when",
    )
    @app_commands.describe(roll="Link or id of a message with a roll")
    async def verify(self, invocation: Invocation, *, roll: str = "") -> Reply:
        """Check a message: what really was rolled, by whom and when."""
        found = _ID.fullmatch(roll.strip(" <>"))
        if found is None:
            raise Refusal(NO_ROLL)
        return await self._verified(invocation, int(found[1]), None)

    async def message(self, invocation: Invocation, message: discord.Message) -> Reply:
        """Verify the roll of a message, from its menu."""
        return await self._verified(invocation, message.id, message)

    async def chosen(self, invocation: Invocation, _payload: str) -> Reply:
        """Verify a roll of the history."""
        return await self._verified(invocation, int("".join(chosen_values(invocation)) or 0), None)

    async def _verified(self, invocation: Invocation, about: int, message: discord.Message | None) -> Reply:
        # What was noted a moment ago may be on its way still.
        await self._ledger.flush()
        answers = [row.entry for row in await self._ledger.of_answer(about) if row.entry is not None]
        # What an edited message was answered with is known by the message alone.
        rows = await self._ledger.of_source(answers[0].source_id if answers else about)
        # Who can open the menu of the very message sees the roll already.
        shown = message.id if message is not None else None
        is_shown = bool(answers) and shown == about
        rows = tuple(row for row in rows if row.entry and (is_shown or may_see(invocation, row)))
        if not rows:
            raise Refusal(UNKNOWN)
        latest = _latest(rows)
        entries = [row.entry for row in latest if row.entry is not None]
        if message is None or not is_shown:
            message = await self._shown(invocation, rows, message)
        told = GONE if message is None else SAME if _says(text_of(message), entries) else DIFFERENT
        return Reply(verified_text(latest, all(map(_holds, entries)), told), ephemeral=True)

    async def _shown(
        self, invocation: Invocation, rows: Sequence[LedgerRow], asked: discord.Message | None
    ) -> discord.Message | None:
        """The message that shows a roll; None where it cannot be had."""
        answer_id = next((row.answer_id for row in rows if row.answer_id is not None), None)
        entry = rows[0].entry
        if answer_id is None or entry is None:
            return None
        results = self._bot.settings_of(invocation.guild_id).results_channel_id
        channel_ids = [entry.channel_id, *([results] if results else []), *([asked.channel.id] if asked else [])]
        for channel_id in dict.fromkeys(channel_ids):
            try:
                channel = self._bot.get_partial_messageable(channel_id, guild_id=invocation.guild_id)
                return await channel.fetch_message(answer_id)
            except (discord.NotFound, discord.Forbidden):
                continue
        return None


def _latest(rows: Sequence[LedgerRow]) -> tuple[LedgerRow, ...]:
    """The rolls that an answer shows now: an edited message was answered more than once."""
    answers = [row.entry.source_index // INDICES_AN_ANSWER for row in rows if row.entry is not None]
    return tuple(row for row, answer in zip(rows, answers, strict=True) if answer == max(answers))


def _holds(entry: LedgerEntry) -> bool:
    """Whether the recorded faces come to what was recorded."""
    try:
        roll = replay(entry)
    except (DiceError, ValueError, KeyError):
        return False
    return entry.total is None or (roll.has_total and str(roll.total) == entry.total)


def _says(text: str, entries: Sequence[LedgerEntry]) -> bool:
    """Whether a message has all of these results in it."""
    for entry in entries:
        total = Fraction(entry.total) if entry.total is not None else None
        shown = number_text(int(total) if total.denominator == 1 else total) if total is not None else ""
        if re.search(rf"(?<!\d){re.escape(shown)}(?!\d)", text) is None:
            return False
    return True
