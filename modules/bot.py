"""The bot: one plain `commands.Bot` a process, holding one gateway connection."""

import aiohttp
import discord

from config import Config
from modules.cogs import make_cogs
from modules.commands.checks import Admission
from modules.commands.command_bot import CommandBot
from modules.commands.cooldown import UserCooldown
from modules.commands.events import CommandEvents
from modules.commands.gateway_events import GatewayEvents
from modules.commands.handling import Handling
from modules.commands.replies import Replies
from modules.discord_api.command_sync import CommandPublisher
from modules.discord_api.compat.client import cancel_ready, leave_messages_unread_unless, share_among_guilds
from modules.discord_api.failures import MESSAGE_CONTENT_OFF, BrokenSetupError, SetupFault
from modules.discord_api.gateway.connection import GatewayConnection
from modules.discord_api.rest.guard import LONGEST_WAITED_OUT_SECONDS, RestGuard
from modules.discord_api.rest.retry import Sender
from modules.discord_api.rest.trace import rest_trace
from modules.discord_api.token_check import run_until_first_ends, token_refused
from modules.lifecycle.drain import Drain
from modules.services.services import Services


def needed_intents() -> discord.Intents:
    """Only what commands need: to know the guilds, and to read messages there and in private."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class NazhBot(CommandBot):
    """Reads commands, hands each to its cog, and tells the recorder what the gateway does.

    Args:
        config: Settings of the process.
        services: What its cogs work with.
        guard: Stands before every REST request, of this attempt and all others.
        gateway: Keeps the gateway connection, over all attempts.
        publisher: Publishes the slash commands; None where another process does.

    Made inside the event loop, to which its connections are bound.
    """

    def __init__(
        self,
        config: Config,
        services: Services,
        guard: RestGuard,
        gateway: GatewayConnection,
        publisher: CommandPublisher | None = None,
    ) -> None:
        # discord.py warns at every start of libraries that only voice needs, and we have none.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        # A doubt left behind by the attempt before would hold back the very login that settles it.
        guard.token_doubted.clear()
        super().__init__(
            config,
            services.memory.settings,
            intents=needed_intents(),
            # No command looks at members or at earlier messages, and both would fill the memory.
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            shard_id=config.shard_id,
            shard_count=config.shard_count,
            http_trace=rest_trace(services.recorder, guard, config.rest_timeout_seconds),
            max_ratelimit_timeout=LONGEST_WAITED_OUT_SECONDS,
            connector=aiohttp.TCPConnector(limit=config.connector_limit),
            proxy=config.proxy_url,
            heartbeat_timeout=config.gateway_silence_seconds,
        )
        self.recorder, self.guard = services.recorder, guard
        self._services, self._gateway, self._publisher = services, gateway, publisher
        drain, cooldown = Drain(), UserCooldown(config.user_command_limit)
        self.handling = Handling(
            replies=Replies(
                self, Sender(services.recorder, guard.pending, guard.send_health), services.memory.ledger.answered
            ),
            recorder=services.recorder,
            drain=drain,
            admission=Admission(drain, guard, services.recorder, cooldown),
            shard_id=config.shard_id,
            locale_of=lambda guild_id: self.settings_of(guild_id).locale,
        )

    async def setup_hook(self) -> None:
        """Load the cogs and begin to publish the slash commands; runs once, between login and the gateway.

        Raises:
            BrokenSetupError: A cog could not be loaded. Raised here, because an error that comes up out of discord.py
                itself would count as an outage.
        """
        # Before the parsers are guarded, so that an event on which these fail is dropped as malformed.
        leave_messages_unread_unless(self, self.is_wanted)
        share_among_guilds(self)
        try:
            events = (CommandEvents(self, self.guard.cooldowns), GatewayEvents(self, self._gateway, self.recorder))
            for cog in (*events, *make_cogs(self, self._services)):
                await self.add_cog(cog)
        except Exception as error:
            raise BrokenSetupError from error
        if self._publisher is not None:
            self._publisher.start(self.tree)

    async def close(self) -> None:
        """Close the gateway connection and every socket."""
        if self._publisher is not None:
            self._publisher.stop()
        cancel_ready(self)
        await super().close()

    def preflight(self) -> None:
        """Check, after login and before the gateway, what Discord would refuse there.

        Raises:
            SetupFault: The message content intent is off, so no message command could ever be read.
        """
        # An application that Discord has not verified has the limited flag, a verified one the other.
        flags = self.application_flags
        if not (flags.gateway_message_content or flags.gateway_message_content_limited):
            raise SetupFault(MESSAGE_CONTENT_OFF)

    async def connect(self, *, reconnect: bool = True) -> None:  # noqa: ARG002 - theirs; the gateway always reconnects
        """Stay on the gateway until something ends it, a person is needed, or Discord refuses the token.

        Raises:
            discord.HTTPException: It did, and asked again, it did so again.
        """
        await run_until_first_ends(self._gateway.keep_connected(self), token_refused(self, self.guard))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        """Count an IDENTIFY; the gateway has waited before it connected, so that no socket stands idle."""
        self._gateway.identify_limiter.identified()

    def sample(self) -> None:
        """Record values that have to be polled."""
        self._gateway.sample()
        self.recorder.gateway_latency(self.latency)
        # Before READY no guild is known, which does not mean that there are none.
        if self.is_ready():
            self.recorder.guild_count(len(self.guilds))

    async def drain(self, grace_seconds: float) -> None:
        """Refuse new commands kindly and wait for those in flight, `grace_seconds` at most."""
        await self.handling.drain.drain(grace_seconds)
