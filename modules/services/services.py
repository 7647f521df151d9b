"""What cogs work with."""

from dataclasses import dataclass

from modules.services.command_log import CommandLog
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
    """

    rolls: RollService
    recorder: Recorder
    board: LatestSnapshot
    command_log: CommandLog
