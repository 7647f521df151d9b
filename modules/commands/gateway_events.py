"""Records the events of a gateway session."""

import logging

from discord.ext import commands

from modules.commands.command_bot import CommandBot
from modules.discord_api.gateway.connection import GatewayConnection
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase

_log = logging.getLogger(__name__)


class GatewayEvents(commands.Cog):
    """Listens for the steps of a session."""

    def __init__(self, bot: CommandBot, gateway: GatewayConnection, recorder: Recorder) -> None:
        self._bot, self._gateway, self._recorder = bot, gateway, recorder

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Note the session that Discord opened for us."""
        self._recorder.connected()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Every guild is known: commands are answered."""
        self._note_ready("ready")

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        """The session goes on where it stopped."""
        self._recorder.resumed()
        self._note_ready("resumed")

    def _note_ready(self, how: str) -> None:
        # READY may arrive after its connection was lost, or during a drain: nobody is answered then.
        if self._bot.handling.drain.draining or not self._gateway.is_up:
            return
        self._recorder.set_phase(Phase.READY)
        _log.info("gateway %s", how, extra={"shard_id": self._bot.shard_id, "guild_count": len(self._bot.guilds)})
