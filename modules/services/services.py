"""What cogs work with."""

from dataclasses import dataclass, field

from modules.services.command_log import CommandLog
from modules.services.odds import OddsService
from modules.services.rolls import RollService
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


@dataclass(frozen=True, slots=True)
class Services:
    """Made once a process, and handed to each bot.

    Attributes:
        rolls: Rolls dice.
        recorder: Told of everything worth measuring.
        board: Has the latest snapshot.
        command_log: Told of every command that ends.
        odds: Works out odds.
    """

    rolls: RollService
    recorder: Recorder
    board: LatestSnapshot
    command_log: CommandLog
    odds: OddsService = field(default_factory=OddsService)
