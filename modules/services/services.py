"""What cogs work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from modules.services.characters import Characters
from modules.services.command_log import CommandLog
from modules.services.database import Database
from modules.services.guild_settings import SettingsService
from modules.services.ledger import Ledger
from modules.services.odds import OddsService
from modules.services.rolls import RollService
from modules.services.saved_rolls import SavedRolls
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives the process.

    Attributes:
        database: Where everything is kept; open while its `running` is.
        settings: What guilds and users chose.
        saved_rolls: Notations with names.
        characters: Named values, and who plays whom.
        ledger: Every roll that was answered.
    """

    database: Database
    settings: SettingsService
    saved_rolls: SavedRolls
    characters: Characters
    ledger: Ledger

    @classmethod
    def of(cls, database: Database, *, keeps_text: bool = False) -> Self:
        """Everything that is kept in a database.

        Args:
            database: Open or not.
            keeps_text: Whether the ledger keeps comments.
        """
        return cls(
            database,
            SettingsService(database),
            SavedRolls(database),
            Characters(database),
            Ledger(database, keeps_text),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the database open inside the block, and write what is still to be written at its end.

        Raises:
            DatabaseRefused: The database is damaged, newer than this program, or another program's.
        """
        async with self.database.running():
            try:
                yield
            finally:
                await self.ledger.flush()


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
