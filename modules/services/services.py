"""What cogs work with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Self

from modules.lifecycle.heartbeat import running
from modules.services.characters import Characters
from modules.services.command_log import CommandLog
from modules.services.database import Database
from modules.services.guild_settings import SettingsService
from modules.services.ledger import Ledger
from modules.services.odds import OddsService
from modules.services.rolls import RollService
from modules.services.saved_rolls import SavedRolls
from modules.storage.errors import DatabaseAway
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder

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
        async with self.database.running(), running(self._measure_often()), running(self._prune_often()):
            try:
                yield
            finally:
                await self.ledger.flush()

    def sample(self) -> None:
        """Tell the recorder what only changes by being looked at."""
        self.ledger.sample()

    async def _measure_often(self) -> None:
        await _every(MEASURE_SECONDS, self.ledger.measure)

    async def _prune_often(self) -> None:
        async def prune() -> None:
            await self.ledger.prune(self.database.now() - self.retention_days * DAY_MILLISECONDS)

        await _every(PRUNE_SECONDS, prune)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again, as far as the database lets us."""
    while True:
        with suppress(DatabaseAway):
            await work()
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Services:
    """Made once a process, and handed to each bot.

    Attributes:
        rolls: Rolls dice.
        recorder: Told of everything worth measuring.
        board: Has the latest snapshot.
        command_log: Told of every command that ends.
        odds: Works out odds.
        memory: What outlives the process.
    """

    rolls: RollService
    recorder: Recorder
    board: LatestSnapshot
    command_log: CommandLog
    memory: Memory
    odds: OddsService = field(default_factory=OddsService)
