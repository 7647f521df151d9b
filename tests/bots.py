"""The bot as tests make it: with dice of their choice and a gateway link of its own."""

from pathlib import Path
from typing import Any

from modules.bot import NazhBot
from modules.commands.bot_settings import BotSettings
from modules.dice.rolling.source import RandomSource, SystemSource
from modules.discord_api.command_sync import CommandPublisher
from modules.discord_api.gateway.connection import GatewayConnection
from modules.discord_api.gateway.identify_limit import IdentifyLimiter
from modules.discord_api.rest.guard import RestGuard
from modules.lifecycle.shutdown import Shutdown
from modules.lifecycle.waiting import Waits
from modules.services.command_log import CommandLog
from modules.services.rolls import RollService
from modules.services.services import Services
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder


def make_bot(
    data_dir: Path,
    recorder: Recorder | None = None,
    board: LatestSnapshot | None = None,
    source: RandomSource | None = None,
    guard: RestGuard | None = None,
    *,
    publishes: bool = True,
    **settings: Any,
) -> NazhBot:
    """A bot inside the running event loop; further arguments are fields of `BotSettings`."""
    board = board or LatestSnapshot()
    recorder = recorder or Recorder(board)
    services = Services(RollService(source or SystemSource(), recorder), recorder, board, CommandLog(recorder))
    link = GatewayConnection(Waits(recorder, Shutdown()), gate=IdentifyLimiter(5.0))
    publisher = CommandPublisher(data_dir / "slash_commands.sha256", recorder) if publishes else None
    return NazhBot(BotSettings(prefix="!", **settings), services, guard or RestGuard(recorder), link, publisher)
