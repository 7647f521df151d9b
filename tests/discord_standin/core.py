"""Everything the REST side and the gateway share."""

from dataclasses import dataclass, field

from .clock import Clock, SystemClock
from .faults import Faults
from .identify import IdentifyBudget
from .inbox import Inbox
from .interactions import Interactions
from .journal import Journal
from .limits import RateLimits
from .payloads import MESSAGE_CONTENT_INTENT_ON
from .sessions import Sessions
from .snowflakes import bot_token
from .world import World


@dataclass(slots=True)
class Addresses:
    """Where the stand-in listens, known once it does."""

    api_url: str = ""
    gateway_url: str = ""
    dead_gateway_url: str = ""


@dataclass(slots=True)
class Settings:
    """What can be set before and while the stand-in runs.

    Attributes:
        token: the only token that is accepted; empty for one of the true shape, made from the bot's id.
        heartbeat_interval_seconds: what HELLO asks for.
        application_flags: which privileged intents the portal has switched on.
        compresses: whether zlib-stream is spoken when asked for (text frames otherwise).
        recommended_shard_count: `shards` of GET /gateway/bot.
        replay_limit: events a session keeps for RESUME.
        echoes_own_messages: whether the bot hears its own messages as events, as it does on Discord.
        command_limit: gateway commands a minute before close code 4008.
        ack_delay_seconds: how long a heartbeat's acknowledgement is on its way.
    """

    token: str = ""
    heartbeat_interval_seconds: float = 41.25
    application_flags: int = MESSAGE_CONTENT_INTENT_ON
    compresses: bool = True
    recommended_shard_count: int = 1
    replay_limit: int = 10_000
    echoes_own_messages: bool = True
    command_limit: int = 120
    ack_delay_seconds: float = 0.0


@dataclass(slots=True)
class Core:
    """The parts, wired together."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=SystemClock)
    addresses: Addresses = field(default_factory=Addresses)
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=Faults)
    world: World = field(init=False)
    sessions: Sessions = field(init=False)
    interactions: Interactions = field(init=False)
    inbox: Inbox = field(init=False)
    limits: RateLimits = field(init=False)
    budget: IdentifyBudget = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        self.sessions = Sessions(self.world, self.clock)
        self.interactions = Interactions(self.world, self.clock)
        self.inbox = Inbox(self.world)
        self.limits = RateLimits(self.clock)
        self.budget = IdentifyBudget(self.clock)
        self.settings.token = self.settings.token or bot_token(self.world.bot.id)

    def accepts(self, token: str) -> bool:
        """Whether a token, with or without its `Bot ` prefix, is the right one."""
        return token.removeprefix("Bot ") == self.settings.token

    def revoke_token(self) -> None:
        """Make the token worthless and end every session, as Discord does to a bot that identifies without end."""
        self.settings.token = bot_token(self.world.bot.id, "another")
        for session in self.sessions:
            self.sessions.end(session)
            if session.listener is not None:
                session.listener.close(4004)
