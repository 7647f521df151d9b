"""What the process itself has to remember, as texts by name."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.statements import upsert
from modules.storage.tables import facts

RESTORED_AT: Final = "restored_at"
"""When a backup was put back: whoever has rows in memory must read them anew."""
OPENED_AT: Final = "opened_at"
"""When a process last found that the database can be written; Unix time in milliseconds."""


async def read_fact(connection: AsyncConnection, name: str) -> str | None:
    """What was remembered under a name."""
    found: str | None = (await connection.execute(select(facts.c.value).where(facts.c.name == name))).scalar()
    return found


async def write_fact(connection: AsyncConnection, name: str, value: str) -> None:
    """Remember something under a name."""
    await upsert(connection, facts, {"name": name}, {"value": value})


async def forget_fact(connection: AsyncConnection, name: str) -> None:
    """Remember nothing under a name."""
    await connection.execute(delete(facts).where(facts.c.name == name))
