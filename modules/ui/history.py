"""Recorded rolls as text: the history, a roll that was verified, statistics."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final, NamedTuple

from modules.rendering.language import translated
from modules.rendering.rolls import MESSAGE_LENGTH
from modules.rendering.text import fixed, shortened
from modules.services.rolls import shortcuts
from modules.services.statistics import Statistics
from modules.storage.chain import LedgerEntry
from modules.storage.ledger import LedgerRow

ROLLS_SHOWN: Final = 10
"""Rolls of one answer that a verification shows."""
COLUMNS: Final = ("time", "player", "channel", "notation", "faces", "total", "verdict", "message")


class _Room(NamedTuple):
    """How much is shown of one roll: characters of its total and notation, and dice."""

    total: int
    notation: int
    dice: int


_ROOMS: Final = (_Room(210, 60, 12), _Room(20, 20, 3))
"""As much as there is, where a message takes it; else what fits whatever was rolled."""


def history_text(title: str, entries: Sequence[LedgerEntry], *, names_players: bool) -> str:
    """A page of rolls, the newest first; with the names of whoever rolled, or without."""

    def told(room: _Room) -> str:
        lines = [f"**{title}**"]
        for each in entries:
            second = each.rolled_at // 1000
            who = f"<@{each.user_id}> · " if names_players else ""
            lines += [_roll_text(each, room), f"-# {who}<t:{second}:d> <t:{second}:t>"]
        return "\n".join(lines)

    return _fitted(told)


def verified_text(rows: Sequence[LedgerRow], replayed: bool, message: str) -> str:
    """What really was rolled, by whom and when.

    Args:
        rows: All rolls of one answer.
        replayed: Whether their faces come to the same totals again.
        message: What is known of the message that shows them.
    """
    entries = [row.entry for row in rows if row.entry is not None]
    first = entries[0]
    who, where = f"<@{first.user_id}>", f"<#{first.channel_id}>"
    when = f"<t:{first.rolled_at // 1000}:F>"
    same, other = "✅ The recorded dice add up to this result.", "❌ The recorded dice do not add up to this result."
    small = [
        translated("Rolled by {who} on {when}, in {where}.", who=who, when=when, where=where),
        translated(same if replayed else other),
        translated(message),
        translated("-# Entry {position} of the record kept here.", position=rows[0].position),
    ]
    more = len(entries) - ROLLS_SHOWN
    if more > 0:
        small.insert(0, translated("… and {count} more.", count=more))
    return _fitted(lambda room: "\n".join([*(_roll_text(each, room) for each in entries[:ROLLS_SHOWN]), *small]))


def _fitted(told: Callable[[_Room], str]) -> str:
    text = told(_ROOMS[0])
    return text if len(text) <= MESSAGE_LENGTH else told(_ROOMS[1])


def _roll_text(entry: LedgerEntry, room: _Room) -> str:
    """What a roll came to, what was rolled, and the dice that fell."""
    total = f"**{shortened(entry.total, room.total)}**" if entry.total is not None else "–"
    result = f"{total} {translated(entry.verdict)}" if entry.verdict else total
    # Of a game's roll what was typed, too.
    written = "+".join(shortcuts(entry)), entry.canonical
    notation = " = ".join(_code(each, room.notation) for each in written if each)
    return f"{result} {notation} {_faces_text(entry, room.dice)}".rstrip()


def _code(notation: str, length: int) -> str:
    shown = "".join(map(fixed, shortened(notation, length))).replace("`", "'")
    return f"`{shown}`"


def _faces_text(entry: LedgerEntry, most: int) -> str:
    faces = entry.faces.split(",") if entry.faces else []
    more = len(faces) - most
    return f"({', '.join(faces[:most])}{f' … +{more:,}' if more > 0 else ''})" if faces else ""


def statistics_text(title: str, found: Statistics) -> str:
    """Rolls, naturals and luck."""
    lines = [f"**{title}**", translated("Rolls: {count}", count=f"{found.roll_count:,}")]
    if found.d20_count:
        twenties, ones = found.twenties, found.ones
        lines.append(
            translated(
                "Of {d20s} d20: natural 20 × {twenties} ({high}), natural 1 × {ones} ({low}); 5 % each are expected",
                d20s=f"{found.d20_count:,}",
                twenties=twenties,
                high=_percent(Fraction(twenties, found.d20_count)),
                ones=ones,
                low=_percent(Fraction(ones, found.d20_count)),
            )
        )
    if found.luck is not None:
        lines.append(
            translated(
                "Luck: on average better than {share} of such rolls (50 % is expected, over {count} rolls)",
                share=_percent(found.luck),
                count=f"{found.judged_count:,}",
            )
        )
    if found.looked_at < found.roll_count:
        lines.append(translated("-# Naturals and luck of the latest {count} rolls.", count=f"{found.looked_at:,}"))
    return "\n".join(lines)


def csv_bytes(rows: Iterable[LedgerRow]) -> bytes:
    """Rolls as a file for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        entry = row.entry
        if entry is not None:
            time = datetime.fromtimestamp(entry.rolled_at / 1000, UTC).isoformat(timespec="milliseconds")
            values = (entry.canonical, entry.faces, entry.total, entry.verdict)
            writer.writerow((time, entry.user_id, entry.channel_id, *map(_cell, values), row.answer_id))
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = value or ""
    return (
        f"'{text}" if text.startswith(("=", "+", "@")) or (text.startswith("-") and not text[1:].isdecimal()) else text
    )


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.1f} %"
