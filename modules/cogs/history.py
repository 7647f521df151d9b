"""`/history` and `/stats`: what was rolled."""

import asyncio

import discord
from discord import app_commands
from discord.ext import commands

from modules.cogs.support.dates import Period, offers, taken_from
from modules.cogs.support.records import HISTORY, View, is_private
from modules.commands.command import autocomplete, command
from modules.commands.components import Components
from modules.commands.invocation import Invocation, InvocationType
from modules.commands.refusal import Refusal
from modules.commands.reply import Attachment, Reply
from modules.discord_api.components import LABEL_LENGTH, Component, menu, option, row
from modules.rendering.language import translated
from modules.rendering.text import fixed, shortened
from modules.services.ledger import Ledger
from modules.services.statistics import LOOKED_AT, statistics
from modules.storage.history import HistoryQuery
from modules.storage.ledger import LedgerRow
from modules.ui.buttons import Button, button_rows
from modules.ui.history import csv_bytes, history_text, statistics_text

PAGE = 10
"""Rolls of a page."""
FILE_ROWS = 10_000
"""Rolls of the largest file."""
NOTHING = "I found no such roll here. `/roll` makes one."


class HistoryCog(commands.Cog):
    """Reads the ledger for people."""

    def __init__(self, components: Components, ledger: Ledger) -> None:
        self._ledger = ledger
        components.register(HISTORY, self.turn)
        components.register("historyfile", self.file)

    @command(
        "history",
        usage="history [@player] [dice] [since:day] [until:day]",
        description="What was rolled: by you, a player, or in this channel",
    )
    @app_commands.describe(
        player="Whose rolls in this channel; yours in this server if you leave it out",
        dice="Only rolls with this in their notation, like d20",
        channel="Everybody's rolls in this channel",
        since="From this day or time on (UTC): 2026-11-25, yesterday, 7d",
        until="Up to this day or time (UTC); the day is included",
    )
    async def history(
        self,
        invocation: Invocation,
        player: discord.User | None = None,
        *,
        dice: str = "",
        channel: bool = False,
        since: str = "",
        until: str = "",
    ) -> Reply:
        """What was rolled: by you, a player, or in this channel."""
        if invocation.type is InvocationType.MESSAGE:
            since, until, dice = taken_from(dice)
            if dice.casefold() == "channel":
                dice, channel = "", True
        period = Period.of(since, until, invocation.source.created_at)
        if player is None and not channel:
            view = View("mine", invocation.actor.id, dice=dice)
        else:
            kind = "player" if player is not None else "channel"
            view = View(kind, player.id if player is not None else 0, dice=dice)
        return await self._page(invocation, view.within(period))

    @autocomplete(history, "since")
    @autocomplete(history, "until")
    async def suggest(self, invocation: Invocation, current: str) -> list[app_commands.Choice[str]]:
        """Suggest days, and say how what is typed is read."""
        return offers(current, invocation.source.created_at)

    @command("stats", usage="stats", description="Statistics of your rolls here: natural 20s and 1s, luck")
    @app_commands.describe(server="Everybody's")
    async def stats(self, invocation: Invocation, *, server: bool = False) -> Reply:
        """Rolls, naturals, and luck as exact odds measure it."""
        query = HistoryQuery(
            chain_id=invocation.guild_id or invocation.channel_id, user_id=None if server else invocation.actor.id
        )
        count, rows = await self._ledger.count(query), await self._ledger.page(query, LOOKED_AT)
        if not rows:
            raise Refusal(NOTHING)
        entries = [row.entry for row in rows if row.entry is not None]
        found = await asyncio.to_thread(statistics, count, entries)
        title = (
            translated("This server's rolls")
            if server
            else translated("{who}'s rolls here", who=f"<@{invocation.actor.id}>")
        )
        return Reply(statistics_text(title, found))

    async def turn(self, invocation: Invocation, payload: str) -> Reply:
        """Turn to another page, in the same message."""
        return await self._page(invocation, View.unpack(payload), replaces=True)

    async def file(self, invocation: Invocation, payload: str) -> Reply:
        """Everything that can be seen of it as a file, for the asker alone."""
        query = View.unpack(payload).query(invocation)
        rows = await self._ledger.page(query, FILE_ROWS)
        content = await asyncio.to_thread(csv_bytes, rows)
        text = translated("{count} rolls, the newest first.", count=f"{len(rows):,}")
        return Reply(text, files=[Attachment("rolls.csv", content)], ephemeral=True)

    async def _page(self, invocation: Invocation, view: View, *, replaces: bool = False) -> Reply:
        rows = await self._ledger.page(view.query(invocation), PAGE + 1)
        if not rows:
            raise Refusal(NOTHING)
        entries = [row.entry for row in rows[:PAGE] if row.entry is not None]
        return Reply(
            history_text(_title(view), entries, names_players=view.kind == "channel"),
            components=_components(view, rows),
            ephemeral=is_private(invocation),
            replaces=replaces,
        )


def _title(view: View) -> str:
    parts = [_whose(view)]
    if view.since:
        parts.append(translated("since {when}", when=f"<t:{view.since * 60}:f>"))
    if view.until:
        parts.append(translated("until {when}", when=f"<t:{view.until * 60}:f>"))
    return " · ".join(parts)


def _whose(view: View) -> str:
    match view.kind:
        case "mine":
            return translated("Your rolls here")
        case "player":
            return translated("Rolls of {who} in this channel", who=f"<@{view.user_id}>")
    return translated("Rolls in this channel")


def _components(view: View, rows: tuple[LedgerRow, ...]) -> list[Component]:
    """A menu of the rolls that are shown, and buttons for other pages and for a file."""
    entries = {row.entry.source_id: row.entry for row in rows[:PAGE] if row.entry is not None}
    options = [
        option(
            shortened("".join(map(fixed, f"{each.total or '–'} · {each.canonical}")), LABEL_LENGTH), str(each.source_id)
        )
        for each in entries.values()
    ]
    buttons = [Button("Newest", view.id_for(0))] if view.before_id else []
    if len(rows) > PAGE:
        buttons.append(Button("Older", view.id_for(rows[PAGE - 1].id)))
    buttons.append(Button("As a file", view._replace(before_id=0).id_for(0, "historyfile")))
    return [row(menu("verify:", translated("Verify a roll"), options)), *button_rows(buttons)]
