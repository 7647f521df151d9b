"""Recorded rolls as text: the history, a roll that was verified, statistics."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from modules.rendering.language import translated
from modules.rendering.text import fixed, shortened
from modules.services.rolls import shortcuts
from modules.services.statistics import Statistics
from modules.storage.chain import LedgerEntry
from modules.storage.ledger import LedgerRow

NOTATION_SHOWN: Final = 60
FACES_SHOWN: Final = 12
COLUMNS: Final = ("time", "player", "channel", "notation", "faces", "total", "verdict", "message")


def history_text(title: str, entries: Sequence[LedgerEntry], *, names_players: bool) -> str:
    """A page of rolls, the newest first; with the names of whoever rolled, or without."""
    lines = [f"**{title}**"]
    for each in entries:
        second = each.rolled_at // 1000
        told = f"{result_text(each)} {notation_text(each)} {faces_text(each)}".rstrip()
        lines.append(f"{told} · {f'<@{each.user_id}> · ' if names_players else ''}<t:{second}:d> <t:{second}:t>")
    return "\n".join(lines)


def result_text(entry: LedgerEntry) -> str:
    """What a roll came to."""
    total = f"**{entry.total}**" if entry.total is not None else "–"
    return f"{total} {translated(entry.verdict)}" if entry.verdict else total


def notation_text(entry: LedgerEntry) -> str:
    """What was rolled, as code; of a game's roll what was typed, too."""
    typed = "+".join(shortcuts(entry))
    return " = ".join(_code(each) for each in (typed, entry.canonical) if each)


def faces_text(entry: LedgerEntry) -> str:
    """The dice that fell."""
    faces = entry.faces.split(",") if entry.faces else []
    more = len(faces) - FACES_SHOWN
    return f"({', '.join(faces[:FACES_SHOWN])}{f' … +{more:,}' if more > 0 else ''})" if faces else ""


def _code(notation: str) -> str:
    shown = "".join(map(fixed, shortened(notation, NOTATION_SHOWN))).replace("`", "'")
    return f"`{shown}`"


def verified_text(rows: Sequence[LedgerRow], replayed: bool, message: str) -> str:
    """What really was rolled, by whom and when.

    Args:
        rows: All rolls of one answer.
        replayed: Whether their faces come to the same totals again.
        message: What is known of the message that shows them.
    """
    entries = [row.entry for row in rows if row.entry is not None]
    first = entries[0]
    lines = [f"{result_text(each)} {notation_text(each)} {faces_text(each)}".rstrip() for each in entries[:10]]
    if len(entries) > 10:
        lines.append(translated("… and {count} more.", count=len(entries) - 10))
    when = f"<t:{first.rolled_at // 1000}:F>"
    lines.append(
        translated(
            "Rolled by {who} on {when}, in {where}.",
            who=f"<@{first.user_id}>",
            when=when,
            where=f"<#{first.channel_id}>",
        )
    )
    same, other = "✅ Rolled again from its faces, it comes to the same.", "❌ Its faces do not come to that."
    lines.append(translated(same if replayed else other))
    lines.append(translated(message))
    lines.append(translated("-# Entry {position} of this place's ledger.", position=rows[0].position))
    return "\n".join(lines)


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
