"""The bot as tests make it: with dice of their choice and a gateway of its own."""

from pathlib import Path

from config import Config
from modules.bot import NazhBot
from modules.dice.rolling.source import RandomSource, SystemSource
from modules.discord_api.command_sync import CommandPublisher
from modules.discord_api.gateway.connection import GatewayConnection
from modules.discord_api.gateway.identify_limit import IdentifyLimiter
from modules.discord_api.rest.guard import RestGuard
from modules.lifecycle.shutdown import Shutdown
from modules.services.database import Database
from modules.services.rolls import RollService
from modules.services.services import Memory, Services
from modules.storage.store import Store
from modules.telemetry.latest import LatestSnapshot
from modules.telemetry.recorder import Recorder

TOKEN = "MTE4NzY1NDMyMTA5ODc2NTQzMg.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789-_"


def make_bot(
    data_dir: Path,
    recorder: Recorder | None = None,
    latest: LatestSnapshot | None = None,
    source: RandomSource | None = None,
    guard: RestGuard | None = None,
    *,
    publishes: bool = True,
    memory: Memory | None = None,
    **settings: str,
) -> NazhBot:
    """A bot inside the running event loop; further arguments are variables, such as `SHARD_ID="1"`.

    With a `memory` of the test's own, whose `running` it has entered, rolls are recorded.
    """
    latest = latest or LatestSnapshot()
    recorder = recorder or Recorder(latest)
    # Without one of the test's own, nothing is kept, and rolls are not recorded.
    ledger = memory.ledger if memory is not None else None
    memory = memory or Memory.of(Database(Store.at(None, data_dir), recorder))
    rolls = RollService(source or SystemSource(), recorder, ledger)
    services = Services(rolls, recorder, latest, memory)
    gateway = GatewayConnection(recorder, Shutdown(), identify_limiter=IdentifyLimiter(5.0))
    publisher = CommandPublisher(data_dir / "slash_commands.sha256", recorder) if publishes else None
    config = Config.from_env({"DISCORD_TOKEN": TOKEN, "USER_COMMAND_LIMIT": "0", "DICE_EMOJIS": "no", **settings})
    return NazhBot(config, services, guard or RestGuard(recorder), gateway, publisher)
