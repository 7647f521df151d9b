"""The bot: one plain `commands.Bot` a process, holding one gateway connection."""

import logging
from typing import Any

import discord
from discord.ext import commands

from config import Config
from modules.cogs.context import STARTED_AT, CommandBot, NazhContext
from modules.cogs.loading import load_cogs
from modules.cogs.refusal import Refusal
from modules.dice.rolling.source import SystemSource
from modules.runtime.command_sync import CommandPublisher
from modules.runtime.discord_internals import GuardedTree, is_heard, leave_messages_unread_unless
from modules.runtime.failures import MESSAGE_CONTENT_OFF, SetupFault
from modules.runtime.gate import Gate
from modules.runtime.gateway.discord_events import event_labels
from modules.runtime.gateway.link import GatewayLink
from modules.runtime.message_filter import may_be_a_command
from modules.runtime.rest.guard import RestGuard
from modules.runtime.rest.sends import Sender
from modules.runtime.rest.trace import rest_trace
from modules.runtime.token_watch import first_to_end, token_refused
from modules.runtime.transport import LONGEST_RATE_LIMIT_SECONDS, Transport
from modules.services.command_log import CommandLog
from modules.services.rolls import RollService
from modules.telemetry.board import Board
from modules.telemetry.recorder import Recorder
from modules.telemetry.snapshot import Phase
from modules.ui.deferral import DEFER_AFTER_SECONDS, Deferral
from modules.ui.error_text import BUSY

_log = logging.getLogger(__name__)

_SELDOM_HEARD = frozenset({"command", "command_completion"})
"""Events of every command, for which it takes longer to find out that nobody listens than to look here."""


def needed_intents() -> discord.Intents:
    """Only what commands need: to know the guilds, and to read messages there and in private."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)


class NazhTree(GuardedTree["NazhBot"]):
    """Slash commands that the gate can see."""

    async def interaction_check(self, interaction: discord.Interaction["NazhBot"], /) -> bool:
        """Count the interaction as under way; refusing while draining is a check of the bot's, as for messages."""
        interaction.extras[STARTED_AT] = self.client.command_log.clock()
        self.client.gate.admit_current_task()
        return True


class NazhBot(CommandBot):
    """Reads commands, hands each to its cog, and tells the recorder what the gateway does.

    Args:
        prefix: What a message command starts with; a mention of the bot works as well.
        rolls: Rolls dice.
        recorder: Told of every gateway event and change of phase.
        board: Has the latest snapshot, for `!about` and `!ping`.
        publisher: Publishes the slash commands; None where another process does.
        shard_id: The shard this process holds.
        shard_count: Shards in all.
        guard: Stands before every REST request; one of its own unless given.
        max_wait_seconds: The longest that an answer may wait for its turn.
        defer_after_seconds: When a slash command that is not answered yet shows "thinking ...".
        link: Keeps the gateway connection; without one discord.py does, less sturdily.
        transport: How requests and the gateway connection travel.
    """

    def __init__(
        self,
        *,
        prefix: str,
        rolls: RollService,
        recorder: Recorder,
        board: Board,
        publisher: CommandPublisher | None = None,
        shard_id: int = 0,
        shard_count: int = 1,
        guard: RestGuard | None = None,
        max_wait_seconds: float = 10.0,
        defer_after_seconds: float = DEFER_AFTER_SECONDS,
        link: GatewayLink | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.guard = guard or RestGuard(recorder)
        transport = transport or Transport()
        # discord.py warns at every start of libraries that only voice needs, and we have none.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned_or(prefix),
            help_command=None,
            tree_cls=NazhTree,
            intents=needed_intents(),
            # Answers repeat what players type, and a mention in it must not ping.
            allowed_mentions=discord.AllowedMentions.none(),
            # No command looks at members or at earlier messages, and both would fill the memory.
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            case_insensitive=True,
            strip_after_prefix=True,
            shard_id=shard_id,
            shard_count=shard_count,
            http_trace=rest_trace(recorder, self.guard, transport.timeout_seconds),
            max_ratelimit_timeout=LONGEST_RATE_LIMIT_SECONDS,
            connector=transport.connector(),
            proxy=transport.proxy,
            heartbeat_timeout=transport.silence_seconds,
        )
        self.prefix, self.rolls = prefix, rolls
        self.recorder = recorder
        self.board = board
        self.command_log = CommandLog(recorder)
        self.gate = Gate()
        self._link = link
        self._publisher = publisher
        self.add_check(self._refuse_while_draining)
        self.sender = Sender(recorder, self.guard.backlog, self.guard.send_health)
        self.max_wait_seconds = max_wait_seconds
        self._defer_after_seconds = defer_after_seconds
        self._event_label = event_labels(self)
        self.before_invoke(self._begin_command)

    @classmethod
    def from_config(
        cls,
        config: Config,
        recorder: Recorder,
        board: Board,
        guard: RestGuard,
        publisher: CommandPublisher | None = None,
        link: GatewayLink | None = None,
    ) -> "NazhBot":
        """Build the bot of one connection attempt, inside the event loop.

        Args:
            config: The settings it follows.
            recorder: Told of everything worth measuring.
            board: Has the latest snapshot.
            guard: Stands before every REST request, of this attempt and all others.
            publisher: Publishes the slash commands, over all attempts.
            link: Keeps the gateway connection, over all attempts.
        """
        # A doubt left behind by the attempt before would hold back the very login that settles it.
        guard.token_doubted.clear()
        return cls(
            prefix=config.command_prefix,
            rolls=RollService(SystemSource(), recorder),
            recorder=recorder,
            board=board,
            publisher=publisher,
            shard_id=config.shard_id,
            shard_count=config.shard_count,
            guard=guard,
            max_wait_seconds=config.rest_max_wait,
            link=link,
            transport=Transport.from_config(config),
        )

    async def setup_hook(self) -> None:
        """Load the cogs and begin to publish the slash commands; runs once, between login and the gateway."""
        # Before the link guards the parsers, so that a message on which this look fails is dropped as malformed.
        beginnings = (self.prefix, *self._own_mentions())
        leave_messages_unread_unless(self, lambda message: may_be_a_command(message, beginnings))
        await load_cogs(self)
        if self._publisher is not None:
            self._publisher.start(self.tree)

    async def close(self) -> None:
        """Close the gateway connection and every socket."""
        if self._publisher is not None:
            self._publisher.stop()
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

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay on the gateway until something ends it, a person is needed, or Discord refuses the token.

        Raises:
            discord.HTTPException: It did, and asked again, it did so again.
        """
        staying = super().connect(reconnect=reconnect) if self._link is None else self._link.hold(self)
        await first_to_end(staying, token_refused(self, self.guard))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count an IDENTIFY; the link has waited before it connected, so that no socket stands idle."""
        if self._link is None:
            await super().before_identify_hook(shard_id, initial=initial)
        else:
            self._link.gate.identified()

    def sample(self) -> None:
        """Tell the recorder what only changes by being looked at."""
        if self._link is not None:
            self._link.sample()
        self.recorder.gateway_latency(self.latency)
        # Before READY no guild is known, which does not mean that there are none.
        if self.is_ready():
            self.recorder.guild_count(len(self.guilds))

    async def drain(self, grace_seconds: float) -> None:
        """Refuse new commands kindly and wait for those under way, `grace_seconds` at most."""
        await self.gate.drain(grace_seconds)

    async def get_prefix(self, message: discord.Message, /) -> list[str] | str:
        """What the message has before its command; all that it could have, if it has none."""
        if message.content.startswith(self.prefix):
            return self.prefix
        return await super().get_prefix(message)

    async def get_context(
        self,
        origin: discord.Message | discord.Interaction[Any],
        /,
        *,
        cls: Any = NazhContext,  # noqa: ANN401 - theirs
    ) -> Any:  # noqa: ANN401 - discord.py's method is generic over context classes
        """Build every context as a `NazhContext`, and name its command on the log lines that follow."""
        context = await super().get_context(origin, cls=cls)
        if context.command is None and self._is_called_by_name(context.message.content):
            context.command = self.get_command("help")
            context.view.read_rest()
        context.name_log_lines()
        return context

    async def on_message(self, message: discord.Message, /) -> None:
        """Read a command, if a person sent one."""
        if message.author.bot or message.webhook_id is not None:
            return
        self.gate.admit_current_task()
        await self.process_commands(message)

    async def on_command_error(self, _context: commands.Context[Any], _exception: commands.CommandError, /) -> None:
        """Leave it to `ErrorHandlerCog`; discord.py's own handler would log it a second time."""

    def dispatch(self, event_name: str, /, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - theirs
        """Tell whoever listens; what is only counted is not worth a task for each."""
        if event_name == "socket_event_type":
            self.recorder.gateway_event(self._event_label(*arguments))
            return
        if event_name == "command_completion":
            ctx: NazhContext = arguments[0]
            ctx.finish(ctx.status)
        if event_name not in _SELDOM_HEARD or is_heard(self, event_name):
            super().dispatch(event_name, *arguments, **named)

    async def on_connect(self) -> None:
        """Note the session that Discord opened for us."""
        self.recorder.connected()

    async def on_ready(self) -> None:
        """Every guild is known: commands are answered."""
        self._note_ready("ready")

    async def on_resumed(self) -> None:
        """The session goes on where it stopped."""
        self.recorder.resumed()
        self._note_ready("resumed")

    def _is_called_by_name(self, content: str) -> bool:
        """Whether a message is a mention of the bot and nothing else: someone wants to know what it can do."""
        return content.strip() in self._own_mentions()

    def _own_mentions(self) -> tuple[str, str]:
        """How people mention the bot: with or without the exclamation mark; discord.py takes both."""
        own_id = self.user.id if self.user is not None else 0
        return f"<@{own_id}>", f"<@!{own_id}>"

    async def _refuse_while_draining(self, _ctx: commands.Context[Any]) -> bool:
        if self.gate.draining:
            raise Refusal(BUSY)
        return True

    async def _begin_command(self, ctx: NazhContext) -> None:
        if ctx.interaction is not None:
            ctx.deferral = Deferral(ctx.interaction, self.sender, self._defer_after_seconds)
            ctx.deferral.start()

    def _note_ready(self, how: str) -> None:
        # A start that comes to its end when its connection is gone, or while draining, makes nobody ready.
        if self.gate.draining or not (self._link is None or self._link.is_up):
            return
        self.recorder.set_phase(Phase.READY)
        _log.info("gateway %s", how, extra={"shard_id": self.shard_id, "guild_count": len(self.guilds)})
