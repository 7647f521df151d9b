"""Checks the chains of the whole ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from modules.storage.chain import link_hash
from modules.storage.ledger import entry_of
from modules.storage.tables import ledger, ledger_chains

ROWS_AT_ONCE: Final = 1_000


class Head(NamedTuple):
    """The end of a chain: the position of its last row, and that row's hash."""

    position: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold.

    Attributes:
        chain_id: The guild, or private channel.
        position: Of the row, or of the first row that is missing.
        reason: What is wrong with it.
    """

    chain_id: int
    position: int
    reason: str


@dataclass(slots=True)
class Verification:
    """What was found.

    Attributes:
        rows: Rolls that were looked at.
        chains: Chains there are, those without rolls included.
        blanked: Rolls whose player had them deleted.
        breaks: The first break of each broken chain.
    """

    rows: int = 0
    chains: int = 0
    blanked: int = 0
    breaks: list[Break] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `broken` counts chains."""
        first = self.breaks[0] if self.breaks else None
        return {
            "rows": self.rows,
            "chains": self.chains,
            "broken": len(self.breaks),
            "blanked": self.blanked,
            "first_broken": first
            and {"chain_id": str(first.chain_id), "position": first.position, "reason": first.reason},
        }


async def verify(connection: AsyncConnection, progress: Callable[[int], None] = lambda _rows: None) -> Verification:
    """Walk every chain from where it was pruned to its end.

    Args:
        connection: In a transaction that sees one moment of the database.
        progress: Told after every few rows how many were looked at.
    """
    chains = {row.chain_id: row for row in await connection.execute(select(ledger_chains))}
    found = Verification(chains=len(chains))
    walks: dict[int, _Walk] = {}
    ordered = select(ledger).order_by(ledger.c.chain_id, ledger.c.position)
    async with connection.stream(ordered, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        async for row in rows:
            if (walk := walks.get(row.chain_id)) is None:
                walk = walks[row.chain_id] = _Walk.begin(row.chain_id, chains.get(row.chain_id))
            walk.step(row)
            found.rows += 1
            found.blanked += row.salt is None
            if found.rows % ROWS_AT_ONCE == 0:
                progress(found.rows)
    progress(found.rows)
    for chain_id, chain in chains.items():
        walks.setdefault(chain_id, _Walk.begin(chain_id, chain)).end(Head(chain.position, chain.hash))
    found.breaks = [walk.broken for walk in walks.values() if walk.broken is not None]
    return found


async def count_rows(connection: AsyncConnection) -> int:
    """Rolls in the ledger."""
    count: int = (await connection.execute(select(func.count()).select_from(ledger))).scalar_one()
    return count


@dataclass(slots=True)
class _Walk:
    """One chain, as far as it was walked."""

    chain_id: int
    at: Head
    broken: Break | None = None

    @classmethod
    def begin(cls, chain_id: int, chain: Row[Any] | None) -> "_Walk":
        if chain is None:
            return cls(chain_id, Head(0, b""), Break(chain_id, 1, "the chain is not registered"))
        return cls(chain_id, Head(chain.pruned_position, chain.pruned_hash))

    def step(self, row: Row[Any]) -> None:
        if self.broken is not None:
            return
        place = self.chain_id, row.position
        if reason := self._fault(row):
            self.broken = Break(*place, reason)
            return
        own_hash = link_hash(self.at.hash, place, row.rolled_at, row.guild_id, row.commitment)
        self.at = Head(row.position, own_hash)

    def end(self, head: Head) -> None:
        if self.broken is not None or self.at == head:
            return
        missing = self.at.position < head.position
        reason = "rolls are missing at the end" if missing else "it was changed"
        self.broken = Break(self.chain_id, self.at.position + missing, reason)

    def _fault(self, row: Row[Any]) -> str | None:
        if row.position != self.at.position + 1:
            return "rolls before it are missing"
        if row.previous_hash != self.at.hash:
            return "the roll before it was changed"
        if row.salt is not None and entry_of(row).commitment(row.salt) != row.commitment:
            return "it was changed"
        return None
