"""What cogs work with."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Self

from modules.services.characters import Characters
from modules.services.database import CLOSE_SECONDS, Database
from modules.services.guild_settings import SettingsService
from modules.services.ledger import Ledger
from modules.services.odds import OddsService
from modules.services.rolls import RollService
from modules.services.saved_rolls import SavedRolls
from modules.storage.errors import DatabaseAway
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder

_log = logging.getLogger(__name__)

MEASURE_SECONDS: Final = 5.0
PRUNE_SECONDS: Final = 600.0
DAY_MILLISECONDS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives the process.

    Attributes:
        database: Where everything is kept; open while its `running` is.
        settings: What guilds and users chose.
        saved_rolls: Notations with names.
        characters: Named values, and who plays whom.
        ledger: Every roll that was answered.
        retention_days: After so many days rolls are deleted.
    """

    database: Database
    settings: SettingsService
    saved_rolls: SavedRolls
    characters: Characters
    ledger: Ledger
    retention_days: int = 365

    @classmethod
    def of(cls, database: Database, *, keeps_text: bool = False, retention_days: int = 365) -> Self:
        """Everything that is kept in a database.

        Args:
            database: Open or not.
            keeps_text: Whether the ledger keeps comments and labels.
            retention_days: After so many days rolls are deleted.
        """
        return cls(
            database,
            SettingsService(database),
            SavedRolls(database),
            Characters(database),
            Ledger(database, keeps_text),
            retention_days,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the database open inside the block, and write what is still to be written at its end.

        Raises:
            DatabaseRefused: The database is damaged, newer than this program, or another program's.
        """
        async with self.database.running():
            stopping = asyncio.Event()
            upkeep = {
                asyncio.create_task(_every(MEASURE_SECONDS, self.ledger.measure, stopping), name="measure"),
                asyncio.create_task(_every(PRUNE_SECONDS, self._prune, stopping), name="prune"),
            }
            try:
                yield
            finally:
                # Not cancelled: a connection to SQLite that is cancelled while it is being made may hang for good.
                stopping.set()
                await self.ledger.flush()
                for late in (await asyncio.wait(upkeep, timeout=CLOSE_SECONDS))[1]:
                    late.cancel()

    async def _prune(self) -> None:
        await self.ledger.prune(self.database.now() - self.retention_days * DAY_MILLISECONDS)


async def _every(seconds: float, work: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
    """Do something again and again until `stopping` is set, as far as the database lets us."""
    while not stopping.is_set():
        try:
            with suppress(DatabaseAway):
                await work()
        except Exception:  # noqa: BLE001 - one failure must not end it for as long as the process lives
            _log.exception("a background task failed; retrying")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)


@dataclass(frozen=True, slots=True)
class Services:
    """Made once a process, and handed to each bot.

    Attributes:
        rolls: Rolls dice.
        recorder: Receives all measurements.
        latest: Has the latest snapshot.
        odds: Works out odds.
        memory: What outlives the process.
    """

    rolls: RollService
    recorder: Recorder
    latest: LatestSnapshot
    memory: Memory
    odds: OddsService = field(default_factory=OddsService)
