"""Everything that is kept about one person: as a file, and gone."""

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any, Final, NamedTuple

from modules.services.services import Memory
from modules.storage.history import HistoryQuery
from modules.storage.ledger import LedgerRow
from modules.storage.records import Owner

PLAIN_LENGTH: Final = 1_000_000
"""Bytes of the largest file that is not compressed."""


class Deleted(NamedTuple):
    """What was deleted of a person.

    Attributes:
        saved_roll_count: Their saved rolls.
        character_count: Their characters.
        roll_count: Rolls that say nothing of them any more.
    """

    saved_roll_count: int
    character_count: int
    roll_count: int


async def collect(memory: Memory, user_id: int) -> dict[str, Any]:
    """Everything that is kept about a person, as JSON takes it.

    Raises:
        DatabaseAway: It cannot be read.
    """
    await memory.ledger.flush()
    saved = await memory.saved_rolls.of(Owner("user", user_id))
    characters = await memory.characters.of(user_id)
    rolls = [_roll(row) async for row in memory.ledger.everything(HistoryQuery(user_id=user_id))]
    return {
        "user_id": user_id,
        "preferences": asdict(await memory.settings.users.get(user_id)),
        "saved_rolls": [{"name": each.name, "notation": each.notation, "use_count": each.use_count} for each in saved],
        "characters": [{"name": each.name, "values": each.values} for each in characters],
        "rolls": rolls,
    }


def packed(name: str, data: dict[str, Any]) -> tuple[str, bytes]:
    """A file of that name, and what is in it: JSON, compressed where it is large."""
    content = json.dumps(data, indent=1, ensure_ascii=False).encode()
    if len(content) <= PLAIN_LENGTH:
        return f"{name}.json", content
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", content)
    return f"{name}.zip", file.getvalue()


async def delete(memory: Memory, user_id: int) -> Deleted:
    """Delete all of it; what can be asked for again where it fails half way.

    Raises:
        DatabaseAway: Some of it may be left.
    """
    await memory.ledger.flush()
    await memory.settings.forget_user(user_id)
    saved = await memory.saved_rolls.remove(Owner("user", user_id))
    characters = await memory.characters.remove(user_id)
    return Deleted(saved, characters, await memory.ledger.blank(user_id))


def _roll(row: LedgerRow) -> dict[str, Any]:
    entry = row.entry._asdict() if row.entry is not None else {}
    return {**entry, "answer_id": row.answer_id}
